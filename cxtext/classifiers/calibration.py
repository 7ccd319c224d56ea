"""From logits to calibrated probabilities, and from probabilities to labels: what is tuned on held-out comments after training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxtext.classifiers.stable import Matrix, sigmoid, softmax

EXCLUSIVE = ("sentiment", "owner", "churn", "stage")
"""Heads of which exactly one label holds; of the others any number may."""


@dataclass(frozen=True)
class Calibration:
    """The settings of one head.

    Attributes:
        scale: Factor on the logits (inverse temperature: Guo et al. 2017).
        bias: Added to the scaled logits, one entry a label.
        decision: For an exclusive head, what is added to the log probabilities before the largest is chosen (it trades the classes off
            without touching the probabilities); for the others, the probability from which a label is given.
    """

    scale: float
    bias: Matrix
    decision: Matrix

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Calibration:
        """Read what ``to_dict`` wrote."""
        return cls(float(values["scale"]), np.asarray(values["bias"], np.float32), np.asarray(values["decision"], np.float32))

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for the model's ``config.json``."""
        return {"scale": self.scale, "bias": [round(float(b), 4) for b in self.bias], "decision": [round(float(d), 4) for d in self.decision]}

    def probabilities(self, head: str, logits: Matrix) -> Matrix:
        """Calibrated probabilities, shape as the logits."""
        scaled = np.asarray(logits * np.float32(self.scale) + self.bias, dtype=np.float32)
        return softmax(scaled) if head in EXCLUSIVE else sigmoid(scaled)

    def chosen(self, probabilities: Matrix) -> NDArray[np.int64]:
        """The label of each comment, for an exclusive head."""
        return np.asarray(np.argmax(np.log(np.maximum(probabilities, 1e-9)) + self.decision, axis=1), dtype=np.int64)

    def given(self, probabilities: Matrix) -> NDArray[np.bool_]:
        """Which labels each comment has, for a head of any number of labels."""
        return np.asarray(probabilities >= self.decision, dtype=np.bool_)
