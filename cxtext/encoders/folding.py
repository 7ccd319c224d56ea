"""Folding of case and spelling variants, so that "Ещё “раз”" and "еще "РАЗ"" are the same text."""

from __future__ import annotations

from collections.abc import Sequence

_VARIANTS = {
    "ё": "е", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "—": "-", "–": "-", "\u00a0": " ", "\t": " ", "\n": " ", "\r": " ",
}  # fmt: skip
_SEPARATOR = "\x00"


def fold(texts: Sequence[str]) -> list[str]:
    """Lower-case texts and unify quotes, dashes, white space and ё.

    Args:
        texts: Normalised texts, many at once, since one long string is folded faster than many short ones.

    Example:
        >>> fold(["Ещё “РАЗ”", "OK"])
        ['еще "раз"', 'ok']
    """
    clean = [text.replace(_SEPARATOR, " ") if _SEPARATOR in text else text for text in texts]
    joined = _SEPARATOR.join(clean).lower()
    for variant, plain in _VARIANTS.items():
        joined = joined.replace(variant, plain)
    return joined.split(_SEPARATOR) if clean else []
