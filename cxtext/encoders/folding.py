"""Folding of case and spelling variants that never changes a text's length, so that offsets stay true."""

from __future__ import annotations

_VARIANTS = str.maketrans(
    {"ё": "е", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "—": "-", "–": "-", "\u00a0": " ", "\t": " ", "\n": " ", "\r": " "}
)


def fold(text: str) -> str:
    """Lower-case a text and unify quotes, dashes, white space and ё, character by character.

    Example:
        >>> fold("Ещё “РАЗ”")
        'еще "раз"'
        >>> len(fold("İstanbul")) == len("İstanbul")
        True
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_VARIANTS)
