"""Thresholds for the peers' multi-label heads, tuned on dev: from how much on a cause is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import metrics
from benchmarks.data import GENERAL

GRID = np.round(np.arange(0.08, 0.72, 0.02), 2)
MOST_CAUSES = 4
_FOLDS = 5
_SHRINKAGE = 30
"""A label with this many examples has a threshold half its own, half the common one."""


@dataclass(frozen=True)
class CauseDecider:
    """How probabilities become causes: at least one, at most four, strongest first.

    Attributes:
        name: How it was tuned, in words.
        causes: Names of the columns.
        thresholds: From how much on each cause is said.
        alone: Whether ``general`` gives way to any stronger cause and stands alone if it is the strongest, as the codebook has it.
    """

    name: str
    causes: tuple[str, ...]
    thresholds: NDArray[np.float64]
    alone: bool

    def decide(self, probabilities: NDArray[Any]) -> list[list[str]]:
        """The causes of each row, strongest first."""
        said = []
        for row in probabilities:
            order = np.argsort(-row, kind="stable")
            chosen = [self.causes[index] for index in order if row[index] >= self.thresholds[index]][:MOST_CAUSES] or [self.causes[order[0]]]
            if self.alone and GENERAL in chosen and len(chosen) > 1:
                chosen = [GENERAL] if chosen[0] == GENERAL else [cause for cause in chosen if cause != GENERAL]
            said.append(chosen)
        return said


def tune_causes(probabilities: NDArray[Any], gold: Sequence[Sequence[str]], causes: tuple[str, ...]) -> CauseDecider:
    """The decider that does best on dev by micro-F1: one threshold or one a label, ``general`` alone or not.

    The kind is chosen by five-fold cross-fitting (tuned on four parts, judged on the fifth), its thresholds are then tuned on all of dev.

    Args:
        probabilities: Of the causes on dev: shape (rows, causes).
        gold: The people's causes on dev.
        causes: Names of the columns.
    """
    fold = np.arange(len(gold)) % _FOLDS
    best: tuple[float, bool, bool] = (-1.0, False, False)
    for own, alone in ((False, False), (False, True), (True, False), (True, True)):
        counts = np.zeros(3)
        for held in range(min(_FOLDS, len(gold) - 1) if len(gold) > 1 else 0):
            inside, outside = np.flatnonzero(fold != held).tolist(), np.flatnonzero(fold == held).tolist()
            decider = _tuned(probabilities[inside], [gold[row] for row in inside], causes, own=own, alone=alone)
            counts += metrics.row_counts([gold[row] for row in outside], decider.decide(probabilities[outside])).sum(axis=0)
        best = max(best, (metrics.f1(*counts), own, alone), key=lambda each: each[0])
    return _tuned(probabilities, gold, causes, own=best[1], alone=best[2])


def best_threshold(probabilities: NDArray[Any], truth: NDArray[np.bool_]) -> float:
    """The threshold of the grid with the best F1 of one label; 0.5 where no row has it."""
    if not truth.any():
        return 0.5
    said = probabilities[:, None] >= GRID
    hits = (said & truth[:, None]).sum(axis=0)
    scores = 2 * hits / (said.sum(axis=0) + truth.sum())
    return float(np.mean(GRID[scores == scores.max()]))


def _tuned(probabilities: NDArray[Any], gold: Sequence[Sequence[str]], causes: tuple[str, ...], *, own: bool, alone: bool) -> CauseDecider:
    kind = ("a threshold a label" if own else "one threshold") + (", general alone" if alone else "")

    def decider(thresholds: NDArray[np.float64]) -> CauseDecider:
        return CauseDecider(kind, causes, thresholds, alone)

    common = max(GRID, key=lambda cut: metrics.micro_f1(gold, decider(np.full(len(causes), cut)).decide(probabilities)))
    thresholds = np.full(len(causes), common)
    if own:
        truth = metrics.indicator(gold, causes)
        for column in range(len(causes)):
            share = truth[:, column].sum() / (truth[:, column].sum() + _SHRINKAGE)
            thresholds[column] += share * (best_threshold(probabilities[:, column], truth[:, column]) - common)
    return decider(thresholds)
