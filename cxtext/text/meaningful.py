"""Tells an answer from an empty gesture: "n/a", "-", "нет", "无" and keyboard mash are counted, never clustered."""

from __future__ import annotations

import re
from functools import cache

from cxtext.text.wordlists import read_sections

LONGEST_GESTURE = 80
"""Characters beyond which a text with letters is taken to say something."""

_WORD = re.compile(r"[^\W\d_]+")
_FEELING = re.compile(
    "[\u2600-\u2604\u2614\u2618\u261d\u2620-\u2623\u2639-\u263b\u2660-\u2668\u26a0\u26a1\u26d4\u2705\u2708\u270a-\u270d\u2728\u274c\u274e\u2753-\u2757"
    "\u2763-\u2767\u2b50\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff]"
    r"|(?<!\w)[:;=8][-'^]?[()DPpO/\\|*](?!\w)"
)
_SAME_LETTER = re.compile(r"([a-zа-яё])\1{2,}")
_NO_VOWEL = re.compile("[bcdfghjklmnpqrstvwxz]{6,}|[бвгджзйклмнпрстфхцчшщ]{6,}")
_SHORTEST_WALK = 4


def is_meaningful(text: str) -> bool:
    """Whether a comment says anything at all.

    False for nothing, punctuation, bare numbers, keyboard mash, "test" and the ways to say "no comment" in ``data/meaningless.txt``. True for
    every real word, however short ("ok", "норм", "不错"), and for emoji and emoticons, which carry a feeling.

    Args:
        text: A comment, normalised or not.

    Example:
        >>> [is_meaningful(text) for text in ("n/a", "没有", "10", "asdf", "👍", "ok")]
        [False, False, False, False, True, True]
    """
    if len(text) > LONGEST_GESTURE and _WORD.search(text):
        return True
    return _has_real_word(text) or _FEELING.search(text) is not None


def _has_real_word(text: str) -> bool:
    words = _WORD.findall(text.lower().replace("'", "").replace("’", ""))
    empty = _meaningless()
    return " ".join(words) not in empty and any(word not in empty and not _is_mash(word) for word in words)


def _is_mash(word: str) -> bool:
    """Whether a word comes from drumming on the keys: one letter again and again, a walk along a row, or no vowel at all."""
    if _SAME_LETTER.fullmatch(word) or _NO_VOWEL.fullmatch(word):
        return True
    if len(word) < _SHORTEST_WALK:
        return False
    rows = [row for row in read_sections("meaningless")["keyboard"] if word[0] in row]
    return any(word in row or word[::-1] in row or _repeats_walk(word, row) for row in rows)


def _repeats_walk(word: str, row: str) -> bool:
    """Whether the word is one stretch of the row again and again ("asdasd"), the last time perhaps cut short."""
    return any(word[:size] in row and (word[:size] * len(word)).startswith(word) for size in (3, 4, 5) if len(word) > size)


@cache
def _meaningless() -> frozenset[str]:
    return frozenset(phrase for section, phrases in read_sections("meaningless").items() if section != "keyboard" for phrase in phrases)
