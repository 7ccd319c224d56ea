"""What a cell of a table holds: a comment, nothing, or something that is no text."""

from __future__ import annotations

import math
import re

_SURROGATES = re.compile("[\ud800-\udfff]")



def cleaned(text: str) -> str:
    r"""Text without lone surrogates, which no encoding can write; each becomes U+FFFD, so offsets stay.

    Example:
        >>> cleaned("cut emoji \ud83d") == "cut emoji \ufffd"
        True
    """
    return _SURROGATES.sub("\ufffd", text)


def as_text(value: object) -> str | None:
    """The comment that a cell holds; None for a value that is no text (bytes, lists, dicts).

    Args:
        value: Anything that a reader found in the text column. Nothing and NaN give ``""``, numbers their ``str``.

    Example:
        >>> as_text(" ok "), as_text(4), as_text(float("nan")), as_text(None), as_text(b"ok")
        (' ok ', '4', '', '', None)
    """
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bytes | bytearray | memoryview | list | tuple | dict):
        return None
    return str(value)


def not_text(value: object) -> str:
    """Why a value cannot be scored.

    Example:
        >>> not_text({"en": "late"})
        'the comment is a dict, not text'
    """
    return f"the comment is a {type(value).__name__}, not text"
