"""Comments out of a pandas DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxtext.errors import InputError
from cxtext.tables.cells import as_text, not_text
from cxtext.tables.columns import find_text_column

if TYPE_CHECKING:
    import pandas as pd

_SAMPLE_ROWS = 200


def comment_column(data: pd.DataFrame, text: str | None) -> str:
    """The column that holds the comments: the one named, or the one found.

    Raises:
        InputError: If the column does not exist or none looks like comments; lists the columns and suggests one.
    """
    if text is not None and text in data.columns:
        return text
    sample = {str(name): data[name].head(_SAMPLE_ROWS).tolist() for name in data.columns}
    return find_text_column(sample, text=text, where="the table")


def comments_of(data: pd.DataFrame, column: str) -> list[str]:
    """The comments of a column; a missing value is an empty comment, a number its digits.

    Raises:
        InputError: If a value is no text (bytes, a list, a dict); the message names its row.
    """
    values = data[column].astype(object).where(data[column].notna(), None).tolist()
    texts = [as_text(value) for value in values]
    for row, (text, value) in enumerate(zip(texts, values, strict=True)):
        if text is None:
            raise InputError(f"row {data.index[row]!r}, column {column!r}: {not_text(value)}")
    return [text for text in texts if text is not None]
