"""Which words carry a cause: the clause that adds most to the cause's logit, by the head's own contributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxtext.classifiers.heads import Heads, Prediction


def evidence_clauses(heads: Heads, prediction: Prediction, comments: NDArray[np.int64], causes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The clause that carries each cause.

    Args:
        heads: The heads that predicted.
        prediction: Their prediction.
        comments: Comment numbers, one a cause given.
        causes: Cause numbers.

    Returns:
        Number of the clause within its comment, one a cause given; the first of equals.
    """
    if not len(comments):
        return np.zeros(0, dtype=np.int64)
    contributions, firsts = heads.network.clause_contributions(prediction.reading, comments, causes)
    pair_of = np.repeat(np.arange(len(firsts)), np.diff(np.append(firsts, len(contributions))))
    largest = np.flatnonzero(contributions == np.maximum.reduceat(contributions, firsts)[pair_of])
    _, first_largest = np.unique(pair_of[largest], return_index=True)
    return np.asarray(largest[first_largest] - firsts, dtype=np.int64)
