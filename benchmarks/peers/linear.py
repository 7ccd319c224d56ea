"""The plainest strong baseline: one logistic regression a label over given features, with thresholds tuned on dev."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks import metrics
from benchmarks.data import NONE, Labels
from benchmarks.peers.thresholds import CauseDecider, best_threshold, tune_causes
from benchmarks.scoring import Predictions, cause_ids
from cxtext.schema import CHURN_LABELS, INTENTS, POLARITIES, SENTIMENTS, STAGES

Features = Any
"""Rows of features: a SciPy sparse matrix or a NumPy array, shape (rows, features)."""

Weighting = Literal["balanced"] | None
CLASSES = {"sentiment": SENTIMENTS, "churn": CHURN_LABELS, "stage": (*STAGES, NONE)}


@dataclass
class Linear:
    """Independent logistic regressions: probability = sigmoid(features @ weights + bias)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float64]

    def __call__(self, features: Features) -> NDArray[np.float64]:
        """Probabilities, each label for itself: shape (rows, labels)."""
        scores = np.asarray(features @ self.weights, dtype=np.float64) + self.bias
        return np.asarray(1 / (1 + np.exp(-scores)))

    def shares(self, features: Features) -> NDArray[np.float64]:
        """Probabilities of exclusive classes: each row sums to 1."""
        each = self(features)
        return each / each.sum(axis=1, keepdims=True)


def fit_linear(features: Features, truth: NDArray[np.bool_], *, strength: float, weighting: Weighting = None) -> Linear:
    """Fit one regularised logistic regression (liblinear) a column of ``truth``; a column that never varies gets its share as a constant.

    Args:
        features: Rows of features.
        truth: Which labels each row has: shape (rows, labels).
        strength: scikit-learn's C.
        weighting: Whether rare labels weigh more.
    """
    from sklearn.linear_model import LogisticRegression

    weights, bias = np.zeros((features.shape[1], truth.shape[1]), dtype=np.float32), np.zeros(truth.shape[1])
    for column, labels in enumerate(truth.T):
        if labels.all() or not labels.any():
            bias[column] = 10.0 if labels.any() else -10.0
            continue
        model = LogisticRegression(solver="liblinear", C=strength, class_weight=weighting).fit(features, labels)
        weights[:, column], bias[column] = model.coef_[0], model.intercept_[0]
    return Linear(weights, bias)


@dataclass
class LinearPeer:
    """All heads for one language.

    Args:
        causes: Ids of the causes that may be said.
        owners: Ids of the owners that may be said.
        strength: scikit-learn's C.
    """

    causes: tuple[str, ...]
    owners: tuple[str, ...]
    strength: float
    heads: dict[str, Linear] = field(default_factory=dict)
    cuts: dict[str, list[float]] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)
    """What dev decided, in words, for the report."""

    def fit(self, features: Features, labels: Labels, dev_features: Features, dev: Labels) -> LinearPeer:
        """Fit on the training comments, and choose thresholds and weightings on dev."""
        self.heads["causes"] = self._fit(features, metrics.indicator(_sorted(cause_ids(labels.causes)), self.causes))
        self.decider: CauseDecider = tune_causes(self.heads["causes"](dev_features), _sorted(cause_ids(dev.causes)), self.causes)
        self.choices["causes"] = self.decider.name
        self.heads["owner"] = self._fit(features, metrics.indicator([[owner] for owner in labels.owner], self.owners))
        for head, classes in CLASSES.items():
            self._fit_classes(head, classes, features, getattr(labels, head), dev_features, getattr(dev, head))
        for head, found, expected in (
            ("intents", metrics.indicator(labels.intents, INTENTS), metrics.indicator(dev.intents, INTENTS)),
            ("advocate", np.array([labels.advocate]).T, np.array([dev.advocate]).T),
            ("follow_up", np.array([labels.follow_up]).T, np.array([dev.follow_up]).T),
        ):
            self.heads[head] = self._fit(features, found)
            self.cuts[head] = [best_threshold(*pair) for pair in zip(self.heads[head](dev_features).T, expected.T, strict=True)]
        rows, pairs = _pairs(labels.causes)
        polarity = metrics.indicator([[polarity] for _, polarity in pairs], POLARITIES)
        self.heads["polarity"] = self._fit(self._pair_features(features, rows, [cause for cause, _ in pairs]), polarity)
        return self

    def predict(self, features: Features, system: str) -> Predictions:
        """What the peer says, every head."""
        tables = {head: self.heads[head].shares(features) for head in ("sentiment", "owner", "churn")} | {"causes": self.heads["causes"](features)}
        said = {head: self.heads[head](features) >= self.cuts[head] for head in ("intents", "advocate", "follow_up")}
        classes = {**CLASSES, "owner": self.owners, "causes": self.causes}
        best = {head: [classes[head][index] for index in self.heads[head](features).argmax(axis=1)] for head in (*CLASSES, "owner")}
        return Predictions(
            system,
            **best,
            causes=self._with_polarity(features, self.decider.decide(tables["causes"])),
            advocate=said["advocate"][:, 0].tolist(),
            intents=[tuple(name for name, flag in zip(INTENTS, row, strict=True) if flag) for row in said["intents"]],
            follow_up=said["follow_up"][:, 0].tolist(),
            probabilities=tables,
            classes={head: classes[head] for head in tables},
        )

    @property
    def size(self) -> tuple[int, int]:
        """Features and outputs: the peer holds their product in weights."""
        heads = [head for name, head in self.heads.items() if name != "polarity"]
        return len(heads[0].weights), sum(head.weights.shape[1] for head in self.heads.values())

    def _fit(self, features: Features, truth: NDArray[np.bool_], weighting: Weighting = None) -> Linear:
        return fit_linear(features, truth, strength=self.strength, weighting=weighting)

    def _fit_classes(self, head: str, classes: Sequence[str], features: Features, labels: list[str], dev_features: Features, dev: list[str]) -> None:
        truth = metrics.indicator([[label] for label in labels], classes)
        tried: dict[str, tuple[float, Linear]] = {}
        weightings: dict[str, Weighting] = {"plain": None, "balanced": "balanced"}
        for name, weighting in weightings.items():
            fitted = self._fit(features, truth, weighting)
            said = [classes[index] for index in fitted(dev_features).argmax(axis=1)]
            tried[name] = metrics.class_macro_f1(dev, said), fitted
        self.choices[head] = max(tried, key=lambda name: tried[name][0])
        self.heads[head] = tried[self.choices[head]][1]

    def _pair_features(self, features: Features, rows: list[int], causes: list[str]) -> Features:
        from scipy.sparse import csr_matrix, hstack

        return hstack([csr_matrix(features[rows]), csr_matrix(metrics.indicator([[cause] for cause in causes], self.causes), dtype=float)], format="csr")

    def _with_polarity(self, features: Features, said: list[list[str]]) -> list[list[tuple[str, str]]]:
        rows = [row for row, causes in enumerate(said) for _ in causes]
        flat = [cause for causes in said for cause in causes]
        found: list[list[tuple[str, str]]] = [[] for _ in said]
        best = self.heads["polarity"](self._pair_features(features, rows, flat)).argmax(axis=1)
        for row, cause, index in zip(rows, flat, best, strict=True):
            found[row].append((cause, POLARITIES[index]))
        return found


def merge(parts: Sequence[tuple[Sequence[int], Predictions]], rows: int, system: str) -> Predictions:
    """Put the predictions for some rows each (one language, say) together in the order of all rows.

    Args:
        parts: Which rows, and what was said of them; together they are all rows, and all parts have the same heads.
        rows: How many rows there are.
        system: Name of the whole.
    """
    order = np.argsort(np.concatenate([np.asarray(places, dtype=int) for places, _ in parts]), kind="stable")
    if len(order) != rows:
        raise ValueError(f"the parts have {len(order)} rows, not {rows}")
    first = parts[0][1]
    lists = ("sentiment", "causes", "owner", "routed", "churn", "advocate", "intents", "stage", "follow_up")
    columns: dict[str, Any] = {}
    for name in lists:
        if getattr(first, name) is not None:
            joined = [entry for _, part in parts for entry in getattr(part, name)]
            columns[name] = [joined[index] for index in order]
    tables = {head: np.concatenate([part.probabilities[head] for _, part in parts])[order] for head in first.probabilities}
    return Predictions(system, **columns, probabilities=tables, classes=first.classes)


def _sorted(labels: Sequence[set[str]]) -> list[list[str]]:
    return [sorted(row) for row in labels]


def _pairs(causes: Sequence[Sequence[tuple[str, str]]]) -> tuple[list[int], list[tuple[str, str]]]:
    return [row for row, found in enumerate(causes) for _ in found], [pair for found in causes for pair in found]
