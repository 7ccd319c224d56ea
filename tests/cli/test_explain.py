import io
import json

import pytest

from cxtext.cli import main
from cxtext.cli.render import analysis_text, marked_text
from cxtext.schema import Analysis, Cause

pytestmark = pytest.mark.usefixtures("fake_model")


def cause(start, end, polarity="negative"):
    return Cause("a.b", polarity, 0.5, start, end, "")


@pytest.mark.parametrize(
    ("causes", "expected"),
    [
        ([], "it came late"),
        ([cause(3, 7)], "it [came](1) late"),
        ([cause(8, 12), cause(0, 2)], "[it](2) came [late](1)"),
        ([cause(0, 7), cause(3, 12)], "[it came late](1,2)"),
        ([cause(3, 7), cause(3, 7)], "it [came](1,2) late"),
        ([cause(0, 2), cause(2, 7)], "[it](1)[ came](2) late"),
        ([cause(5, 5)], "it came late"),
    ],
)
def test_evidence_is_marked(causes, expected):
    assert marked_text("it came late", causes) == expected


def test_evidence_in_colour():
    assert marked_text("it came", [cause(3, 7, "positive")], colour=True) == "it \033[32mcame\033[0m(1)"


def test_explain_prints_labels_and_evidence(capsys):
    assert main(["explain", "late again, and rude"]) == 0
    out = capsys.readouterr().out
    for part in ("[late aga](1,2)in, and rude", "sentiment  negative (-0.50)", "1 fulfilment.delay, negative, 0.90: late", "owner      logistics (0.80)"):
        assert part in out


@pytest.mark.parametrize("arguments", [["explain"], ["explain", "-"]])
def test_explain_reads_standard_input(arguments, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("快递太慢了，等了一个星期\n"))
    assert main([*arguments, "--json"]) == 0
    analysis = json.loads(capsys.readouterr().out)
    assert (analysis["text"], analysis["language"], analysis["causes"][0]["evidence"]) == ("快递太慢了，等了一个星期", "zh", "快递太慢")


def test_nothing_to_explain(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert main(["explain"]) == 2
    assert "no text to explain" in capsys.readouterr().err


def test_lone_surrogates_do_no_harm(capsys):
    assert main(["explain", "late \udcff again"]) == 0
    assert "\ufffd" in capsys.readouterr().out


def test_a_comment_that_says_nothing():
    text = analysis_text(Analysis("n/a", "en", False, None, None, (), None, None, (), None, False, None))
    assert "meaningful no" in text
    assert "sentiment" not in text
