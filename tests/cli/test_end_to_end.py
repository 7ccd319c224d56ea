"""The command line over the real built-in model."""

import json

import pyarrow.parquet as pq
import pytest

from cxtext.cli import main
from cxtext.schema import SCORED_COLUMNS

COMMENTS = [
    "The parcel came two weeks late and nobody answered my emails.",
    "Спасибо Анне, всё быстро и вежливо!",
    "快递晚了两个星期，客服一直没人理。",
    "n/a",
    "",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_score_a_dump(tmp_path, capsys, encoding):
    dump = tmp_path / "dump.csv"
    dump.write_text("id,comment\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(COMMENTS)) + "broken\n", encoding=encoding)
    assert main(["score", str(dump)]) == 0
    table = pq.read_table(tmp_path / "dump.scored.parquet")
    assert table.column("comment").to_pylist() == COMMENTS
    assert table.column_names == ["id", "comment", *("cx_" + name for name in SCORED_COLUMNS)]
    assert table.column("cx_language").to_pylist()[:3] == ["en", "ru", "zh"]
    assert table.column("cx_meaningful").to_pylist() == [True, True, True, False, False]
    for text, causes in zip(COMMENTS, table.column("cx_causes").to_pylist(), strict=True):
        assert all(0 <= cause["start"] < cause["end"] <= len(text) for cause in causes or ())
    assert "5 scored, 1 rejected, 2 not meaningful" in capsys.readouterr().out


def test_one_row_alone_scores_as_in_its_dump(tmp_path):
    path = tmp_path / "dump.jsonl"
    path.write_text("".join(json.dumps({"comment": text}) + "\n" for text in COMMENTS), encoding="utf-8")
    assert main(["score", str(path), "-o", str(tmp_path / "all.jsonl"), "--quiet"]) == 0
    together = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    for number, text in enumerate(COMMENTS):
        path.write_text(json.dumps({"comment": text}) + "\n", encoding="utf-8")
        assert main(["score", str(path), "-o", str(tmp_path / "one.jsonl"), "--quiet", "--overwrite", "--text", "comment"]) == 0
        assert json.loads((tmp_path / "one.jsonl").read_text(encoding="utf-8")) == together[number]


@pytest.mark.parametrize("text", COMMENTS[:3])
def test_explain_marks_evidence_in_the_text(capsys, text):
    assert main(["explain", text, "--json"]) == 0
    analysis = json.loads(capsys.readouterr().out)
    assert all(text[cause["start"] : cause["end"]] == cause["evidence"] for cause in analysis["causes"])
    assert main(["explain", text]) == 0
    assert "sentiment" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["x" * 1_000_000, "\x00", "🙂", "\ud800", "<b>&nbsp;</b>"])
def test_explain_takes_hostile_text(capsys, text):
    assert main(["explain", text, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["text"]


def test_doctor(capsys):
    assert main(["doctor"]) == 0
    assert "all well" in capsys.readouterr().out
