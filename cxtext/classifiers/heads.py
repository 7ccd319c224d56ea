"""All heads of a model together: vectors of clauses in, calibrated probabilities and labels out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cxtext.classifiers.calibration import Calibration
from cxtext.classifiers.decide import choose_causes
from cxtext.classifiers.network import HEADS, ClauseBatch, Network, Reading
from cxtext.classifiers.stable import Matrix, softmax


@dataclass(frozen=True)
class Prediction:
    """What the heads say of a batch.

    Attributes:
        reading: Logits, and the way back to the clauses.
        probabilities: Calibrated probabilities by head, shape (comments, labels); ``cause_polarity`` has shape (comments, causes, 3).
        causes: Which causes are given, shape (comments, causes).
    """

    reading: Reading
    probabilities: dict[str, Matrix]
    causes: NDArray[np.bool_]


@dataclass(frozen=True)
class Heads:
    """A network, its calibrations and its label names.

    Attributes:
        network: Vectors to logits.
        calibrations: Head name to its settings.
        labels: Head name to the names of its labels, in the order of the logits.
    """

    network: Network
    calibrations: Mapping[str, Calibration]
    labels: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        for head in HEADS:
            if head not in self.calibrations or head not in self.labels:
                raise KeyError(head)

    @cached_property
    def general(self) -> int | None:
        """Column of the cause that stands alone."""
        causes = self.labels["causes"]
        return causes.index("general") if "general" in causes else None

    def predict(self, batch: ClauseBatch) -> Prediction:
        """Probabilities of every head, and the causes that the codebook's rules give."""
        reading = self.network.read(batch)
        probabilities = {
            head: self.calibrations[head].probabilities(head, logits) for head, logits in reading.logits.items() if head != "cause_polarity"
        }
        polarity = reading.logits["cause_polarity"].reshape(len(batch.starts), len(self.labels["causes"]), 3)
        probabilities["cause_polarity"] = softmax(polarity * np.float32(self.calibrations["cause_polarity"].scale))
        return Prediction(reading, probabilities, choose_causes(probabilities["causes"], self.calibrations["causes"].decision, self.general))

    def chosen(self, head: str, prediction: Prediction) -> list[str]:
        """The label name of each comment, for a head of which exactly one label holds."""
        names = self.labels[head]
        return [names[i] for i in self.calibrations[head].chosen(prediction.probabilities[head])]
