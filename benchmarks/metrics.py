"""The measures of the quality benchmark: small functions of plain labels and arrays, each checked by hand in the tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence, Sized
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
ECE_BINS = 15


def f1(true_positives: float, false_positives: float, false_negatives: float) -> float:
    """The F1 of three counts; 0 where nothing is expected and nothing is said.

    Example:
        >>> f1(2, 1, 1)
        0.6666666666666666
    """
    total = 2 * true_positives + false_positives + false_negatives
    return float(2 * true_positives / total) if total else 0.0


def accuracy(gold: Sequence[Hashable], said: Sequence[Hashable]) -> float:
    """Share of rows with the same label; NaN without rows.

    Example:
        >>> accuracy(["a", "b"], ["a", "a"])
        0.5
    """
    _same_length(gold, said)
    return sum(left == right for left, right in zip(gold, said, strict=True)) / len(gold) if gold else float("nan")


def micro_f1(gold: Sequence[Iterable[Hashable]], said: Sequence[Iterable[Hashable]]) -> float:
    """F1 of the pooled decisions over all rows and labels; each row's labels count as a set.

    Example:
        >>> micro_f1([{"a", "b"}, {"c"}], [{"a"}, {"c", "d"}])
        0.6666666666666666
    """
    return f1(*row_counts(gold, said).sum(axis=0))


def macro_f1(gold: Sequence[Iterable[Hashable]], said: Sequence[Iterable[Hashable]]) -> float:
    """Mean F1 over the labels that are expected or said anywhere; NaN if there are none.

    For one label a row give one-element sets, or use :func:`class_macro_f1`.

    Example:
        >>> macro_f1([{"a"}, {"b"}], [{"a"}, {"a"}])
        0.3333333333333333
    """
    each = label_f1s(gold, said)
    return sum(each.values()) / len(each) if each else float("nan")


def class_macro_f1(gold: Sequence[Hashable], said: Sequence[Hashable]) -> float:
    """Mean F1 over the classes that are expected or said anywhere, for one class a row."""
    return macro_f1([{label} for label in gold], [{label} for label in said])


def label_f1s(gold: Sequence[Iterable[Hashable]], said: Sequence[Iterable[Hashable]]) -> dict[Hashable, float]:
    """The F1 of each label that is expected or said anywhere, in order of first appearance."""
    _same_length(gold, said)
    right: Counter[Hashable] = Counter()
    extra: Counter[Hashable] = Counter()
    missed: Counter[Hashable] = Counter()
    labels: dict[Hashable, None] = {}
    for expected, found in zip(map(set, gold), map(set, said), strict=True):
        right.update(expected & found)
        extra.update(found - expected)
        missed.update(expected - found)
        labels.update(dict.fromkeys(sorted(expected | found, key=repr)))
    return {label: f1(right[label], extra[label], missed[label]) for label in labels}


def row_counts(gold: Sequence[Iterable[Hashable]], said: Sequence[Iterable[Hashable]]) -> NDArray[np.int64]:
    """True positives, false positives and false negatives of each row: shape (rows, 3)."""
    _same_length(gold, said)
    counts = [(len(expected & found), len(found - expected), len(expected - found)) for expected, found in zip(map(set, gold), map(set, said), strict=True)]
    return np.array(counts, dtype=np.int64).reshape(-1, 3)


def binary_f1(gold: Sequence[bool], said: Sequence[bool]) -> float:
    """F1 of the positive class.

    Example:
        >>> binary_f1([True, False, True], [True, True, False])
        0.5
    """
    return micro_f1([{1} if flag else set() for flag in gold], [{1} if flag else set() for flag in said])


def average_precision(gold: Sequence[bool], score: Sequence[float] | Floats) -> float:
    """Area under the precision-recall steps (as scikit-learn's): rows of the same score count together; NaN without a positive.

    Example:
        >>> average_precision([True, False, True], [0.9, 0.8, 0.7])
        0.8333333333333333
    """
    _same_length(gold, score)
    truth, scores = np.asarray(gold, dtype=bool), np.asarray(score, dtype=float)
    if not truth.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    truth, scores = truth[order], scores[order]
    last_of_tie = np.append(scores[1:] != scores[:-1], True)
    hits = np.cumsum(truth)[last_of_tie]
    precision = hits / (np.flatnonzero(last_of_tie) + 1)
    recall = hits / truth.sum()
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def calibration_error(confidence: Sequence[float] | Floats, right: Sequence[bool] | NDArray[np.bool_], bins: int = ECE_BINS) -> float:
    """Expected calibration error (Naeini et al. 2015): mean gap of confidence and accuracy over equal-width bins, weighted by their rows.

    Args:
        confidence: Probabilities in [0, 1].
        right: Whether what was said with this confidence is true.
        bins: Number of bins; a bin holds its upper edge.

    Example:
        >>> round(calibration_error([0.9, 0.9], [True, False]), 6)
        0.4
    """
    _same_length(confidence, right)
    probabilities, truth = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    if not len(probabilities):
        return float("nan")
    if not ((probabilities >= -1e-6) & (probabilities <= 1 + 1e-6)).all():
        raise ValueError("a confidence must be a probability in [0, 1]")
    place = np.clip(np.ceil(probabilities * bins).astype(int) - 1, 0, bins - 1)
    gap = np.abs(np.bincount(place, probabilities, bins) - np.bincount(place, truth, bins))
    return float(gap.sum() / len(probabilities))


def top_class_error(probabilities: Floats, gold: Sequence[str], classes: Sequence[str]) -> float:
    """Expected calibration error of the likeliest class of each row; ``probabilities`` has shape (rows, classes)."""
    best = probabilities.argmax(axis=1)
    return calibration_error(probabilities.max(axis=1), [classes[index] == label for index, label in zip(best, gold, strict=True)])


def pooled_error(probabilities: Floats, gold: Sequence[Iterable[str]], classes: Sequence[str]) -> float:
    """Expected calibration error over all (row, label) pairs of a multi-label head."""
    return calibration_error(probabilities.ravel(), indicator(gold, classes).ravel())


def indicator(gold: Sequence[Iterable[str]], classes: Sequence[str]) -> NDArray[np.bool_]:
    """Which labels each row has: shape (rows, classes); labels that are no class are left out."""
    column = {name: index for index, name in enumerate(classes)}
    table = np.zeros((len(gold), len(classes)), dtype=bool)
    for row, labels in enumerate(gold):
        table[row, [column[label] for label in labels if label in column]] = True
    return table


def micro_f1_interval(gold: Sequence[Iterable[Hashable]], said: Sequence[Iterable[Hashable]], *, draws: int = 1000, seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of :func:`micro_f1` by the percentile bootstrap over rows (Efron 1979); NaN without rows."""
    counts = row_counts(gold, said)
    if not len(counts):
        return float("nan"), float("nan")
    return _interval(np.array([f1(*total) for total in _resampled(counts, draws, seed)]))


def micro_f1_gain(
    gold: Sequence[Iterable[Hashable]], ours: Sequence[Iterable[Hashable]], theirs: Sequence[Iterable[Hashable]], *, draws: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """The 95 % interval of how far ``ours`` is ahead of ``theirs`` in :func:`micro_f1`, both on the same resampled rows."""
    first, second = (_resampled(row_counts(gold, said), draws, seed) for said in (ours, theirs))
    return _interval(np.array([f1(*left) - f1(*right) for left, right in zip(first, second, strict=True)]))


def _resampled(counts: NDArray[np.int64], draws: int, seed: int) -> NDArray[np.int64]:
    random = np.random.default_rng(seed)
    return np.stack([counts[random.integers(0, len(counts), len(counts))].sum(axis=0) for _ in range(draws)])


def _interval(values: Floats) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _same_length(left: Sized, right: Sized) -> None:
    if len(left) != len(right):
        raise ValueError(f"{len(left)} rows of one, {len(right)} of the other")
