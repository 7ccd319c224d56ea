"""From the owner head's probabilities to the owner of a comment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cxtext.schema import TRIAGE

NOBODY: tuple[str, float | None] = ("none", None)
"""Where a comment without content goes."""


def route(probabilities: NDArray[np.float32], owners: Sequence[str], triage_below: float) -> tuple[str, float | None]:
    """The likeliest owner and its calibrated probability; ``triage`` where that is below ``triage_below``.

    Example:
        >>> route(np.array([0.25, 0.75]), ["it", "service"], triage_below=0.4)
        ('service', 0.75)
        >>> route(np.array([0.5, 0.5]), ["it", "service"], triage_below=0.6)
        ('triage', 0.5)
    """
    best = int(probabilities.argmax())
    confidence = float(probabilities[best])
    return (owners[best] if confidence >= triage_below else TRIAGE), confidence
