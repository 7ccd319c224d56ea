"""Labels of labelled comments as arrays, in the order of the heads' outputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxtext.schema import CHURN_LABELS, INTENTS, POLARITIES, SENTIMENTS, STAGES
from cxtext.taxonomy import load_taxonomy

_TAXONOMY = load_taxonomy()
LABELS: dict[str, tuple[str, ...]] = {
    "causes": _TAXONOMY.cause_ids,
    "sentiment": SENTIMENTS,
    "owner": _TAXONOMY.owner_ids,
    "churn": CHURN_LABELS,
    "advocate": ("advocate",),
    "intents": INTENTS,
    "stage": (*STAGES, "none"),
    "follow_up": ("follow_up",),
    "cause_polarity": POLARITIES,
}


def gold_arrays(rows: Sequence[dict]) -> dict[str, np.ndarray]:
    """Class numbers, flags (float32), and the polarity of each cause (-1 where it is not given)."""
    cause_of = {name: k for k, name in enumerate(LABELS["causes"])}
    causes = np.zeros((len(rows), len(cause_of)), np.float32)
    polarity = np.full(causes.shape, -1)
    for i, row in enumerate(rows):
        for cause in row["causes"]:
            causes[i, cause_of[cause["id"]]] = 1
            polarity[i, cause_of[cause["id"]]] = POLARITIES.index(cause["polarity"])
    return {
        "causes": causes,
        "cause_polarity": polarity,
        "sentiment": np.array([SENTIMENTS.index(row["sentiment"]) for row in rows]),
        "owner": np.array([LABELS["owner"].index(row["owner"]) for row in rows]),
        "churn": np.array([CHURN_LABELS.index(row["churn"]) for row in rows]),
        "stage": np.array([LABELS["stage"].index(row["stage"] or "none") for row in rows]),
        "advocate": np.array([[row["advocate"]] for row in rows], np.float32),
        "follow_up": np.array([[row["follow_up"]] for row in rows], np.float32),
        "intents": np.array([[name in row["intents"] for name in INTENTS] for row in rows], np.float32),
    }
