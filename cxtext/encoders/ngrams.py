"""Hashed character n-grams of many short texts at once, in NumPy: what lets a static model read typos, inflection and Chinese words."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WORD_LENGTHS = (3, 4, 5)
"""Lengths of the n-grams inside a word of an alphabet, its borders counted as one character each."""

HAN_LENGTHS = (1, 2, 3)
"""Lengths of the n-grams over running Chinese, Japanese or Korean characters and over emoji."""

_BORDER, _LETTER, _RUNNING = 0, 1, 2
_SPACE = np.uint32(32)
_MULTIPLIER = 0x9E3779B97F4A7C15
_64_BITS = 0xFFFFFFFFFFFFFFFF


class Occurrences(NamedTuple):
    """Features found in a list of texts: which text (row) holds which feature (column), one entry an occurrence."""

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]


def mix(values: NDArray[np.uint64], salt: int, buckets: int) -> NDArray[np.int32]:
    """Spread 64-bit values over ``buckets`` (the finaliser of splitmix64, Steele et al. 2014).

    Example:
        >>> mix(np.array([1, 2], dtype=np.uint64), 3, 1000).tolist()
        [590, 951]
    """
    h = values + np.uint64(salt * _MULTIPLIER & _64_BITS)
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((h ^ (h >> np.uint64(31))) % np.uint64(buckets)).astype(np.int32)


def char_ngrams(texts: list[str], buckets: int) -> Occurrences:
    """The hashed character n-grams of each text.

    Digits, punctuation and white space only mark the borders of words; an emoji reads like a Chinese character.

    Args:
        texts: Folded texts (see ``cxtext.encoders.folding.fold``), without line ends.
        buckets: How many hash buckets there are.

    Returns:
        Text numbers and buckets in [0, buckets), grouped by length, not by text.

    Example:
        >>> char_ngrams(["ab", "好"], 1000).rows.tolist()
        [0, 0, 0, 1]
    """
    codes = np.frombuffer(("\n" + "\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _kinds(codes)
    text_of = np.cumsum(codes == 10, dtype=np.int32) - np.int32(1)
    letters, running = kinds == _LETTER, kinds == _RUNNING
    spelled, pictured = np.where(letters, codes, _SPACE).astype(np.uint64), codes.astype(np.uint64)
    rows, columns = [], []
    for n in WORD_LENGTHS:
        starts = _windows(letters[1:-1], n - 2)  # the inner characters are letters, the two outer ones may be borders
        starts = starts[starts + n <= len(codes)]
        rows.append(text_of[starts + 1])
        columns.append(mix(_combined(spelled, starts, n), n, buckets))
    for n in HAN_LENGTHS:
        starts = _windows(running, n)
        rows.append(text_of[starts])
        columns.append(mix(_combined(pictured, starts, n), 10 + n, buckets))
    return Occurrences(np.concatenate(rows), np.concatenate(columns))


def _combined(codes: NDArray[np.uint64], starts: NDArray[np.int64], n: int) -> NDArray[np.uint64]:
    """One 64-bit value for each window of ``n`` characters."""
    values = codes[starts]
    for offset in range(1, n):
        values = values * np.uint64(_MULTIPLIER) + codes[starts + offset]
    return values


def _windows(flags: NDArray[np.bool_], n: int) -> NDArray[np.int64]:
    """Starts of windows of ``n`` positions that are all set."""
    count = max(len(flags) - n + 1, 0)
    good = flags[:count].copy()
    for offset in range(1, n):
        good &= flags[offset : count + offset]
    return np.flatnonzero(good)


def _kinds(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Border, letter or running character; all beyond the Basic Multilingual Plane (most emoji, rare Chinese) is running."""
    table = _kind_table()
    return table[np.minimum(codes, len(table) - 1)]


@cache
def _kind_table() -> NDArray[np.uint8]:
    """The kind of each character of the Basic Multilingual Plane, by its Unicode category and block; one more entry for all others."""
    table = np.zeros(0x10001, dtype=np.uint8)
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        if 0x2E80 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7AF or 0xF900 <= code <= 0xFAFF:
            table[code] = _RUNNING if category[0] == "L" else _BORDER
        elif category[0] in "LM":
            table[code] = _LETTER
        elif category == "So":
            table[code] = _RUNNING
    table[0xFE00:0xFE10] = _BORDER
    table[0x10000] = _RUNNING
    return table
