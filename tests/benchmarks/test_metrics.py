import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import metrics

labels = st.lists(st.tuples(st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("abcd"))), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((2, 1, 1), 4 / 6), ((3, 0, 0), 1.0), ((0, 2, 3), 0.0), ((0, 0, 0), 0.0), ((1, 0, 1), 2 / 3)],
)
def test_f1_of_counts(counts, expected):
    assert metrics.f1(*counts) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("gold", "said", "micro", "macro"),
    [
        # right: a, c; missed: b; extra: d
        ([{"a", "b"}, {"c"}], [{"a"}, {"c", "d"}], 4 / 6, 2 / 4),
        ([{"a"}, {"b"}], [{"a"}, {"a"}], 0.5, (2 / 3 + 0) / 2),
        ([{"a"}], [{"a"}], 1.0, 1.0),
        ([{"a"}], [set()], 0.0, 0.0),
        ([["a", "a"]], [["a"]], 1.0, 1.0),
        ([[("x", "negative")]], [[("x", "positive")]], 0.0, 0.0),
    ],
)
def test_f1_of_label_sets(gold, said, micro, macro):
    assert metrics.micro_f1(gold, said) == pytest.approx(micro)
    assert metrics.macro_f1(gold, said) == pytest.approx(macro)


def test_nothing_expected_and_nothing_said():
    assert metrics.micro_f1([set()], [set()]) == 0.0
    assert math.isnan(metrics.macro_f1([set()], [set()]))
    assert metrics.micro_f1([], []) == 0.0
    assert math.isnan(metrics.accuracy([], []))


def test_macro_f1_counts_a_class_that_is_only_said():
    # a: 2 of 3 found, nothing extra: 0.8; b: said once, never expected: 0
    assert metrics.class_macro_f1(["a", "a", "a"], ["a", "a", "b"]) == pytest.approx(0.4)


def test_label_f1s_by_hand():
    found = metrics.label_f1s([{"a"}, {"a", "b"}, {"b"}], [{"a"}, {"b"}, {"c"}])
    assert found == pytest.approx({"a": 2 / 3, "b": 2 / 3, "c": 0.0})


@pytest.mark.parametrize(
    ("gold", "said", "expected"),
    [([True, False, True], [True, True, False], 0.5), ([False], [False], 0.0), ([True, True], [True, True], 1.0)],
)
def test_binary_f1(gold, said, expected):
    assert metrics.binary_f1(gold, said) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("gold", "score", "expected"),
    [
        ([True, False, True], [0.9, 0.8, 0.7], 0.5 * 1 + 0.5 * 2 / 3),
        ([False, True], [0.9, 0.1], 0.5),
        ([True, False], [0.5, 0.5], 0.5),
        ([True, True], [0.2, 0.1], 1.0),
    ],
)
def test_average_precision(gold, score, expected):
    assert metrics.average_precision(gold, score) == pytest.approx(expected)


def test_average_precision_without_a_positive():
    assert math.isnan(metrics.average_precision([False, False], [0.1, 0.2]))


@pytest.mark.parametrize(
    ("confidence", "right", "expected"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([0.9, 0.9], [True, False], 0.4),
        # two bins: |0.95 - 1| and |0.55 - 0|, half the rows each
        ([0.95, 0.55], [True, False], (0.05 + 0.55) / 2),
        ([0.0, 0.0], [False, False], 0.0),
        # within a bin, too high and too low cancel out
        ([0.61, 0.65], [True, False], abs(1.26 - 1) / 2),
    ],
)
def test_calibration_error(confidence, right, expected):
    assert metrics.calibration_error(confidence, right) == pytest.approx(expected)


def test_a_bin_holds_its_upper_edge():
    # 0.5 is the edge of two bins: it lies with 0.4, where the errors cancel out
    assert metrics.calibration_error([0.5, 0.4], [False, True], bins=2) == pytest.approx(0.05)
    assert metrics.calibration_error([0.51, 0.4], [False, True], bins=2) == pytest.approx((0.51 + 0.6) / 2)


def test_calibration_error_edge_cases():
    assert math.isnan(metrics.calibration_error([], []))
    assert metrics.calibration_error([1 + 1e-9], [True]) == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(ValueError, match="probability"):
        metrics.calibration_error([1.2], [True])


def test_top_class_error():
    # said: a with 0.8 (right), b with 0.6 (wrong)
    table = np.array([[0.8, 0.2], [0.4, 0.6]])
    assert metrics.top_class_error(table, ["a", "a"], ("a", "b")) == pytest.approx((0.2 + 0.6) / 2)


def test_pooled_error():
    # four pairs, four bins: 0.9 right, 0.1 not, 0.3 not, 0.7 right
    table = np.array([[0.9, 0.1], [0.3, 0.7]])
    assert metrics.pooled_error(table, [["a"], ["b"]], ("a", "b")) == pytest.approx((0.1 + 0.1 + 0.3 + 0.3) / 4)


def test_indicator_leaves_unknown_labels_out():
    assert metrics.indicator([["a", "z"], []], ("a", "b")).tolist() == [[True, False], [False, False]]


def test_interval_holds_the_value_and_does_not_change():
    gold = [{"a"}, {"b"}, {"a", "b"}, {"c"}] * 25
    said = [{"a"}, {"a"}, {"a"}, {"c"}] * 25
    low, high = metrics.micro_f1_interval(gold, said)
    assert low < metrics.micro_f1(gold, said) < high
    assert 0.05 < high - low < 0.25
    assert (low, high) == metrics.micro_f1_interval(gold, said)


def test_interval_edge_cases():
    assert metrics.micro_f1_interval([{"a"}], [{"a"}]) == (1.0, 1.0)
    assert all(math.isnan(edge) for edge in metrics.micro_f1_interval([], []))


def test_gain_is_paired():
    gold = [{"a"}, {"b"}] * 30
    said = [{"a"}, {"c"}] * 30
    assert metrics.micro_f1_gain(gold, said, said) == (0.0, 0.0)
    low, high = metrics.micro_f1_gain(gold, gold, said)
    assert 0.3 < low < 0.5 < high < 0.7


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="1 rows of one, 2 of the other"):
        metrics.micro_f1([{"a"}], [{"a"}, {"b"}])
    with pytest.raises(ValueError, match="2 rows of one, 1 of the other"):
        metrics.calibration_error([0.1, 0.2], [True])


@settings(deadline=None)
@given(labels)
def test_f1s_agree_with_scikit_learn(rows):
    sklearn = pytest.importorskip("sklearn.metrics")
    gold, said = [row[0] for row in rows], [row[1] for row in rows]
    truth, found = metrics.indicator(gold, "abcd"), metrics.indicator(said, "abcd")
    seen = (truth | found).any(axis=0)
    assert metrics.micro_f1(gold, said) == pytest.approx(sklearn.f1_score(truth, found, average="micro", zero_division=0))
    if seen.any():
        each = sklearn.f1_score(truth, found, average=None, zero_division=0)
        assert metrics.macro_f1(gold, said) == pytest.approx(each[seen].mean())


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=30).filter(lambda rows: any(row[0] for row in rows)))
def test_average_precision_agrees_with_scikit_learn(rows):
    sklearn = pytest.importorskip("sklearn.metrics")
    gold, score = [row[0] for row in rows], [row[1] / 5 for row in rows]
    assert metrics.average_precision(gold, score) == pytest.approx(sklearn.average_precision_score(gold, score))
