"""The codebook's rules for causes: at least one, at most four, strongest first, and ``general`` never beside another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxtext.classifiers.stable import Matrix

MOST_CAUSES = 4


def choose_causes(probabilities: Matrix, thresholds: Matrix, general: int | None) -> NDArray[np.bool_]:
    """Which causes each comment has.

    Args:
        probabilities: Calibrated probabilities, shape (comments, causes).
        thresholds: Probability from which a cause is given, shape (causes,).
        general: Column of the cause that stands alone (``general``); None if the taxonomy has none.

    Returns:
        Flags, shape (comments, causes), one to four set in each row.

    Example:
        >>> choose_causes(np.array([[0.6, 0.2, 0.7], [0.1, 0.1, 0.2]]), np.array([0.5, 0.5, 0.5]), general=2).tolist()
        [[True, False, False], [False, False, True]]
    """
    ratio = probabilities / thresholds
    given = ratio >= 1.0
    if general is not None:
        specific = given.copy()
        specific[:, general] = False
        given[specific.any(axis=1), general] = False
    none = np.flatnonzero(~given.any(axis=1))
    given[none, ratio[none].argmax(axis=1)] = True
    for row in np.flatnonzero(given.sum(axis=1) > MOST_CAUSES):
        kept = np.argsort(-np.where(given[row], probabilities[row], -1.0), kind="stable")[:MOST_CAUSES]
        given[row] = False
        given[row, kept] = True
    return np.asarray(given, dtype=np.bool_)
