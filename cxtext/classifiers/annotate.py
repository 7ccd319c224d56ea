"""The door of the room: fills every column that the heads predict, with the words that show each cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cxtext.classifiers.evidence import evidence_clauses
from cxtext.classifiers.heads import Heads, Prediction
from cxtext.classifiers.network import ClauseBatch
from cxtext.schema import POLARITIES, CommentBatch
from cxtext.text import Normalised, split_clauses

if TYPE_CHECKING:
    from cxtext.encoders import StaticEncoder

Span = tuple[int, int]


class Reader(Protocol):
    """What the annotator needs of a model; ``cxtext.model.Model`` is one, and pickles as its path."""

    @property
    def encoder(self) -> StaticEncoder:
        """Text to vectors."""
        ...

    @property
    def heads(self) -> Heads:
        """Vectors to labels."""
        ...


class ClassifierAnnotator:
    """Reads each comment clause by clause and predicts all heads at once.

    Args:
        model: An encoder and its heads.
    """

    name = "classifiers"
    requires = ("text", "normalised", "language", "meaningful")
    provides = (
        "sentiment", "sentiment_score", "causes", "churn", "churn_risk", "advocate", "intents", "stage", "follow_up", "owner_probabilities",
    )  # fmt: skip

    def __init__(self, model: Reader) -> None:
        self.model = model

    @property
    def heads(self) -> Heads:
        """The heads that predict."""
        return self.model.heads

    def __call__(self, batch: CommentBatch) -> None:
        """Fill the columns; a comment that is not meaningful gets None, and no causes."""
        rows = np.flatnonzero(np.asarray(batch["meaningful"], dtype=bool))
        spans = [_clauses(batch["normalised"][i], batch["language"][i]) for i in rows]
        prediction = self.heads.predict(self._encoded(batch["normalised"], rows, spans))
        for column, values in self._labels(prediction).items():
            batch[column] = _spread(values, rows, len(batch), None)
        causes = self._causes(prediction, [batch["normalised"][i] for i in rows], spans)
        batch["causes"] = _spread(causes, rows, len(batch), ())

    def predict(self, batch: CommentBatch) -> Prediction:
        """Probabilities of every row, meaningful or not (for evaluation)."""
        rows = np.arange(len(batch))
        return self.heads.predict(
            self._encoded(batch["normalised"], rows, [_clauses(*pair) for pair in zip(batch["normalised"], batch["language"], strict=True)])
        )

    def _encoded(self, texts: list[Normalised], rows: NDArray[np.int64], spans: list[list[Span]]) -> ClauseBatch:
        clauses = [texts[i].text[start:end] for i, row in zip(rows, spans, strict=True) for start, end in row]
        sums, sizes = self.model.encoder.sums(clauses)
        counts = np.fromiter(map(len, spans), dtype=np.int64, count=len(spans))
        return ClauseBatch(sums, sizes, np.cumsum(counts) - counts)

    def _labels(self, prediction: Prediction) -> dict[str, list[Any]]:
        p, heads = prediction.probabilities, self.heads
        positive, negative = (heads.labels["sentiment"].index(name) for name in ("positive", "negative"))
        nothing = heads.labels["churn"].index("none")
        intents = heads.labels["intents"]
        return {
            "sentiment": heads.chosen("sentiment", prediction),
            "sentiment_score": (p["sentiment"][:, positive] - p["sentiment"][:, negative]).tolist(),
            "churn": heads.chosen("churn", prediction),
            "churn_risk": (1.0 - p["churn"][:, nothing]).tolist(),
            "advocate": p["advocate"][:, 0].tolist(),
            "intents": [
                [name for name, given in zip(intents, row, strict=True) if given] for row in heads.calibrations["intents"].given(p["intents"]).tolist()
            ],
            "stage": [None if stage == "none" else stage for stage in heads.chosen("stage", prediction)],
            "follow_up": heads.calibrations["follow_up"].given(p["follow_up"])[:, 0].tolist(),
            "owner_probabilities": list(p["owner"]),
        }

    def _causes(self, prediction: Prediction, texts: list[Normalised], spans: list[list[Span]]) -> list[tuple[dict[str, Any], ...]]:
        """The causes of each comment as plain dicts, strongest first."""
        probability, names = prediction.probabilities["causes"], self.heads.labels["causes"]
        polarity = prediction.probabilities["cause_polarity"].argmax(axis=2)
        comments, causes = np.nonzero(prediction.causes)
        order = np.lexsort((-probability[comments, causes], comments))
        comments, causes = comments[order], causes[order]
        clauses = evidence_clauses(self.heads, prediction, comments, causes)
        found: list[list[dict[str, Any]]] = [[] for _ in texts]
        confidences = probability[comments, causes].tolist()
        polarities = polarity[comments, causes].tolist()
        for i, k, clause, confidence, pole in zip(comments.tolist(), causes.tolist(), clauses.tolist(), confidences, polarities, strict=True):
            start, end = texts[i].to_original(*spans[i][clause])
            found[i].append({"id": names[k], "polarity": POLARITIES[pole], "confidence": confidence, "start": start, "end": end})
        return [tuple(row) for row in found]


def _clauses(text: Normalised, language: str) -> list[Span]:
    return split_clauses(text.text, language) or [(0, len(text.text))]


def _spread(values: list[Any], rows: NDArray[np.int64], length: int, missing: object) -> list[Any]:
    column: list[Any] = [missing] * length
    for row, value in zip(rows.tolist(), values, strict=True):
        column[row] = value
    return column
