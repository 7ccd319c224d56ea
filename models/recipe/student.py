"""The shipped network in torch, for training: the same sums and pooling as ``cxtext.classifiers.network``, with a sparse feature table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import csr_matrix, vstack
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from cxtext.classifiers.network import HEADS
from cxtext.encoders.static import count_features
from cxtext.text import detect_language, normalise, split_clauses

SIZES = {"causes": 32, "sentiment": 4, "owner": 10, "churn": 3, "advocate": 1, "intents": 5, "stage": 4, "follow_up": 1, "cause_polarity": 96}
EXCLUSIVE = {"sentiment": 1.0, "owner": 1.0, "churn": 1.0, "stage": 0.5}
FLAGS = {"causes": 1.0, "advocate": 0.5, "intents": 0.5, "follow_up": 0.5}
"""Weight of each head in the loss."""
POLARITY_WEIGHT = 0.5

Tensors = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class ClauseFeatures:
    """Feature counts of the clauses of comments: comment ``i`` has the rows ``starts[i]`` to ``starts[i + 1]``."""

    counts: csr_matrix
    starts: np.ndarray

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, comments: np.ndarray) -> tuple[csr_matrix, torch.Tensor]:
        """The clauses of some comments, and which of them each clause belongs to."""
        rows = np.concatenate([np.arange(self.starts[i], self.starts[i + 1]) for i in comments])
        lengths = self.starts[comments + 1] - self.starts[comments]
        return self.counts[rows], torch.from_numpy(np.repeat(np.arange(len(comments)), lengths))


def clause_features(tokenizer: Tokenizer, texts: Sequence[str], buckets: int) -> ClauseFeatures:
    """Split comments into clauses as the analyzer does, and count their features."""
    clauses: list[str] = []
    starts = [0]
    for text in texts:
        clean = normalise(text).text
        spans = split_clauses(clean, detect_language(clean)) or [(0, len(clean))]
        clauses += [clean[start:end] for start, end in spans]
        starts.append(len(clauses))
    return ClauseFeatures(text_features(tokenizer, clauses, buckets), np.array(starts))


def text_features(tokenizer: Tokenizer, texts: Sequence[str], buckets: int, chunk: int = 20_000) -> csr_matrix:
    """Feature counts of whole texts."""
    tokens = tokenizer.get_vocab_size()
    return vstack([count_features(tokenizer, texts[i : i + chunk], tokens, buckets) for i in range(0, len(texts), chunk)]).tocsr()


class _Sums(torch.autograd.Function):
    """Sparse counts times dense vectors; the gradient reaches only the features that occur."""

    @staticmethod
    def forward(ctx, vectors: torch.Tensor, counts: csr_matrix) -> torch.Tensor:  # noqa: ANN001
        ctx.counts = counts
        return torch.from_numpy(counts @ vectors.numpy())

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:  # noqa: ANN001
        return torch.from_numpy(ctx.counts.T @ gradient.numpy()), None


class Table:
    """The feature vectors, trained by Adagrad with one accumulator a row (Duchi et al. 2011), touching only the rows in use."""

    def __init__(self, vectors: np.ndarray) -> None:
        self.vectors = vectors
        self.accumulated = np.full((len(vectors), 1), 1e-8, np.float32)

    @classmethod
    def random(cls, features: int, dimensions: int, seed: int) -> Table:
        """Small random vectors."""
        return cls(np.random.RandomState(seed).normal(0, 0.05, (features, dimensions)).astype(np.float32))

    def sums(self, counts: csr_matrix, *, train: bool = False, dropout: float = 0.0) -> torch.Tensor:
        """The sum of the vectors of each row's features; in training a share of the occurrences is left out."""
        weights = counts.data
        if train and dropout:
            weights = weights * ((np.random.rand(len(weights)) > dropout) / (1 - dropout)).astype(np.float32)
        used, local = np.unique(counts.indices, return_inverse=True)
        vectors = torch.from_numpy(self.vectors[used])
        small = csr_matrix((weights, local.astype(np.int32), counts.indptr), shape=(counts.shape[0], len(used)))
        if not train:
            return torch.from_numpy(small @ vectors.numpy())
        self._used, self._vectors = used, vectors.requires_grad_(True)
        return _Sums.apply(self._vectors, small)

    def step(self, rate: float) -> None:
        """Move the rows that the last ``sums`` used."""
        gradient = self._vectors.grad.numpy()
        self.accumulated[self._used] += (gradient * gradient).mean(1, keepdims=True)
        self.vectors[self._used] -= rate * gradient / np.sqrt(self.accumulated[self._used])


class Student(nn.Module):
    """See ``cxtext.classifiers.network.Network`` for the formula."""

    def __init__(self, dimensions: int, hidden: int, clause_hidden: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.comment = nn.ModuleDict({"hidden": nn.Linear(dimensions, hidden)} | {h: nn.Linear(dimensions + hidden, n) for h, n in SIZES.items()})
        self.clause = nn.ModuleDict(
            {"hidden": nn.Linear(dimensions, clause_hidden)} | {h: nn.Linear(dimensions + clause_hidden, n) for h, n in SIZES.items()}
        )
        self.clause["context"] = nn.Linear(dimensions, clause_hidden, bias=False)
        for head in HEADS:
            nn.init.zeros_(self.clause[head].weight)
            nn.init.zeros_(self.clause[head].bias)

    def forward(self, sums: torch.Tensor, sizes: torch.Tensor, comment_of: torch.Tensor, comments: int) -> dict[str, torch.Tensor]:
        """Logits by head, shape (comments, labels)."""
        whole = torch.zeros(comments, sums.shape[1]).index_add(0, comment_of, sums)
        size = torch.zeros(comments).index_add(0, comment_of, sizes).clamp(min=1)
        whole = self.dropout(whole / size.sqrt()[:, None])
        single = self.dropout(sums / sizes.clamp(min=1).sqrt()[:, None])
        comment = torch.cat([whole, self.dropout(functional.relu(self.comment["hidden"](whole)))], 1)
        in_context = self.clause["hidden"](single) + self.clause["context"](whole)[comment_of]
        clause = torch.cat([single, self.dropout(functional.relu(in_context))], 1)
        logits: dict[str, torch.Tensor] = {}
        cause_weights = torch.zeros(0)
        for head in HEADS:
            own = self.clause[head](clause)
            if head == "cause_polarity":
                weights = cause_weights.repeat_interleave(3, 1)
            else:
                powers = torch.exp(own.clamp(-15, 15))
                weights = powers / torch.zeros(comments, own.shape[1]).index_add(0, comment_of, powers)[comment_of]
            if head == "causes":
                cause_weights = weights
            logits[head] = self.comment[head](comment) + torch.zeros(comments, own.shape[1]).index_add(0, comment_of, weights * own)
        return logits


def run(student: Student, table: Table, features: ClauseFeatures, comments: np.ndarray, *, train: bool, dropout: float = 0.0) -> dict[str, torch.Tensor]:
    """Logits of some comments."""
    counts, comment_of = features.take(comments)
    sizes = torch.from_numpy(np.asarray(counts.sum(1), dtype=np.float32).ravel())
    return student(table.sums(counts, train=train, dropout=dropout), sizes, comment_of, len(comments))


@torch.no_grad()
def predict(student: Student, table: Table, features: ClauseFeatures, batch: int = 1024) -> dict[str, np.ndarray]:
    """Logits of all comments."""
    student.eval()
    parts = [run(student, table, features, np.arange(i, min(i + batch, len(features))), train=False) for i in range(0, len(features), batch)]
    student.train()
    return {head: np.concatenate([part[head].numpy() for part in parts]) for head in HEADS}


def gold_loss(logits: Tensors, gold: Tensors, exclusive: float = 1.0) -> torch.Tensor:
    """Loss against labels: class numbers, flags, and polarity numbers (-1 where a cause is not given); ``exclusive`` scales the class heads."""
    loss = sum(exclusive * weight * functional.cross_entropy(logits[head], gold[head]) for head, weight in EXCLUSIVE.items())
    for head, weight in FLAGS.items():
        loss = loss + weight * functional.binary_cross_entropy_with_logits(logits[head], gold[head], reduction="none").sum(1).mean()
    polarity = gold["cause_polarity"]
    each = functional.cross_entropy(logits["cause_polarity"].view(-1, 3), polarity.reshape(-1).clamp(min=0), reduction="none").view(polarity.shape)
    return loss + POLARITY_WEIGHT * (each * (polarity >= 0)).sum(1).mean()


def soft_loss(logits: Tensors, soft: Tensors) -> torch.Tensor:
    """Loss against probabilities (distillation: Hinton et al. 2015)."""
    loss = sum(-weight * (soft[head] * logits[head].log_softmax(-1)).sum(-1).mean() for head, weight in EXCLUSIVE.items())
    for head, weight in FLAGS.items():
        loss = loss + weight * functional.binary_cross_entropy_with_logits(logits[head], soft[head], reduction="none").sum(1).mean()
    polarity = soft["cause_polarity"].view(-1, 32, 3)
    each = -(polarity * logits["cause_polarity"].view(-1, 32, 3).log_softmax(-1)).sum(-1)
    return loss + POLARITY_WEIGHT * (each * soft["causes"]).sum(1).mean()
