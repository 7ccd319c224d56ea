"""The built-in static encoder: a text is the sum of the vectors of its tokens, token pairs and character n-grams."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cxtext.encoders.folding import fold
from cxtext.encoders.ngrams import Occurrences, char_ngrams, mix

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from tokenizers import Tokenizer

_PAIR_SALT = 101
_PAIR_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)


class StaticEncoder:
    """Text to feature counts and to vectors: a table of one vector a feature, and nothing else.

    The first rows of the table are the tokenizer's tokens; the others are hash buckets which token pairs and character n-grams share
    (feature hashing: Weinberger et al. 2009; sub-word vectors: Bojanowski et al. 2017).

    Args:
        tokenizer: A fast tokenizer, applied to folded text.
        table: Vectors, float32, shape (features, dimensions).
    """

    def __init__(self, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
        self.tokenizer = tokenizer
        self.table = table
        self.tokens = int(tokenizer.get_vocab_size())
        self.buckets = len(table) - self.tokens

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self.table.shape[1])

    def sums(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The sum of the feature vectors of each text, and how many features each has.

        Sums add up: the sum of a comment is the sum over its clauses. The same text gives the same bits whatever stands beside it.

        Args:
            texts: Normalised texts or clauses.

        Returns:
            Sums, shape (texts, dimensions), and sizes, shape (texts,), both float32.
        """
        counts = count_features(self.tokenizer, texts, self.tokens, self.buckets)
        return np.asarray(counts @ self.table, dtype=np.float32), np.asarray(counts.sum(axis=1), dtype=np.float32).ravel()


def count_features(tokenizer: Tokenizer, texts: Sequence[str], tokens: int, buckets: int) -> csr_matrix:
    """Count tokens, hashed token pairs and hashed character n-grams.

    Args:
        tokenizer: The tokenizer.
        texts: Normalised texts or clauses.
        tokens: Size of the tokenizer's vocabulary: the first columns.
        buckets: Number of hash buckets: the other columns.

    Returns:
        Counts, float32, shape (texts, tokens + buckets), duplicates summed.
    """
    from scipy.sparse import coo_matrix

    folded = fold(texts)
    single = _tokens(tokenizer, folded)
    paired = _pairs(single, buckets)
    spelled = char_ngrams(folded, buckets)
    rows = np.concatenate([single.rows, paired.rows, spelled.rows])
    columns = np.concatenate([single.columns, paired.columns + np.int32(tokens), spelled.columns + np.int32(tokens)])
    ones = np.ones(len(rows), dtype=np.float32)
    return coo_matrix((ones, (rows, columns)), shape=(len(texts), tokens + buckets)).tocsr()


def _tokens(tokenizer: Tokenizer, folded: list[str]) -> Occurrences:
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(folded, add_special_tokens=False)]
    lengths = np.fromiter(map(len, ids), dtype=np.int64, count=len(ids))
    flat = np.fromiter(chain.from_iterable(ids), dtype=np.int32, count=int(lengths.sum()))
    return Occurrences(np.repeat(np.arange(len(ids), dtype=np.int32), lengths), flat)


def _pairs(single: Occurrences, buckets: int) -> Occurrences:
    together = np.flatnonzero(single.rows[1:] == single.rows[:-1])
    left = single.columns[together].astype(np.uint64)
    right = single.columns[together + 1].astype(np.uint64)
    return Occurrences(single.rows[together], mix(left * _PAIR_MULTIPLIER + right, _PAIR_SALT, buckets))
