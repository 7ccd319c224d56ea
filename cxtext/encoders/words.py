"""A bounded store of words already read: most words of a comment have been met before, and need not be read again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CAPACITY = 100_000
"""Words kept; when they are more, the store is emptied and fills again. It changes no result."""


class Words(NamedTuple):
    """What is known of words, one row a word.

    Attributes:
        vectors: Sum of the vectors of the features within the word, float32.
        sizes: How many these are, float32.
        first: The word's first token.
        last: Its last token.
    """

    vectors: NDArray[np.float32]
    sizes: NDArray[np.float32]
    first: NDArray[np.int32]
    last: NDArray[np.int32]


class WordVectors:
    """The store; safe to use from several threads at once.

    Args:
        read: Works words out that are not in the store.
        dimensions: Length of a vector.
        capacity: How many words are kept.
    """

    def __init__(self, read: Callable[[list[str]], Words], dimensions: int, capacity: int = CAPACITY) -> None:
        self._read = read
        self._dimensions = dimensions
        self._capacity = capacity
        self._lock = threading.Lock()
        self._empty(0)

    def find(self, words: list[str]) -> tuple[NDArray[np.int32], Words]:
        """Where each word stands in the store, and the store.

        Args:
            words: Words, repeated as often as they occur.

        Returns:
            The row of each word, and the rows. Rows that were handed out never change.
        """
        with self._lock:
            rows = self._rows
            missing = [word for word in dict.fromkeys(words) if word not in rows]
            if len(rows) + len(missing) > len(self._known.sizes):
                missing = list(dict.fromkeys(words))
                self._empty(len(missing))
                rows = self._rows
            if missing:
                start = len(rows)
                for mine, new in zip(self._known, self._read(missing), strict=True):
                    mine[start : start + len(missing)] = new
                rows.update(zip(missing, range(start, start + len(missing)), strict=True))
            return np.fromiter(map(rows.__getitem__, words), dtype=np.int32, count=len(words)), self._known

    def _empty(self, least: int) -> None:
        room = max(self._capacity, least)
        self._rows: dict[str, int] = {}
        self._known = Words(
            np.empty((room, self._dimensions), np.float32), np.empty(room, np.float32), np.empty(room, np.int32), np.empty(room, np.int32)
        )
