import json

import numpy as np
import pytest

from benchmarks import quality
from benchmarks.data import DataMissing, data_folder, read_split
from benchmarks.peers.lexicons import tune_cuts
from benchmarks.peers.linear import merge
from benchmarks.peers.thresholds import CauseDecider, best_threshold, tune_causes
from benchmarks.scoring import Predictions, figures, predict
from benchmarks.targets import verdicts
from tests.benchmarks.fake_analyzer import KeywordAnalyzer, write_data


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("shared") / "data")


def test_quality_from_end_to_end(data, tmp_path, capsys):
    pytest.importorskip("sklearn")
    code = quality.main(["--data", str(data), "--peers", "tfidf", "-o", str(tmp_path)], load=lambda folder: KeywordAnalyzer())
    assert code == 0
    result = json.loads((tmp_path / "quality.json").read_text(encoding="utf-8"))
    ours, peer = result["splits"]["test"]["cxtext"], result["splits"]["test"]["tf-idf + LR"]
    for language in ("en", "zh", "ru", "all"):
        assert ours[language]["causes_micro_f1"] == ours[language]["sentiment_macro_f1"] == ours[language]["follow_up_f1"] == 1.0
        assert ours[language]["ece_owner"] == pytest.approx(0.1, abs=1e-6)
        assert peer[language]["causes_micro_f1"] > 0.9
    assert set(result["sources"]["test"]) == {"en_many", "zh_many", "ru_many"}
    assert result["labels"]["dev"]["en"]["owner"]["it"] == 1.0
    assert result["about"]["model"] == "fake-1"
    assert "permissive" in result["about"]["peers trained on"]
    markdown = (tmp_path / "quality.md").read_text(encoding="utf-8")
    assert markdown.strip() in capsys.readouterr().out
    assert "## test" in markdown and "en_many" in markdown and "en_few" not in markdown


def test_one_split_without_peers(data, tmp_path):
    quality.main(["--data", str(data), "--split", "dev", "--peers", "none", "--limit", "30", "-o", str(tmp_path)], load=lambda folder: KeywordAnalyzer())
    result = json.loads((tmp_path / "quality.json").read_text(encoding="utf-8"))
    assert list(result["splits"]) == ["dev"] and list(result["splits"]["dev"]) == ["cxtext"]
    assert result["splits"]["dev"]["cxtext"] == {"en": result["splits"]["dev"]["cxtext"]["en"]}
    assert "limit" in result["about"] and "targets" not in result


def test_an_absent_peer_is_skipped_with_its_reason(data, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "vaderSentiment.vaderSentiment", None)
    quality.main(["--data", str(data), "--split", "dev", "--peers", "vader", "-o", str(tmp_path)], load=lambda folder: KeywordAnalyzer())
    assert "skipped" in json.loads((tmp_path / "quality.json").read_text(encoding="utf-8"))["notes"]["vader"]


def test_an_unknown_peer_is_named(data, capsys):
    with pytest.raises(SystemExit):
        quality.main(["--data", str(data), "--peers", "bert"], load=lambda folder: KeywordAnalyzer())
    assert "unknown peer 'bert'; there are tfidf, minilm" in capsys.readouterr().err


def test_absent_data_is_said_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("CXTEXT_SHARED", str(tmp_path / "nowhere"))
    with pytest.raises(DataMissing, match="nowhere.*CXTEXT_SHARED"):
        data_folder()


def test_data_is_found_by_option_and_environment(data, monkeypatch):
    monkeypatch.setenv("CXTEXT_SHARED", str(data.parent))
    assert data_folder() == data == data_folder(data) == data_folder(data.parent)


def test_read_split_keeps_licences_and_limits(data):
    assert set(read_split(data, "train").licence) == {"permissive", "restricted"}
    assert set(read_split(data, "train", "own", licences=("permissive",), limit=5).licence) == {"permissive"}
    assert len(read_split(data, "train", "own", limit=5)) == 10


def test_meaningless_comments_count_as_general_and_nobodys():
    said = predict(KeywordAnalyzer(), ["...", "late parcel", "hello"])
    assert said.causes == [[("general", "neutral")], [("fulfilment.delay", "negative")], [("general", "neutral")]]
    assert said.owner == ["none", "fulfilment", "none"] and said.routed == ["none", "fulfilment", "triage"]
    assert said.sentiment == ["neutral", "negative", "neutral"] and said.stage == ["none", "using", "none"]


def test_routed_figures_leave_triage_out(data):
    gold = read_split(data, "test").labels.take([0, 1, 2, 3])
    routed = [gold.owner[0], "triage", "triage", "wrong"]
    found = figures(gold, Predictions("x", routed=routed))
    assert found == {"owner_coverage": 0.5, "owner_routed_accuracy": 0.5}


def test_verdicts_compare_with_the_baseline_and_the_bars():
    ours = {"en": {"causes_micro_f1": 0.64, "owner_accuracy": 0.69}, "all": {"ece_owner": 0.03}}
    found = verdicts(ours, {"en": {"causes_micro_f1": 0.61}})
    assert [(each["figure"], each["language"], each["cleared"]) for each in found] == [
        ("causes_micro_f1", "en", True),
        ("owner_accuracy", "en", False),
        ("ece_owner", "all", True),
    ]
    assert verdicts(ours, None)[0]["cleared"] is None


@pytest.mark.parametrize(
    ("alone", "row", "expected"),
    [
        (False, [0.1, 0.2, 0.1], ["b"]),
        (False, [0.9, 0.6, 0.7], ["a", "general", "b"]),
        (True, [0.9, 0.6, 0.7], ["a", "b"]),
        (True, [0.6, 0.2, 0.7], ["general"]),
    ],
)
def test_causes_are_at_least_one_and_general_gives_way(alone, row, expected):
    assert CauseDecider("", ("a", "b", "general"), np.full(3, 0.5), alone).decide(np.array([row])) == [expected]


def test_thresholds_find_the_gap():
    probabilities = np.array([[0.3, 0.1], [0.3, 0.1], [0.1, 0.3], [0.1, 0.3]] * 10)
    gold = [["a"], ["a"], ["b"], ["b"]] * 10
    assert tune_causes(probabilities, gold, ("a", "b")).decide(probabilities) == gold
    assert 0.1 < best_threshold(probabilities[:, 0], probabilities[:, 0] > 0.2) < 0.3
    assert best_threshold(np.array([0.4]), np.array([False])) == 0.5


def test_cuts_part_the_classes():
    scores = np.array([(-0.9, 0.0), (-0.8, 0.0), (0.0, 0.0), (0.1, 0.0), (0.0, 0.5), (0.1, 0.6), (0.8, 0.0), (0.9, 0.0)])
    gold = ["negative", "negative", "neutral", "neutral", "mixed", "mixed", "positive", "positive"]
    assert tune_cuts(scores, gold).classify(scores) == gold


def test_merge_restores_the_order():
    first = Predictions("x", sentiment=["b", "c"], probabilities={"churn": np.array([[2.0], [3.0]])}, classes={"churn": ("none",)})
    second = Predictions("x", sentiment=["a"], probabilities={"churn": np.array([[1.0]])}, classes={"churn": ("none",)})
    whole = merge([([1, 2], first), ([0], second)], 3, "whole")
    assert whole.sentiment == ["a", "b", "c"] and whole.probabilities["churn"].tolist() == [[1.0], [2.0], [3.0]] and whole.churn is None
    with pytest.raises(ValueError, match="not 4"):
        merge([([0], second)], 4, "whole")
