import csv
import datetime as dt
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxtext.batch.job import score_dump
from cxtext.errors import CxtextError, InputError, OptionError
from cxtext.schema import SCORED_COLUMNS, scored_schema

from .fakes import CountingScorer

ROWS = [("1", "it came late"), ("2", "всё хорошо"), ("3", ""), ("4", "快递很好"), ("5", "late, again")]


@pytest.fixture
def dump(tmp_path):
    path = tmp_path / "dump.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "comment"), *ROWS])
    return path


def test_scored_table_has_the_users_columns_and_ours(dump, tmp_path):
    summary = score_dump(dump, tmp_path / "out.parquet", analyzer=CountingScorer())
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column_names == ["id", "comment", *("cx_" + name for name in SCORED_COLUMNS)]
    assert table.select(["id", "comment"]).to_pylist() == [{"id": number, "comment": text} for number, text in ROWS]
    assert [causes[0]["end"] if causes else None for causes in table.column("cx_causes").to_pylist()] == [12, 10, None, 4, 11]
    assert all(table.schema.field("cx_" + field.name).type == field.type for field in scored_schema())
    assert json.loads(table.schema.metadata[b"cxtext"]) == {"text": "comment", "prefix": "cx_"}
    assert (summary.rows, summary.scored, summary.rejected, summary.not_meaningful, summary.rejects) == (5, 5, 0, 1, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dump.csv", "out.parquet"]


def test_summary_counts(dump, tmp_path):
    summary = score_dump(dump, tmp_path / "out.csv", analyzer=CountingScorer(), chunk_rows=2)
    assert summary.languages == {"en": 2, "ru": 1, "zh": 1, "other": 1}
    assert summary.sentiments == {"negative": 2, "positive": 2}
    assert summary.owners == {"logistics": 4}
    assert summary.churn == {"none": 4}
    assert summary.top_causes() == [("fulfilment.delay", 4, 0.5, "logistics")]


def test_csv_and_jsonl_outputs(dump, tmp_path):
    score_dump(dump, tmp_path / "out.csv", analyzer=CountingScorer())
    score_dump(dump, tmp_path / "out.jsonl", analyzer=CountingScorer())
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        from_csv = list(csv.DictReader(stream))
    from_jsonl = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["comment"] for row in from_csv] == [row["comment"] for row in from_jsonl] == [text for _, text in ROWS]
    assert json.loads(from_csv[0]["cx_causes"])[0]["id"] == from_jsonl[0]["cx_causes"][0]["id"] == "fulfilment.delay"
    assert (from_csv[0]["cx_follow_up"], from_jsonl[0]["cx_follow_up"]) == ("true", True)
    assert (from_csv[2]["cx_sentiment"], from_jsonl[2]["cx_sentiment"]) == ("", None)


@pytest.mark.parametrize("output", ["out.parquet", "out.csv", "out.jsonl", "out.tsv"])
def test_typed_columns_survive(tmp_path, output):
    when = dt.datetime(2025, 3, 1, 9, tzinfo=dt.UTC)
    table = pa.table({
        "comment": ["it came late", "fine"], "at": [when, None], "tags": [["a"], []], "x": [float("nan"), 1.5], "raw": [b"\xff", b"a"],
    })  # fmt: skip
    pq.write_table(table, tmp_path / "dump.parquet")
    assert score_dump(tmp_path / "dump.parquet", tmp_path / output, analyzer=CountingScorer()).scored == 2
    if output == "out.parquet":
        assert pq.read_table(tmp_path / output).schema.field("at").type == table.schema.field("at").type
    if output == "out.jsonl":
        first = json.loads((tmp_path / output).read_text(encoding="utf-8").splitlines()[0])
        assert (first["at"], first["tags"], first["x"]) == (when.isoformat(), ["a"], None)


def test_nested_json_comes_out_as_it_went_in(tmp_path):
    (tmp_path / "dump.jsonl").write_text('{"comment": "fine", "meta": {"a": [1, "x"]}}\n', encoding="utf-8")
    score_dump(tmp_path / "dump.jsonl", tmp_path / "out.jsonl", analyzer=CountingScorer())
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["meta"] == {"a": [1, "x"]}


def test_a_row_that_cannot_be_scored_is_rejected_alone(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text("id,comment\n" + "".join(f"{n},{'boom' if n in (3, 77) else 'fine'} {n}\n" for n in range(100)) + "100\n", encoding="utf-8")
    scorer = CountingScorer()
    summary = score_dump(path, tmp_path / "out.parquet", analyzer=scorer)
    assert (summary.rows, summary.scored, summary.rejected) == (101, 98, 3)
    assert scorer.calls < 40
    assert [int(n) for n in pq.read_table(tmp_path / "out.parquet").column("id").to_pylist()] == [n for n in range(100) if n not in (3, 77)]
    with summary.rejects.open(encoding="utf-8", newline="") as stream:
        rejects = list(csv.DictReader(stream))
    assert [(row["row"], row["line"], row["raw"]) for row in rejects] == [("3", "5", "boom 3"), ("77", "79", "boom 77"), ("100", "102", "100")]
    assert rejects[0]["reason"] == "could not be scored: ValueError: boom was said"


def test_old_rejects_are_not_left_beside_a_clean_run(dump, tmp_path):
    (tmp_path / "out.rejects.csv").write_text("row\n", encoding="utf-8")
    score_dump(dump, tmp_path / "out.parquet", analyzer=CountingScorer())
    assert not (tmp_path / "out.rejects.csv").exists()


class Damaged:
    def score_texts(self, texts):
        raise CxtextError("model.safetensors is damaged")


class Short:
    def score_texts(self, texts):
        return CountingScorer().score_texts(texts[1:])


@pytest.mark.parametrize(("scorer", "message"), [(Damaged(), "damaged"), (Short(), "4 rows for 5 texts")])
def test_a_broken_analyzer_stops_the_job_and_leaves_nothing(dump, tmp_path, scorer, message):
    with pytest.raises(CxtextError, match=message):
        score_dump(dump, tmp_path / "out.parquet", analyzer=scorer)
    assert [path.name for path in tmp_path.iterdir()] == ["dump.csv"]


def test_existing_output_is_kept_unless_overwritten(dump, tmp_path):
    output = tmp_path / "out.csv"
    output.write_text("precious", encoding="utf-8")
    with pytest.raises(InputError, match="--overwrite"):
        score_dump(dump, output, analyzer=CountingScorer())
    with pytest.raises(CxtextError):
        score_dump(dump, output, analyzer=Damaged(), overwrite=True)
    assert output.read_text(encoding="utf-8") == "precious"
    assert score_dump(dump, output, analyzer=CountingScorer(), overwrite=True).scored == 5


@pytest.mark.parametrize(
    ("output", "error", "message"),
    [
        ("missing/out.csv", InputError, "does not exist"),
        ("dump.csv/out.csv", InputError, "is not a folder"),
        ("out.pdf", OptionError, "parquet"),
        ("out", OptionError, "parquet"),
        (".", (InputError, OptionError), "folder|extension"),
        ("dump.csv", InputError, "the dump itself"),
    ],
)
def test_outputs_that_cannot_be(dump, tmp_path, output, error, message):
    with pytest.raises(error, match=message):
        score_dump(dump, tmp_path / output, analyzer=CountingScorer(), overwrite=True)


def test_clashing_columns_ask_for_another_prefix(dump, tmp_path):
    score_dump(dump, tmp_path / "once.parquet", analyzer=CountingScorer())
    with pytest.raises(InputError, match="--prefix new_cx_"):
        score_dump(tmp_path / "once.parquet", tmp_path / "twice.parquet", analyzer=CountingScorer())
    score_dump(tmp_path / "once.parquet", tmp_path / "twice.parquet", analyzer=CountingScorer(), prefix="")
    names = pq.read_schema(tmp_path / "twice.parquet").names
    assert {"cx_owner", "owner"} <= set(names)


def test_progress_and_limit(dump, tmp_path):
    seen = []
    summary = score_dump(dump, tmp_path / "out.csv", analyzer=CountingScorer(), chunk_rows=2, limit=3, progress=lambda rows, total: seen.append((rows, total)))
    assert (summary.rows, summary.scored) == (3, 3)
    assert [rows for rows, _ in seen] == [2, 3]


def test_header_only_makes_an_empty_table(tmp_path):
    (tmp_path / "dump.csv").write_text("id,comment\n", encoding="utf-8")
    for output in ("out.parquet", "out.csv", "out.jsonl"):
        assert score_dump(tmp_path / "dump.csv", tmp_path / output, analyzer=CountingScorer()).rows == 0
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.one_of(st.text(max_size=20), st.sampled_from(["boom", "late", "\ud800"])), min_size=1, max_size=30),
    output=st.sampled_from(["out.parquet", "out.csv", "out.jsonl"]),
    rows=st.integers(1, 8),
)
def test_every_row_goes_somewhere(tmp_path, texts, output, rows):
    path = tmp_path / "dump.jsonl"
    path.write_text("".join(json.dumps({"comment": text}) + "\n" for text in texts), encoding="utf-8")
    summary = score_dump(path, tmp_path / output, analyzer=CountingScorer(), text="comment", chunk_rows=rows, overwrite=True)
    assert summary.rows == len(texts) == summary.scored + summary.rejected
    assert summary.rejected == sum("boom" in text for text in texts)
