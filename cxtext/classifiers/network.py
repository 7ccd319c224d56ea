"""The heads: from the vectors of a comment's clauses to logits, and back from a logit to the clauses that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxtext.classifiers.stable import Matrix, multiply, sigmoid, softmax, sum_by

HEADS = ("causes", "sentiment", "owner", "churn", "advocate", "intents", "stage", "follow_up", "cause_polarity")
"""The heads, in the order of the columns; ``cause_polarity`` has three logits a cause and comes last."""

_CLIP = 15.0


@dataclass(frozen=True)
class ClauseBatch:
    """The clauses of a batch of comments, comment after comment.

    Attributes:
        sums: Sum of the feature vectors of each clause, shape (clauses, dimensions).
        sizes: Number of features of each clause, shape (clauses,).
        starts: First clause of each comment, shape (comments,); no comment is without a clause.
    """

    sums: Matrix
    sizes: Matrix
    starts: NDArray[np.int64]

    @property
    def comment_of(self) -> NDArray[np.int64]:
        """The comment that each clause belongs to."""
        counts = np.diff(np.append(self.starts, len(self.sums)))
        return np.repeat(np.arange(len(self.starts)), counts)


@dataclass(frozen=True)
class Reading:
    """Logits of a batch, and what is needed to trace them back to clauses."""

    logits: dict[str, Matrix]
    batch: ClauseBatch
    scale: Matrix
    active: NDArray[np.bool_]
    hidden_parts: Matrix
    clause_logits: Matrix
    clause_weights: Matrix


class Network:
    r"""Two views of a comment, added: the comment as a whole, and its clauses each for itself.

    For a comment with clause sums :math:`s_j` and sizes :math:`n_j`, whole vector :math:`x = \sum_j s_j / \sqrt{\sum_j n_j}`, hidden layer
    :math:`h = \max(0, Ax + a)`, and for each clause :math:`x_j = s_j / \sqrt{n_j}`, :math:`h_j = \max(0, Bx_j + Cx + b)`, the logit of label k is
    :math:`U_k [x; h] + \sum_j w_{jk} c_{jk}` with clause logits :math:`c_{jk} = V_k [x_j; h_j]` and weights
    :math:`w_{jk} = e^{c_{jk}} / \sum_i e^{c_{ik}}` (self-weighted pooling of instances: McFee et al. 2018).

    Args:
        weights: ``comment.hidden``, ``clause.hidden``, ``comment.HEAD`` and ``clause.HEAD``, each with ``.weight`` (transposed: inputs first)
            and ``.bias``; ``clause.context.weight``; ``agreement.weight`` and ``.bias`` (see ``agreement_features``); float32.
    """

    def __init__(self, weights: Mapping[str, Matrix]) -> None:
        self.weights = dict(weights)
        ends = np.cumsum([len(weights[f"comment.{head}.bias"]) for head in HEADS]).tolist()
        self._columns = {head: slice(start, end) for head, start, end in zip(HEADS, [0, *ends], ends, strict=False)}
        self._comment = self._side_by_side("comment")
        self._clause = self._side_by_side("clause")

    def read(self, batch: ClauseBatch) -> Reading:
        """The logits of each comment, head by head."""
        w = self.weights
        scale = (1.0 / np.sqrt(np.maximum(sum_by(batch.starts, batch.sizes[:, None]), 1.0))).astype(np.float32)
        parts = multiply(batch.sums, w["comment.hidden.weight"])
        before = sum_by(batch.starts, parts) * scale + w["comment.hidden.bias"]
        whole = np.asarray(sum_by(batch.starts, batch.sums) * scale, dtype=np.float32)
        comment = np.concatenate([whole, np.maximum(before, 0)], axis=1, dtype=np.float32)
        single = np.asarray(batch.sums / np.sqrt(np.maximum(batch.sizes, 1.0))[:, None], dtype=np.float32)
        context = multiply(whole, w["clause.context.weight"])[batch.comment_of]
        in_context = multiply(single, w["clause.hidden.weight"]) + context + w["clause.hidden.bias"]
        clause = np.concatenate([single, np.maximum(in_context, 0)], axis=1, dtype=np.float32)
        clause_logits = multiply(clause, self._clause[0]) + self._clause[1]
        weights = self._pooling_weights(clause_logits, batch)
        logits = multiply(comment, self._comment[0]) + self._comment[1] + sum_by(batch.starts, clause_logits * weights)
        causes = self._columns["causes"]
        by_head = {head: logits[:, columns] for head, columns in self._columns.items()}
        by_head["sentiment"] = multiply(agreement_features(by_head), w["agreement.weight"]) + w["agreement.bias"]
        return Reading(by_head, batch, scale, before > 0, parts, clause_logits[:, causes], weights[:, causes])

    def clause_contributions(self, reading: Reading, comments: NDArray[np.int64], causes: NDArray[np.int64]) -> tuple[Matrix, NDArray[np.int64]]:
        """How much each clause of a comment adds to a cause's logit there; bias terms belong to no clause.

        The hidden layer is linear where it is active, so that the contributions of the clauses and the biases add up exactly to the logit.

        Args:
            reading: What ``read`` returned.
            comments: Comment numbers, one a pair.
            causes: Cause numbers, one a pair.

        Returns:
            The contributions, pair after pair and clause after clause, and the first entry of each pair.
        """
        batch = reading.batch
        ends = np.append(batch.starts[1:], len(batch.sums))
        counts = (ends - batch.starts)[comments]
        firsts = np.cumsum(counts) - counts
        pair = np.repeat(np.arange(len(comments)), counts)
        clause = np.arange(int(counts.sum())) - np.repeat(firsts, counts) + np.repeat(batch.starts[comments], counts)
        comment, cause = comments[pair], causes[pair]
        upper = self.weights["comment.causes.weight"]
        dimensions = batch.sums.shape[1]
        direct = np.einsum("ij,ij->i", batch.sums[clause], upper[:dimensions].T[cause])
        hidden = np.einsum("ij,ij,ij->i", reading.hidden_parts[clause], reading.active[comment].astype(np.float32), upper[dimensions:].T[cause])
        pooled = reading.clause_logits[clause, cause] * reading.clause_weights[clause, cause]
        return (direct + hidden) * reading.scale[comment, 0] + pooled, firsts

    def _side_by_side(self, view: str) -> tuple[Matrix, Matrix]:
        """The weights and biases of all heads in one matrix, since one large product is cheaper than many small ones."""
        weights = np.concatenate([self.weights[f"{view}.{head}.weight"] for head in HEADS], axis=1)
        return np.ascontiguousarray(weights), np.concatenate([self.weights[f"{view}.{head}.bias"] for head in HEADS])

    def _pooling_weights(self, clause_logits: Matrix, batch: ClauseBatch) -> Matrix:
        """The weight of each clause in each label's logit; a cause's polarity is read where the cause is."""
        pooled = clause_logits[:, : self._columns["cause_polarity"].start]
        powers = np.exp(np.clip(pooled, -_CLIP, _CLIP))
        weights = powers / sum_by(batch.starts, powers)[batch.comment_of]
        return np.concatenate([weights, np.repeat(weights[:, self._columns["causes"]], 3, axis=1)], axis=1)


def agreement_features(logits: Mapping[str, Matrix]) -> Matrix:
    """What the sentiment is decided from: its own logits, those of related heads, and how much is praised and how much criticised.

    A comment with a praised and a criticised cause is mixed, whatever its words sound like; a complaint that waits for an answer is not neutral.

    Returns:
        Shape (comments, 18).
    """
    own = [logits[head] for head in ("sentiment", "intents", "churn", "follow_up", "advocate")]
    likely = sigmoid(logits["causes"])
    polarity = softmax(logits["cause_polarity"].reshape(*likely.shape, 3))
    each = [likely * polarity[:, :, pole] for pole in (2, 0)]
    return np.concatenate([*own, *(np.stack([part.sum(axis=1), part.max(axis=1)], axis=1) for part in each)], axis=1, dtype=np.float32)
