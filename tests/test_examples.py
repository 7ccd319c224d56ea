"""The sample dump and its roster hold what examples/README.md says."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
START = dt.date(2026, 8, 31)
COLUMNS = ["id", "date", "source", "channel", "industry", "company", "region", "store", "product", "order_id", "nps", "comment"]

OUTAGE = re.compile(
    r"\bcodes?\b|\botp\b|\blog ?-?in|\bsign in|\blocked out"
    r"|验证码|登录|登不上|手机银行进不去|收不到码|\bкод(а|ом|у)?\b|\bвойти|\bвход|авторизоваться",
    re.I,
)
COURIER = re.compile(r"tarpan|塔潘|тарпан", re.I)
DOUBLE = re.compile(
    r"twice|\bdouble\b|two times|two payments|duplicate|重复|扣了两次|扣两次|两笔都扣"
    r"|дважды|двойн|два раза|списани\w два|за двоих",
    re.I,
)
RIVAL = re.compile(r"quokka", re.I)
NO_CONTENT = {"n/a", "na", ".", "..", "-", "none", "无", "没有", "нет"}


def read(name: str) -> list[dict[str, str]]:
    with open(EXAMPLES / name, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


@pytest.fixture(scope="module")
def dump() -> list[dict[str, str]]:
    return read("feedback.csv")


@pytest.fixture(scope="module")
def roster() -> list[dict[str, str]]:
    return read("roster.csv")


def week(row: dict[str, str]) -> int:
    return (dt.date.fromisoformat(row["date"]) - START).days // 7 + 1


def per_week(rows, pattern: re.Pattern[str]) -> list[int]:
    found = Counter(week(row) for row in rows if pattern.search(row["comment"]))
    return [found[number] for number in range(1, 13)]


def script(text: str) -> str:
    han = len(re.findall("[\u4e00-\u9fff]", text))
    cyrillic = len(re.findall("[а-яё]", text, re.I))
    latin = len(re.findall("[a-z]", text, re.I))
    if not han + cyrillic + latin:
        return "none"
    if han * 2.5 >= max(cyrillic, latin):
        return "zh"
    return "ru" if cyrillic >= latin else "en"


def test_file_is_plain_utf8_csv() -> None:
    for name in ("feedback.csv", "roster.csv"):
        raw = (EXAMPLES / name).read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in raw and b"\x00" not in raw
        raw.decode("utf-8")


def test_columns_and_count(dump) -> None:
    assert list(dump[0]) == COLUMNS
    assert len(dump) >= 650
    assert all(None not in row and None not in row.values() for row in dump)
    assert len({row["id"] for row in dump}) == len(dump)
    assert all(row["comment"].strip() for row in dump)


def test_pandas_reads_the_same(dump) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_csv(EXAMPLES / "feedback.csv", keep_default_na=False, dtype=str)
    assert frame["comment"].tolist() == [row["comment"] for row in dump]


def test_values(dump) -> None:
    assert {row["source"] for row in dump} == {"customer", "employee"}
    assert {row["channel"] for row in dump} == {"survey", "app_store", "chat", "email", "letter", "phone_note"}
    assert all(row["nps"] == "" or (row["nps"].isdigit() and 0 <= int(row["nps"]) <= 10) for row in dump)
    assert all(row["nps"] == "" for row in dump if row["channel"] == "app_store")
    orders = [row["order_id"] for row in dump if row["order_id"]]
    assert len(orders) > 100 and len(set(orders)) == len(orders)
    assert len({(row["industry"], row["company"]) for row in dump}) == 5
    assert min(Counter(row["industry"] for row in dump).values()) >= 80
    assert 24 <= sum(row["source"] == "employee" for row in dump) <= 60


def test_twelve_weeks(dump) -> None:
    dates = [row["date"] for row in dump]
    assert dates == sorted(dates)
    assert set(map(week, dump)) == set(range(1, 13))
    assert dates[0] >= "2026-08-31" and dates[-1] <= "2026-11-22"
    assert min(Counter(map(week, dump)).values()) >= 40


def test_languages(dump) -> None:
    share = Counter(script(row["comment"]) for row in dump)
    for language, wanted in {"en": 0.45, "zh": 0.27, "ru": 0.28}.items():
        assert share[language] / len(dump) == pytest.approx(wanted, abs=0.03)


def test_outage_starts_in_week_nine_and_grows(dump) -> None:
    bank = [row for row in dump if row["industry"] == "bank" and row["source"] == "customer"]
    weeks = per_week(bank, OUTAGE)
    assert weeks[:8] == [0] * 8
    assert weeks[8] >= 4 and weeks[8] < weeks[9] < weeks[10] < weeks[11]
    hits = [row for row in bank if OUTAGE.search(row["comment"])]
    assert all(Counter(script(row["comment"]) for row in hits)[language] >= 10 for language in ("en", "zh", "ru"))


def test_courier_gets_worse(dump) -> None:
    weeks = per_week([row for row in dump if row["source"] == "customer"], COURIER)
    assert weeks == sorted(weeks)
    assert weeks[0] == 1 and weeks[-1] >= 10
    assert {row["company"] for row in dump if COURIER.search(row["comment"])} == {"Brambly"}


def test_double_charges_fade(dump) -> None:
    weeks = per_week([row for row in dump if row["industry"] == "restaurant"], DOUBLE)
    assert weeks[0] >= 7 and weeks[:5] == sorted(weeks[:5], reverse=True)
    assert weeks[5:] == [0] * 7


def test_churn_wave_in_one_region(dump) -> None:
    weeks = per_week([row for row in dump if row["source"] == "customer"], RIVAL)
    assert weeks[:9] == [0] * 9 and 0 < weeks[9] < weeks[10] < weeks[11]
    assert {(row["region"], row["company"]) for row in dump if RIVAL.search(row["comment"])} == {("Singapore", "Tessel Mobile")}


@pytest.mark.parametrize(
    "pattern, least",
    [
        (r"dark (mode|theme)|深色模式|夜间模式|т[её]мную тему", 8),
        (r"evening (delivery|slots)|evenings included|after 7 pm|晚上送货|晚上七点|после 19|утро/вечер", 8),
        (r"portions|(kids|children's) menu|儿童(套)?餐|детск\w+ (меню|порции)", 8),
    ],
)
def test_suggestions_are_repeated(dump, pattern: str, least: int) -> None:
    assert sum(bool(re.search(pattern, row["comment"], re.I)) for row in dump) >= least


def test_oddities(dump) -> None:
    texts = [row["comment"] for row in dump]
    assert sum(text.casefold().startswith("i am writing to object in the strongest terms") for text in texts) == 8
    assert max(Counter(texts).values()) >= 2
    assert sum(text.casefold() in NO_CONTENT for text in texts) >= 15
    assert any(len(text) > 1500 for text in texts)
    assert any(text.count("\n") >= 5 for text in texts)
    assert any(text.startswith("=") for text in texts)
    assert any("&amp;" in text and "<br>" in text for text in texts)
    assert any(not re.search(r"\w", text) and len(text) > 2 and ord(text[0]) > 0x1F000 for text in texts)
    assert any("Zimmer" in text for text in texts) and any("Volveremos" in text for text in texts)


def test_roster(roster, dump) -> None:
    assert list(roster[0]) == ["employee_id", "name", "aliases", "team", "site", "company"]
    assert 25 <= len(roster) <= 30
    assert len({row["employee_id"] for row in roster}) == len(roster)
    sites = {row["store"]: row["company"] for row in dump if row["store"]}
    assert all(sites[row["site"]] == row["company"] for row in roster)
    places = {(row["store"], row["company"], row["region"]) for row in dump if row["store"]}
    assert len(places) == len(sites)


def mentions(person: dict[str, str], dump: list[dict[str, str]]) -> int:
    forms = [person["name"], *filter(None, person["aliases"].split(";"))]
    # a Cyrillic name may be inflected: of each word of it the last letter is free
    words = {word for form in forms for word in re.findall("[а-яё]{3,}", form, re.I)}
    parts = [rf"\b{word[:-1]}\w{{0,3}}\b" for word in words if len(word) > 3]
    parts += [re.escape(form) for form in forms if not re.search("[а-яё]", form, re.I)]
    pattern = re.compile("|".join(parts), re.I)
    return sum(row["company"] == person["company"] and row["store"] in ("", person["site"]) and bool(pattern.search(row["comment"])) for row in dump)


def test_every_employee_is_mentioned_and_ten_often(roster, dump) -> None:
    counts = {row["employee_id"]: mentions(row, dump) for row in roster}
    assert min(counts.values()) >= 1, counts
    assert sum(count >= 6 for count in counts.values()) >= 10, counts


def test_first_names_are_ambiguous(roster) -> None:
    for first in ("Priya", "Ольга"):
        same = [row for row in roster if row["name"].split()[0] == first]
        assert len(same) == 2 and len({row["site"] for row in same}) == 2


def test_readme_agrees(dump) -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    known = {row["id"]: row for row in dump}
    assert f"{len(dump)} comments" in text
    assert set(re.findall(r"FB-\d{4}", text)) <= set(known)
    listed = dict(re.findall(r"^- \*\*(.+?)\*\*: ([\d ]+)$", text, re.M))
    assert len(listed) >= 10
    assert {known[f"FB-{number}"]["industry"] for number in listed["outage"].split()} == {"bank"}
    for story, pattern in {"courier": COURIER, "double charge": DOUBLE, "churn wave": RIVAL}.items():
        assert all(pattern.search(known[f"FB-{number}"]["comment"]) for number in listed[story].split())
