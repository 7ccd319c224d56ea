"""How right cxtext is: every head, by language and source, with its peers in the same run.

Run ``python -m benchmarks.quality [--split dev|test|both] [--peers tfidf,minilm,vader,textblob,snownlp|none] [--model DIR]``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cxtext
from benchmarks import metrics
from benchmarks.data import LANGUAGES, SHIPPED_LICENCES, Split, data_folder, read_split
from benchmarks.peers import lexicons, minilm, tfidf
from benchmarks.report import RESULTS, about, bullets, number, table, write
from benchmarks.scoring import FIGURES, Predictions, cause_ids, figures, per_label, predict
from benchmarks.targets import verdict_table, verdicts

PEERS = ("tfidf", "minilm", *lexicons.TOOLS)
LEAST_ROWS = 20
"""Sources with fewer rows in a split are not shown: their figures would be noise."""

SOURCE_FIGURES = ("causes_micro_f1", "causes_polarity_f1", "sentiment_accuracy", "owner_accuracy", "churn_macro_f1", "follow_up_f1")
OURS = "cxtext"


def main(argv: Sequence[str] | None = None, load: Callable[[Path | None], Any] | None = None) -> int:
    """Measure, print the table, and keep it.

    Args:
        argv: The arguments; those of the process if not given.
        load: Gives the analyzer for ``--model``; that of cxtext if not given.
    """
    options = _parser().parse_args(argv)
    cx = (load or cxtext.load)(options.model)
    result = measure(
        cx,
        data_folder(options.data),
        splits=("dev", "test") if options.split == "both" else (options.split,),
        peers=options.peers,
        licences=None if options.peer_licences == "all" else SHIPPED_LICENCES,
        limit=options.limit,
    )
    markdown = render(result)
    print(markdown)
    write(options.output, "quality", markdown, result)
    print(f"\nwritten: {options.output / 'quality.md'}, {options.output / 'quality.json'}", file=sys.stderr)
    return 0


def measure(cx: Any, folder: Path, *, splits: Sequence[str], peers: Sequence[str], licences: Sequence[str] | None, limit: int | None) -> dict[str, Any]:  # noqa: ANN401
    """All figures of cxtext and its peers.

    Args:
        cx: The analyzer.
        folder: The data, as :func:`benchmarks.data.data_folder` gives it.
        splits: ``dev``, ``test`` or both.
        peers: Any of :data:`PEERS`.
        licences: Licence classes that the trained peers learn from; None for all.
        limit: First rows of each split only, for a quick try.
    """
    asked = {name: read_split(folder, name, limit=limit) for name in splits}
    notes: dict[str, str] = {}
    said: dict[str, list[Predictions]] = {}
    for name, split in asked.items():
        started = time.perf_counter()
        said[name] = [predict(cx, split.texts, OURS)]
        notes[f"{OURS}, {name}"] = f"{len(split):,} comments in {time.perf_counter() - started:.1f} s (table and probabilities)"
    rows = {name: {OURS: list(range(len(split)))} for name, split in asked.items()}
    for peer in peers:
        found, why = _peer(peer, cx, folder, asked, licences, limit)
        notes |= why
        for name, (places, predictions) in found.items():
            rows[name][predictions.system] = places
            said[name].append(predictions)
    facts = about(cx) | {"peers trained on": "licence classes " + (", ".join(licences) if licences else "all")}
    if limit:
        facts["limit"] = f"the first {limit} rows of each split only: a try, not a result"
    result: dict[str, Any] = {"about": facts, "notes": notes, "splits": {}, "sources": {}, "labels": {}}
    for name, split in asked.items():
        result["splits"][name] = {each.system: _by_language(split, each, rows[name][each.system]) for each in said[name]}
        result["sources"][name] = _by_source(split, said[name], rows[name])
        result["labels"][name] = {
            language: per_label(split.labels.take(places), said[name][0].take(places)) for language, places in _places(split.language).items()
        }
        result.setdefault("lead", {})[name] = _leads(split, said[name])
    if "test" in result["splits"]:
        result["targets"] = verdicts(result["splits"]["test"][OURS], result["splits"]["test"].get(tfidf.SYSTEM))
    return result


def render(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    parts = ["# Quality", bullets(result["about"])]
    if result.get("targets"):
        parts.append(verdict_table(result["targets"]))
    for name, systems in result["splits"].items():
        parts += [f"## {name}", _heads_table(systems)]
        tools = _tools_table(systems)
        if tools:
            parts.append(tools)
        for language, (low, high) in result["lead"][name].items():
            parts.append(f"Causes micro-F1 ahead of {tfidf.SYSTEM}, {language}: 95 % interval {low:+.3f} to {high:+.3f} (paired bootstrap).")
        if result["sources"][name]:
            parts += [f"### {name} by source (at least {LEAST_ROWS} rows)", _source_table(result["sources"][name])]
    parts += ["## Notes", bullets(result["notes"])]
    parts.append("Thresholds of cxtext and of the peers are tuned on dev: their dev figures flatter them, their test figures do not.")
    return "\n\n".join(parts)


def _peer(
    peer: str,
    cx: Any,  # noqa: ANN401
    folder: Path,
    asked: dict[str, Split],
    licences: Sequence[str] | None,
    limit: int | None,
) -> tuple[dict[str, tuple[list[int], Predictions]], dict[str, str]]:
    """What a peer says, with the rows that it was asked for; a peer whose package is absent is skipped, with the reason as a note."""
    dev = read_split(folder, "dev", limit=limit)
    language = None if peer == "tfidf" else minilm.LANGUAGE if peer == "minilm" else lexicons.TOOLS[peer][1]
    places = {name: [row for row, found in enumerate(split.language) if language in (None, found)] for name, split in asked.items()}
    places = {name: found for name, found in places.items() if found}
    mine = {name: asked[name].take(found) for name, found in places.items()}
    print(f"{peer} ...", file=sys.stderr, flush=True)
    started = time.perf_counter()
    try:
        if peer in lexicons.TOOLS:
            said, notes = lexicons.run(peer, dev, mine)
        else:
            train = read_split(folder, "train", "own", licences=licences, limit=limit)
            module = tfidf if peer == "tfidf" else minilm
            said, notes = module.run(train, dev, mine, tuple(cx.taxonomy.cause_ids), tuple(str(owner) for owner in cx.owners))
    except ImportError as error:
        return {}, {peer: f"skipped: {error}"}
    notes[f"{peer}, time"] = f"{time.perf_counter() - started:.0f} s to train, tune and answer"
    return {name: (places[name], predictions) for name, predictions in said.items()}, notes


def _by_language(split: Split, said: Predictions, places: list[int]) -> dict[str, dict[str, float]]:
    """Figures by language, and of ``all`` where the system answers more than one."""
    found = {}
    by_language = _places([split.language[row] for row in places])
    groups = by_language if len(by_language) == 1 else {**by_language, "all": list(range(len(places)))}
    for language, inside in groups.items():
        gold = split.labels.take([places[row] for row in inside])
        found[language] = {"rows": float(len(inside)), **figures(gold, said.take(inside))}
    return found


def _by_source(split: Split, said: Sequence[Predictions], rows: dict[str, list[int]]) -> dict[str, dict[str, Any]]:
    """Figures by source for systems that answer every row."""
    found: dict[str, dict[str, Any]] = {}
    complete = [each for each in said if len(rows[each.system]) == len(split)]
    for source, count in sorted(Counter(split.source).items()):
        places = [row for row, name in enumerate(split.source) if name == source]
        if count >= LEAST_ROWS:
            gold = split.labels.take(places)
            found[source] = {"rows": count, **{each.system: figures(gold, each.take(places), interval=False) for each in complete}}
    return found


def _leads(split: Split, said: Sequence[Predictions]) -> dict[str, tuple[float, float]]:
    peer = next((each for each in said if each.system == tfidf.SYSTEM), None)
    if peer is None or peer.causes is None or said[0].causes is None:
        return {}
    table_of = [cause_ids(causes) for causes in (split.labels.causes, said[0].causes, peer.causes)]
    return {language: metrics.micro_f1_gain(*([column[row] for row in rows] for column in table_of)) for language, rows in _places(split.language).items()}


def _places(languages: Sequence[str]) -> dict[str, list[int]]:
    found = {language: [row for row, name in enumerate(languages) if name == language] for language in LANGUAGES}
    return {language: rows for language, rows in found.items() if rows}


def _heads_table(systems: dict[str, dict[str, dict[str, float]]]) -> str:
    full = {system: tables for system, tables in systems.items() if any("causes_micro_f1" in each for each in tables.values())}
    columns = [(system, language, each) for system, tables in full.items() for language, each in tables.items()]
    header = ["", *(f"{system} {language}" for system, language, _ in columns)]
    rows = [["rows", *(f"{each['rows']:,.0f}" for _, _, each in columns)]]
    rows += [[title, *(number(each.get(name)) for _, _, each in columns)] for name, title in FIGURES if any(name in each for _, _, each in columns)]
    return table(header, rows)


def _tools_table(systems: dict[str, dict[str, dict[str, float]]]) -> str:
    rows = []
    for system, tables in systems.items():
        for language, each in tables.items():
            if "causes_micro_f1" not in each:
                ours = systems[OURS][language]
                names = ("sentiment_macro_f1", "sentiment_accuracy")
                rows.append([system, language, *(number(each.get(name)) for name in names), *(number(ours.get(name)) for name in names)])
    return table(["sentiment only", "language", "macro-F1", "accuracy", "cxtext macro-F1", "cxtext accuracy"], rows) if rows else ""


def _source_table(sources: dict[str, dict[str, Any]]) -> str:
    titles = dict(FIGURES)
    peer = any(tfidf.SYSTEM in each for each in sources.values())
    header = ["source", "rows", *(titles[name] for name in SOURCE_FIGURES), *([f"{tfidf.SYSTEM} causes", f"{tfidf.SYSTEM} owner"] if peer else [])]
    rows = []
    for source, each in sources.items():
        theirs = [number(each[tfidf.SYSTEM].get(name)) for name in ("causes_micro_f1", "owner_accuracy")] if peer else []
        rows.append([source, str(each["rows"]), *(number(each[OURS].get(name)) for name in SOURCE_FIGURES), *theirs])
    return table(header, rows)


def _peers(word: str) -> tuple[str, ...]:
    if word == "none":
        return ()
    names = tuple(name.strip() for name in word.split(","))
    wrong = [name for name in names if name not in PEERS]
    if wrong:
        raise argparse.ArgumentTypeError(f"unknown peer {wrong[0]!r}; there are {', '.join(PEERS)}, or none")
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description="How right cxtext is, with its peers in the same run.")
    parser.add_argument("--split", choices=("dev", "test", "both"), default="both", help="which comments to measure on (default: both)")
    parser.add_argument("--peers", type=_peers, default=PEERS, metavar="LIST", help=f"of {','.join(PEERS)}; or none (default: all)")
    parser.add_argument("--peer-licences", choices=("shipped", "all"), default="shipped", help="what trained peers learn from (default: as the shipped model)")
    parser.add_argument("--model", type=Path, metavar="DIR", help="model folder (default: the built-in model)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder with labelled/ (default: CXTEXT_SHARED, or ../shared/data)")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N rows of each split only, for a try")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS, metavar="DIR", help="where to keep the table (default: benchmarks/results)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
