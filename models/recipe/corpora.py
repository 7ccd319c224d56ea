"""The training texts: labelled comments, unlabelled comments of the same kind, and other people's labels as weak supervision.

Everything is read from ``shared/data``; texts of the dev and test split are left out wherever they occur (same first 60 characters
without white space). Only the licence classes that may ship are used; labelled comments of the class ``restricted`` must be asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

SHIPPABLE = ("permissive", "unstated", "own")
LONGEST = 900
"""Characters kept of a weakly labelled or unlabelled text."""


@dataclass(frozen=True)
class WeakText:
    """A text with what its source says of it.

    Attributes:
        text: The text.
        language: ``en``, ``zh`` or ``ru``.
        source: File it comes from.
        mood: 0 negative, 1 middling, 2 positive, -1 unknown.
        tags: Names of aspects, themes, reasons or departments.
        space: The label space that the tags belong to; a tag that is absent counts as false only within its space.
    """

    text: str
    language: str
    source: str
    mood: int = -1
    tags: tuple[str, ...] = ()
    space: str | None = None


def read_labelled(data: Path, name: str, *, restricted: bool = False) -> list[dict]:
    """Labelled comments of one split."""
    rows = [json.loads(line) for line in (data / "labelled" / f"{name}.jsonl").read_text(encoding="utf-8").split("\n") if line]
    return [row for row in rows if restricted or row["licence_class"] in SHIPPABLE or name in ("dev", "test")]


def key_of(text: str) -> str:
    """What identifies a text across files."""
    return re.sub(r"\s", "", text)[:60]


@cache
def held_out(data: Path) -> frozenset[str]:
    """Keys of the dev and test comments."""
    return frozenset(key_of(row["text"]) for name in ("dev", "test") for row in read_labelled(data, name))


@cache
def licence_classes(data: Path) -> dict[str, str]:
    """Licence class of each corpus, from ``corpora.md``."""
    cells = [[cell.strip() for cell in line.split("|")] for line in (data / "corpora.md").read_text(encoding="utf-8").splitlines()]
    return {row[1]: row[3] for row in cells if len(row) > 4 and row[2].isdigit()}


def read_corpus(data: Path, name: str) -> pd.DataFrame:
    """One corpus without the held-out texts."""
    frame = pd.read_parquet(data / "corpora" / f"{name}.parquet")
    return frame[~frame["text"].astype(str).map(key_of).isin(held_out(data))]


FILM_DIALOGUE = "pairs_en_zh_msctd_dialogue"


def shippable_texts(data: Path) -> pd.DataFrame:
    """All texts whose licence class may ship, without film dialogue (large, and unlike comments): columns ``text``, ``lang``; no text twice."""
    names = [name for name, licence in sorted(licence_classes(data).items()) if licence in SHIPPABLE and name != FILM_DIALOGUE and "_names_" not in name]
    return pd.concat([_texts(data, name) for name in names]).drop_duplicates("text")


def _texts(data: Path, name: str) -> pd.DataFrame:
    """The texts of a corpus with their languages; a corpus of sentence pairs has a column a language."""
    frame = pd.read_parquet(data / "corpora" / f"{name}.parquet")
    columns = [column for column in ("text", "en", "zh", "ru") if column in frame.columns]
    parts = [
        pd.DataFrame({"text": frame[column].dropna().astype(str), "lang": frame["lang"] if column == "text" else column}) for column in columns
    ]
    texts = pd.concat(parts)
    return texts[~texts["text"].map(key_of).isin(held_out(data))]


NOT_COMMENTS = re.compile("_ner_|_names_|pairs_|sentence_pairs|clinc150")


def unlabelled_comments(data: Path, *, per_source: int = 4_500, per_russian_source: int = 14_000) -> pd.DataFrame:
    """In-domain comments without a label of ours: columns ``text``, ``lang``, ``source``; no text twice, none that is labelled."""
    labelled = {key_of(row["text"]).lower() for name in ("train", "own") for row in read_labelled(data, name, restricted=True)}
    frames = []
    for name, licence in licence_classes(data).items():
        if NOT_COMMENTS.search(name) or licence not in SHIPPABLE:
            continue
        frame = read_corpus(data, name)
        texts = frame["text"].astype(str).str.strip().str[:700]
        frames.append(pd.DataFrame({"text": texts, "lang": frame["lang"], "source": name})[texts.str.len() >= 4])
    pool = pd.concat(frames)
    keys = pool["text"].map(lambda text: re.sub(r"\s", "", text).lower()[:80])
    pool = pool[~keys.duplicated() & ~keys.str[:60].isin(labelled) & pool["lang"].isin(["en", "zh", "ru"])]
    sampled = [
        group.sample(min(len(group), per_russian_source if name.startswith("ru") else per_source), random_state=0)
        for name, group in pool.groupby("source")
    ]
    return pd.concat(sampled).reset_index(drop=True)


def weak_texts(data: Path, *, least: int = 15) -> list[WeakText]:
    """All weakly labelled texts, none twice; tags that occur fewer than ``least`` times are dropped."""
    found: dict[str, WeakText] = {}
    for name, read in READERS.items():
        if licence_classes(data)[name] in SHIPPABLE:
            for weak in read(read_corpus(data, name), name):
                if len(weak.text) > 2 and key_of(weak.text) not in held_out(data):
                    found.setdefault(weak.text[:LONGEST], weak)
    counts = pd.Series([tag for weak in found.values() for tag in weak.tags]).value_counts()
    kept = set(counts.index[counts >= least])
    return [
        WeakText(text, weak.language, weak.source, weak.mood, tuple(tag for tag in weak.tags if tag in kept), weak.space) for text, weak in found.items()
    ]


POLARITY_MOOD = {"negative": 0, "neutral": 1, "mixed": 1, "both": 1, "positive": 2}
Reader = Callable[[pd.DataFrame, str], Iterator[WeakText]]


def star_mood(value: object, most: float = 5.0) -> int:
    """The mood that a rating tells: up to 45 % of the scale negative, up to 65 % middling."""
    share = pd.to_numeric(value, errors="coerce") / most
    return -1 if pd.isna(share) else int(share > 0.45) + int(share > 0.65)


def polarity_mood(polarities: Iterable[str]) -> int:
    """The mood that the polarities of a text's aspects tell together."""
    different = set(polarities)
    if not different:
        return -1
    return {frozenset({"positive"}): 2, frozenset({"negative"}): 0}.get(frozenset(different), 1)


def parsed(value: object) -> list | dict:
    """A field that holds JSON."""
    return json.loads(value) or [] if isinstance(value, str) and value not in ("nan", "") else []


def _stars(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    """Reviews with stars; a title of some length is a text of its own."""
    for row in frame.itertuples():
        mood = star_mood(row.stars)
        yield WeakText(row.text, row.lang, name, mood)
        title = getattr(row, "title", None)
        if isinstance(title, str) and len(title) > 8:
            yield WeakText(title, row.lang, name, mood)


def _ratings(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    for row in frame.itertuples():
        yield WeakText(row.text, row.lang, name, star_mood(row.rating, float(row.rating_max)))


def _nps(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    for row in frame.itertuples():
        mood = -1 if pd.isna(row.nps) else int(float(row.nps) > 5) + int(float(row.nps) > 7)
        yield WeakText(row.text, row.lang, name, mood)


def _polarity(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    for row in frame.itertuples():
        yield WeakText(row.text, row.lang, name, POLARITY_MOOD.get(row.sentiment, -1))


def _column(column: str, space: str, mood: int = -1) -> Reader:
    """Texts with one category."""

    def read(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
        for text, language, value in frame[["text", "lang", column]].itertuples(index=False):
            yield WeakText(text, language, name, mood, () if pd.isna(value) else (f"{space}:{value}",), space)

    return read


def _columns(columns: list[str], space: str, mood: int) -> Reader:
    """Texts with several categories, in a column each."""

    def read(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
        for row in frame.to_dict("records"):
            tags = tuple(f"{space}:{column}:{row[column]}" for column in columns if not pd.isna(row[column]))
            yield WeakText(row["text"], row["lang"], name, mood, tags, space)

    return read


def _aspects(space: str) -> Reader:
    """Texts with a dict of aspect to polarity: a tag for the aspect and one for the aspect with its polarity."""

    def read(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
        for row in frame.itertuples():
            where = f"{space}_{row.domain}" if hasattr(row, "domain") else space
            aspects = {k: v for k, v in dict(parsed(row.aspects)).items() if v and v != "absence"}
            tags = tuple(f"{where}:{k}" for k in aspects) + tuple(f"{where}:{k}:{v}" for k, v in aspects.items())
            yield WeakText(row.text, row.lang, name, polarity_mood(aspects.values()), tags, where)

    return read


def _triples(column: str) -> Reader:
    """Texts with a list of terms and polarities, of which only the polarities are used."""

    def read(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
        for row in frame.itertuples():
            yield WeakText(row.text, row.lang, name, polarity_mood(item["polarity"] for item in parsed(getattr(row, column))))

    return read


def _mabsa(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    """M-ABSA: categories within a domain, and the first half of a category with its polarity."""
    for row in frame.itertuples():
        triplets = parsed(row.triplets)
        if triplets:
            tags = {f"mabsa:{row.domain}:{item['category']}" for item in triplets}
            tags |= {f"mabsa:{item['category'].split('#')[0].lower()}:{item['polarity']}" for item in triplets}
            yield WeakText(row.text, row.lang, name, polarity_mood(item["polarity"] for item in triplets), tuple(sorted(tags)), f"mabsa_{row.domain}")


def _cosmetics(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    for row in frame.itertuples():
        quads = parsed(row.quads)
        tags = {f"cosmetics:{quad['category']}" for quad in quads} | {f"cosmetics:{quad['category']}:{quad['polarity']}" for quad in quads}
        yield WeakText(row.text, row.lang, name, -1, tuple(sorted(tags)), "cosmetics")


def _reasons(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    for row in frame.itertuples():
        tags = tuple(f"mcdonalds:{reason}" for reason, share in dict(parsed(row.reasons)).items() if (share or 0) > 0.4)
        yield WeakText(row.text, row.lang, name, 0, tags, "mcdonalds")


def _themes(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    """NHS comments: sentiment 1 is the best."""
    for row in frame.itertuples():
        mood = star_mood(6 - pd.to_numeric(row.sentiment_1to5, errors="coerce"))
        yield WeakText(row.text, row.lang, name, mood, tuple(f"nhs:{theme}" for theme in parsed(row.themes)), "nhs")


def _criticality(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    for row in frame.itertuples():
        critical = pd.to_numeric(row.criticality, errors="coerce")
        mood = 1 if pd.isna(critical) or critical == 0 else 2 * int(critical > 0)
        yield WeakText(row.text, row.lang, name, mood, (f"nhs1:{row.theme}", f"nhs1:{row.theme}/{row.subtheme}"), "nhs1")


def _categories(frame: pd.DataFrame, name: str) -> Iterator[WeakText]:
    for row in frame.itertuples():
        yield WeakText(row.text, row.lang, name, star_mood(row.stars), tuple(f"hotel:{category}" for category in parsed(row.categories_llm)), "hotel")


READERS: dict[str, Reader] = {
    **dict.fromkeys(
        (
            "en_amazon_alexa", "en_trustpilot_sharing_economy", "en_uber_google_play", "en_womens_clothing", "en_zomato_hyderabad",
            "ru_avtolotsman_cardealer_reviews", "ru_mriya_hotel_maps_reviews", "ru_otzovik_sberbank_reviews", "ru_sravni_gazprombank_reviews",
            "ru_wb_ozon_product_reviews", "zh_appstore_smarthome_reviews", "zh_asap_sample",
        ),
        _stars,
    ),
    **dict.fromkeys(("en_skytrax_british_airways", "en_skytrax_lounge_seat"), _ratings),
    **dict.fromkeys(("ru_sentirueval_bank_telecom_tweets", "zh_chnsenticorp_hotel", "zh_online_shopping_10cats", "zh_waimai_10k"), _polarity),
    "en_telecom_nps_verbatims": _nps,
    "en_banking77": _column("intent", "banking77"),
    "en_cfpb_complaints": _columns(["product", "issue", "sub_issue"], "cfpb", 0),
    "en_mcdonalds_yelp_policies": _reasons,
    "en_nhs_patient_feedback": _themes,
    "en_nhs_patient_feedback_phase1": _criticality,
    "en_support_tickets_queue_synthetic": _column("queue", "tickets"),
    "multi_m_absa_en_zh_ru": _mabsa,
    "ru_sentirueval2015_absa_reviews": _aspects("sentirueval"),
    "ru_spb_citizen_appeals": _columns(["reason", "category"], "spb", 0),
    "zh_ccf_bdci2018_car_themes": _aspects("cars"),
    "zh_tipdm2020_citizen_complaints_dept": _column("department", "tipdm"),
    "zh_zhijiang2019_cosmetics_quads": _cosmetics,
    "zh_pyabsa_chinese_apc": _triples("aspects"),
    "zh_dianping_aste_zhang": _triples("triplets"),
    "zh_garden_hotel_reviews_2023_2025": _categories,
}  # fmt: skip
"""How each corpus with labels of some use is read."""
