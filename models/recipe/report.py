"""Dev figures of a network, printed after each training step; thresholds are cross-fitted, so that they are not flattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from calibrate import calibrate, fit_agreement
from labels import LABELS, gold_arrays
from sklearn.metrics import f1_score

from cxtext.classifiers.decide import choose_causes
from cxtext.classifiers.network import agreement_features

GENERAL = LABELS["causes"].index("general")


def show_dev(rows: Sequence[dict], logits: Mapping[str, np.ndarray]) -> float:
    """Print causes micro-F1 / macro-F1, and macro-F1 / accuracy of sentiment, owner and churn, for each language; returns the mean causes micro-F1."""
    gold = gold_arrays(rows)
    languages = np.array([row["lang"] for row in rows])
    fold = np.random.RandomState(0).randint(0, 2, len(rows))
    features = agreement_features(logits)
    causes: list[float] = []
    for head in ("causes", "sentiment", "owner", "churn"):
        chosen = np.zeros_like(gold[head])
        for part in (0, 1):
            fit, test = fold != part, fold == part
            mine = logits[head]
            if head == "sentiment":
                weight, bias = fit_agreement(features[fit], gold[head][fit])
                mine = features @ weight + bias
            calibration = calibrate(head, mine[fit], gold[head][fit], languages[fit], GENERAL)
            probabilities = calibration.probabilities(head, mine[test].astype(np.float32))
            chosen[test] = choose_causes(probabilities, calibration.decision, GENERAL) if head == "causes" else calibration.chosen(probabilities)
        figures = []
        for name in ("en", "zh", "ru"):
            here = languages == name
            main = f1_score(gold[head][here], chosen[here], average="micro" if head == "causes" else "macro", zero_division=0)
            other = (
                f1_score(gold[head][here], chosen[here], average="macro", zero_division=0)
                if head == "causes"
                else float((gold[head][here] == chosen[here]).mean())
            )
            causes += [main] if head == "causes" else []
            figures.append(f"{name} {main:.3f}/{other:.3f}")
        print(f"dev {head:<10}", "  ".join(figures), flush=True)
    return float(np.mean(causes))
