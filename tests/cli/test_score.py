import openpyxl
import pyarrow.parquet as pq
import pytest

import cxtext
from cxtext.cli import main
from cxtext.errors import ModelError

pytestmark = pytest.mark.usefixtures("fake_model")


def fails(capsys, *arguments):
    """The one line of error of a command that must fail."""
    assert main(list(map(str, arguments))) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("cxtext: error: ")
    assert captured.err.count("\n") == 1
    return captured.err


def test_score_writes_and_says_what_it_found(dump, tmp_path, capsys):
    assert main(["score", str(dump)]) == 0
    table = pq.read_table(tmp_path / "dump.scored.parquet")
    assert table.column("cx_language").to_pylist() == ["en", "ru", "zh"]
    out = capsys.readouterr().out
    for part in ("4 rows (csv, utf-8", "3 scored, 1 rejected", "en 1 (33 %)", "negative 3 (100 %)", "fulfilment.delay", "logistics", "dump.scored.rejects.csv"):
        assert part in out
    assert str(tmp_path / "dump.scored.parquet") in out
    assert "1 fields where the header has 2" in out


def test_options_arrive(dump, tmp_path, capsys):
    output = tmp_path / "out.jsonl"
    arguments = ["score", str(dump), "-o", str(output), "--text", "COMMENT", "--prefix", "x.", "--rows", "2", "--quiet", "--encoding", "utf-8"]
    assert main(arguments) == 0
    assert capsys.readouterr() == ("", "")
    lines = output.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert '"x.language": "en"' in lines[0]
    assert "--overwrite" in fails(capsys, *arguments)
    assert main([*arguments, "--overwrite"]) == 0


@pytest.mark.parametrize(("arguments", "shown"), [(["--preview"], 4), (["--preview", "2"], 2), (["--preview", "5", "--rows", "1"], 1)])
def test_preview_shows_rows_and_writes_nothing(dump, tmp_path, capsys, arguments, shown):
    assert main(["score", str(dump), *arguments]) == 0
    out = capsys.readouterr().out
    assert out.count("\nrow ") == shown
    assert "it came late" in out
    assert ("REJECTED" in out) == (shown == 4)
    assert [path.name for path in tmp_path.iterdir()] == ["dump.csv"]


def test_a_comment_cannot_steer_the_terminal(tmp_path, capsys):
    (tmp_path / "dump.csv").write_text("id,comment\n1,evil \x1b[2J text\n", encoding="utf-8")
    assert main(["score", str(tmp_path / "dump.csv"), "--preview"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_errors_are_one_line_with_the_remedy(dump, tmp_path, capsys):
    assert "does not exist" in fails(capsys, "score", tmp_path / "none.csv")
    assert "is a folder" in fails(capsys, "score", tmp_path)
    (tmp_path / "empty.csv").touch()
    assert "is empty" in fails(capsys, "score", tmp_path / "empty.csv")
    assert "did you mean --text 'comment'?" in fails(capsys, "score", dump, "--text", "coment")
    assert "unknown encoding" in fails(capsys, "score", dump, "--encoding", "klingon")
    assert "does not exist, make it first" in fails(capsys, "score", dump, "-o", tmp_path / "no" / "out.csv")
    assert "is not a folder" in fails(capsys, "score", dump, "-o", dump / "out.csv")
    assert "use .parquet" in fails(capsys, "score", dump, "-o", tmp_path / "out.docx")
    (tmp_path / "stars.csv").write_text("id,stars\n1,5\n", encoding="utf-8")
    assert "Columns: id, stars" in fails(capsys, "score", tmp_path / "stars.csv")
    (tmp_path / "what.bin").write_bytes(bytes(range(256)) * 9)
    assert "use csv, tsv, jsonl, xlsx, parquet" in fails(capsys, "score", tmp_path / "what.bin")


def test_two_sheets_ask_for_one(tmp_path, capsys):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("June")):
        sheet.append(["comment"])
        sheet.append(["it came late again"])
    book.save(tmp_path / "dump.xlsx")
    assert "--sheet: 'Sheet', 'June'" in fails(capsys, "score", tmp_path / "dump.xlsx")
    assert main(["score", str(tmp_path / "dump.xlsx"), "--sheet", "June"]) == 0


def test_a_damaged_model_is_named(dump, capsys, monkeypatch):
    def load(path=None):
        raise ModelError(f"{path}/heads.safetensors is damaged")

    monkeypatch.setattr(cxtext, "load", load, raising=False)
    assert "somewhere/heads.safetensors is damaged" in fails(capsys, "score", dump, "--model", "somewhere")


def test_interrupt_leaves_no_half_file(tmp_path, capsys):
    (tmp_path / "dump.csv").write_text("id,comment\n1,interrupt\n", encoding="utf-8")
    assert main(["score", str(tmp_path / "dump.csv"), "--text", "comment"]) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["dump.csv"]


def test_progress_bar_is_shown_on_a_terminal_only(dump, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert main(["score", str(dump), "-o", str(tmp_path / "out.csv")]) == 0
    assert (tmp_path / "out.csv").exists()
