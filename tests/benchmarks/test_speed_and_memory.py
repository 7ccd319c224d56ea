import csv
import gzip
import json
import sys
from pathlib import Path

import pytest

from benchmarks import memory, report, speed
from benchmarks.contestants import Contestant
from benchmarks.startup import PEAK
from tests.benchmarks.fake_analyzer import KeywordAnalyzer


def test_speed_from_end_to_end(tmp_path, monkeypatch):
    monkeypatch.setattr(speed, "_use_cores", lambda count: None)
    arguments = ["--rows", "50", "--repeat", "2", "--no-startup", "--leave-out", "minilm,xlmr", "--data", str(tmp_path / "none"), "-o", str(tmp_path)]
    assert speed.main(arguments, load=lambda folder: KeywordAnalyzer(tmp_path)) == 0
    result = json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))
    assert result["systems"]["cxtext"]["rows"] == 50 and len(result["systems"]["cxtext"]["rates"]) == 2
    assert "no tokenizer.json" in result["skipped"]["tokenizer alone"] and "processes" in result["skipped"]["cxtext, 2 processes"]
    assert "examples/feedback.csv" in result["about"]["comments"]
    assert "| cxtext " in (tmp_path / "speed.md").read_text(encoding="utf-8")


def test_comments_are_the_same_every_time_and_repeated_where_few(tmp_path):
    texts, origin = speed.comments(2000, tmp_path)
    assert len(texts) == 2000 and (texts, origin) == speed.comments(2000, tmp_path)
    assert "repeated" in origin and "repeated" not in speed.comments(10, tmp_path)[1]


def test_contestants_take_turns():
    order = []

    def contestant(name):
        return Contestant(name, "", ["a"] * 3, lambda: lambda texts: order.append(name))

    result = speed.race([contestant("tokenizer alone"), contestant("cxtext")], 2)
    assert order == ["tokenizer alone", "cxtext"] + ["tokenizer alone", "cxtext"] * 2
    assert result["systems"]["cxtext"]["of_ceiling"] > 0 and result["systems"]["cxtext"]["cxtext_times"] == 1.0


def test_speed_verdicts():
    systems = {"cxtext": {"median": 6000.0, "of_ceiling": 0.2}}
    found = speed.verdicts({"systems": systems, "start_up": {"import cxtext, s": 0.1, PEAK: 300.0}})
    assert [each["cleared"] for each in found] == [True, False, True]


def test_dump_has_its_rows_and_no_two_long_comments_alike(tmp_path):
    memory.write_dump(tmp_path / "dump.csv.gz", 2000)
    with gzip.open(tmp_path / "dump.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    long = [row["comment"] for row in rows if len(row["comment"]) > 40]
    assert len(rows) == 2000 and len({row["id"] for row in rows}) == 2000 and len(set(long)) == len(long)


def test_memory_from_end_to_end(tmp_path, monkeypatch):
    pytest.importorskip("psutil")
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import cxtext
from cxtext.cli import main
from tests.benchmarks.fake_analyzer import KeywordAnalyzer
cxtext.load = lambda folder: KeywordAnalyzer(folder)
sys.exit(main(sys.argv[1:]))
"""
    monkeypatch.setattr(memory, "CXTEXT", [sys.executable, "-c", program])
    assert memory.main(["--rows", "3000", "--every", "0.1", "-o", str(tmp_path)]) == 0
    figures = json.loads((tmp_path / "memory.json").read_text(encoding="utf-8"))["figures"]
    assert figures["rows_scored"] == 3000 and figures["rows_rejected"] == 0 and figures["peak_megabytes"] > 20


def test_watch_sees_the_memory_of_a_process():
    pytest.importorskip("psutil")
    hungry = "import time; block = bytearray(b'x') * 150_000_000; time.sleep(0.8)"
    samples = memory.watch([sys.executable, "-c", hungry], every=0.05)
    assert max(each.megabytes for each in samples) > 150 and samples[-1].seconds > 0.8


def test_watch_says_why_a_command_failed():
    pytest.importorskip("psutil")
    with pytest.raises(SystemExit, match="ended with 3: too bad"):
        memory.watch([sys.executable, "-c", "import sys; sys.stderr.write('too bad'); sys.exit(3)"])


def test_growth_by_hand():
    # 10 MB a second in the second half, 100 rows a second: 100,000 MB per million rows
    samples = [memory.Sample(0, 0), memory.Sample(5, 100), memory.Sample(7.5, 125), memory.Sample(10, 150)]
    found = memory.summarise(samples, 1000)
    assert found["peak_megabytes"] == found["final_megabytes"] == 150 and found["rows_per_second"] == 100
    assert found["growth_megabytes_per_million_rows"] == pytest.approx(100_000)


def test_model_size_counts_weights_and_bytes(tmp_path):
    numpy = pytest.importorskip("safetensors.numpy")
    import numpy as np

    numpy.save_file({"table": np.zeros((3, 4), dtype=np.float32)}, str(tmp_path / "model.safetensors"))
    (tmp_path / "config.json").write_text("{}")
    weights, size = report.model_size(tmp_path)
    assert weights == 12 and size == (tmp_path / "model.safetensors").stat().st_size + 2


def test_tables_line_up():
    lines = report.table(["system", "F1"], [["cxtext", "0.7"], ["x", "0.65"]]).splitlines()
    assert len({len(line) for line in lines}) == 1 and lines[1].startswith("|:--") and lines[1].endswith("-:|")
