"""The built-in static encoder: a text is the sum of the vectors of its tokens, token pairs and character n-grams."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cxtext.encoders.folding import fold
from cxtext.encoders.ngrams import Occurrences, char_ngrams, mix
from cxtext.encoders.words import Words, WordVectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from tokenizers import Tokenizer

_PAIR_SALT = 101
_PAIR_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)


class StaticEncoder:
    """Text to vectors: a table of one vector a feature, and nothing else.

    The first rows of the table are the tokenizer's tokens; the others are hash buckets which token pairs and character n-grams share
    (feature hashing: Weinberger et al. 2009; sub-word vectors: Bojanowski et al. 2017). All features but the pairs across a space lie within
    a word, so the sum of a word's features is kept and found again when the word is met again.

    Args:
        tokenizer: A fast tokenizer, applied to folded text, that never joins two words.
        table: Vectors, float32, shape (features, dimensions).
    """

    def __init__(self, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
        self.tokenizer = tokenizer
        self.table = table
        self.tokens = int(tokenizer.get_vocab_size())
        self.buckets = len(table) - self.tokens
        self._words = WordVectors(self._read_words, self.dimensions)

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
        words_of = [text.split() for text in fold(texts)]
        lengths = np.fromiter(map(len, words_of), dtype=np.int64, count=len(words_of))
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places, words = self._words.find(list(chain.from_iterable(words_of)))
        row_of = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
        inside = _ones(places, starts, len(words.vectors))
        together = np.flatnonzero(row_of[1:] == row_of[:-1])
        pairs = pair_buckets(words.last[places[together]], words.first[places[together + 1]], self.buckets)
        pair_starts = np.concatenate([[0], np.cumsum(np.maximum(lengths - 1, 0))])
        across = _ones(pairs, pair_starts, self.buckets)
        sums = inside @ words.vectors + across @ self.table[self.tokens :]
        sizes = inside @ words.sizes + np.maximum(lengths - 1, 0)
        return np.asarray(sums, dtype=np.float32), np.asarray(sizes, dtype=np.float32)

    def _read_words(self, words: list[str]) -> Words:
        counts = count_features(self.tokenizer, words, self.tokens, self.buckets)
        tokens = _tokens(self.tokenizer, words)
        ends = np.cumsum(np.bincount(tokens.rows, minlength=len(words)))
        first, last = tokens.columns[np.concatenate([[0], ends[:-1]])], tokens.columns[ends - 1]
        return Words(np.asarray(counts @ self.table, dtype=np.float32), np.asarray(counts.sum(axis=1), dtype=np.float32).ravel(), first, last)


def count_features(tokenizer: Tokenizer, texts: Sequence[str], tokens: int, buckets: int) -> csr_matrix:
    """Count tokens, hashed token pairs and hashed character n-grams.

    Args:
        tokenizer: The tokenizer.
        texts: Normalised texts or clauses.
        tokens: Size of the tokenizer's vocabulary: the first columns.
        buckets: Number of hash buckets: the other columns.

    Returns:
        Ones, float32, shape (texts, tokens + buckets); a feature that occurs twice in a text has two entries.
    """
    folded = fold(texts)
    single = _tokens(tokenizer, folded)
    paired = _pairs(single, buckets)
    spelled = char_ngrams(folded, buckets)
    rows = np.concatenate([single.rows, paired.rows, spelled.rows])
    columns = np.concatenate([single.columns, paired.columns + np.int32(tokens), spelled.columns + np.int32(tokens)])
    by_row = np.argsort(rows, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(texts)))])
    return _ones(columns[by_row], starts, tokens + buckets)


def _tokens(tokenizer: Tokenizer, folded: list[str]) -> Occurrences:
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(folded, add_special_tokens=False)]
    lengths = np.fromiter(map(len, ids), dtype=np.int64, count=len(ids))
    flat = np.fromiter(chain.from_iterable(ids), dtype=np.int32, count=int(lengths.sum()))
    return Occurrences(np.repeat(np.arange(len(ids), dtype=np.int32), lengths), flat)


def _pairs(single: Occurrences, buckets: int) -> Occurrences:
    together = np.flatnonzero(single.rows[1:] == single.rows[:-1])
    return Occurrences(single.rows[together], pair_buckets(single.columns[together], single.columns[together + 1], buckets))


def pair_buckets(left: NDArray[np.int32], right: NDArray[np.int32], buckets: int) -> NDArray[np.int32]:
    """The hash bucket of each pair of neighbouring tokens."""
    return mix(left.astype(np.uint64) * _PAIR_MULTIPLIER + right.astype(np.uint64), _PAIR_SALT, buckets)


def _ones(columns: NDArray[np.int32], starts: NDArray[np.int64], width: int) -> csr_matrix:
    """A sparse matrix of ones: row ``i`` has the columns from ``starts[i]`` to ``starts[i + 1]``."""
    from scipy.sparse import csr_matrix

    return csr_matrix((np.ones(len(columns), dtype=np.float32), columns, starts), shape=(len(starts) - 1, width))
