"""Fit calibrations and decision thresholds on held-out comments, from logits and labels.

Two things are kept apart: probabilities are calibrated by likelihood (scale and bias on the logits), and labels are chosen by what each
head is judged on (micro-F1 of causes, macro-F1 of sentiment and churn), so that a threshold never spoils a probability.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from cxtext.classifiers.calibration import EXCLUSIVE, Calibration
from cxtext.classifiers.decide import choose_causes

MACRO_F1 = ("sentiment", "churn", "stage")
PRIOR_COMMENTS = 40
"""How many comments' weight the common threshold has against a label's own."""
THRESHOLDS = np.arange(0.1, 0.801, 0.02)


def calibrate(head: str, logits: np.ndarray, gold: np.ndarray, languages: np.ndarray, general: int | None = None) -> Calibration:
    """Calibrate one head.

    Args:
        head: Its name.
        logits: Shape (comments, labels).
        gold: Class numbers (exclusive heads) or 0/1 flags, shape as the logits.
        languages: Language of each comment; decisions are tuned for the mean over languages.
        general: For causes, the column that stands alone.
    """
    scale, bias = fit_probabilities(head, logits, gold)
    plain = Calibration(scale, bias, np.zeros(logits.shape[1], np.float32))
    probabilities = plain.probabilities(head, logits.astype(np.float32))
    if head == "causes":
        decision = _cause_thresholds(probabilities, gold, languages, general)
    elif head in MACRO_F1:
        decision = _class_offsets(probabilities, gold, languages)
    elif head in EXCLUSIVE:
        decision = np.zeros(logits.shape[1])
    else:
        decision = np.array([_shrunk_threshold(probabilities[:, k], gold[:, k], 0.5) for k in range(logits.shape[1])])
    return Calibration(scale, bias, np.asarray(decision, np.float32))


def fit_agreement(features: np.ndarray, gold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights, inputs first, and biases that turn ``agreement_features`` into sentiment logits (multinomial logistic regression)."""
    fitted = LogisticRegression(C=0.3, max_iter=1000).fit(features, gold)
    return fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)


def fit_temperature(logits: np.ndarray, gold: np.ndarray) -> float:
    """The scale of softmax logits that makes the gold classes likeliest."""
    best = minimize(lambda s: _cross_entropy(logits * np.exp(s[0]), gold), [0.0], method="L-BFGS-B", bounds=[(-2, 2)])
    return float(np.exp(best.x[0]))


def fit_probabilities(head: str, logits: np.ndarray, gold: np.ndarray) -> tuple[float, np.ndarray]:
    """Scale and bias on the logits that make the labels likeliest; the bias is held near zero."""
    labels = logits.shape[1]

    def loss(parameters: np.ndarray) -> float:
        scaled = logits * np.exp(parameters[0]) + parameters[1:]
        fit = _cross_entropy(scaled, gold) if head in EXCLUSIVE else float(np.mean(np.sum(np.logaddexp(0, scaled) - gold * scaled, axis=1)))
        return fit + 0.01 * float(np.mean(parameters[1:] ** 2))

    best = minimize(loss, np.zeros(labels + 1), method="L-BFGS-B", bounds=[(-2, 2)] + [(-2, 2)] * labels)
    return float(np.exp(best.x[0])), best.x[1:].astype(np.float32)


def _cross_entropy(logits: np.ndarray, gold: np.ndarray) -> float:
    top = logits.max(axis=1, keepdims=True)
    log_total = top[:, 0] + np.log(np.exp(logits - top).sum(axis=1))
    return float(np.mean(log_total - logits[np.arange(len(gold)), gold]))


def _cause_thresholds(probabilities: np.ndarray, gold: np.ndarray, languages: np.ndarray, general: int | None) -> np.ndarray:
    """One threshold for all, moved towards each label's own as far as the number of its comments allows."""

    def quality(thresholds: np.ndarray) -> float:
        given = choose_causes(probabilities, thresholds, general)
        return float(np.mean([f1_score(gold[languages == name], given[languages == name], average="micro") for name in np.unique(languages)]))

    common = max(THRESHOLDS, key=lambda t: quality(np.full(probabilities.shape[1], t)))
    own = np.array([_shrunk_threshold(probabilities[:, k], gold[:, k], common) for k in range(probabilities.shape[1])])
    return max((np.full_like(own, common), own), key=quality)


def _shrunk_threshold(probability: np.ndarray, gold: np.ndarray, common: float) -> float:
    scores = [f1_score(gold, probability >= t, zero_division=0) for t in THRESHOLDS]
    near = THRESHOLDS[np.asarray(scores) >= max(scores) - 0.01]
    best = near[np.abs(near - common).argmin()]
    weight = gold.sum() / (gold.sum() + PRIOR_COMMENTS)
    return float(weight * best + (1 - weight) * common)


def _class_offsets(probabilities: np.ndarray, gold: np.ndarray, languages: np.ndarray) -> np.ndarray:
    """Offsets on the log probabilities, by coordinate ascent on the mean macro-F1 over the languages; small ones win ties."""
    logs = np.log(np.maximum(probabilities, 1e-9))
    offsets = np.zeros(probabilities.shape[1])

    def quality(candidate: np.ndarray) -> float:
        chosen = (logs + candidate).argmax(axis=1)
        by_language = [f1_score(gold[languages == name], chosen[languages == name], average="macro") for name in np.unique(languages)]
        return float(np.mean(by_language)) - 0.01 * float(np.abs(candidate).mean())

    for _ in range(3):
        for k in range(len(offsets)):
            options = [np.where(np.arange(len(offsets)) == k, value, offsets) for value in np.arange(-1.0, 1.01, 0.1)]
            offsets = max(options, key=quality)
    return offsets
