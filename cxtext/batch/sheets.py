"""Reads Excel workbooks row by row; every cell comes as text, dates as ISO 8601."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from cxtext.batch.records import Reject, Row, raw_excerpt, unique_names
from cxtext.errors import InputError
from cxtext.tables import cleaned, find_text_column

_SAMPLE_ROWS = 200


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """An openpyxl workbook, read-only and streamed.

    Raises:
        InputError: If the file is damaged.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as raw:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(raw, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, EOFError, zlib.error) as error:
        raise InputError(f"{path} is a cut or damaged workbook ({error}): open it in Excel and save it again") from error


def find_sheet(path: Path, *, sheet: str | None = None, text: str | None = None) -> tuple[str, list[str], str, int | None]:
    """The sheet with the comments.

    Args:
        path: The workbook.
        sheet: The sheet that the user names.
        text: The column that the user names.

    Returns:
        The sheet's name, its column names, its text column, and about how many rows it has (None if the file does not say).

    Raises:
        InputError: If the named sheet does not exist, no sheet has a text column, or several have one.
    """
    with open_workbook(path) as book:
        names = [each.title for each in book.worksheets]
        if sheet is not None and sheet not in names:
            raise InputError(f"{path} has no sheet {sheet!r}: name one of these with --sheet: {', '.join(map(repr, names))}")
        chosen = [sheet] if sheet is not None else names
        samples = {name: sample for name in chosen if (sample := _sample(book[name]))}
        if not samples:
            raise InputError(f"{path} is empty: no sheet has a header")
        columns = {name: _text_column(sample, text, f"{path} ({name})") for name, sample in samples.items()}
        found = {name: column for name, column in columns.items() if isinstance(column, str)}
        if not found:
            raise next(error for error in columns.values() if isinstance(error, InputError))
        if len(found) > 1:
            raise InputError(f"{path} has several sheets with comments: name one with --sheet: {', '.join(map(repr, found))}")
        name, column = next(iter(found.items()))
        return name, list(samples[name]), column, _row_count(book[name])


def read_cells(rows: Iterable[tuple[object, ...]], width: int) -> Iterator[Row | Reject]:
    """Data rows of a sheet, its header left out; rows without any value are no rows.

    Args:
        rows: The values of the sheet's rows from its top.
        width: How many columns the header has.

    Example:
        >>> [row.values for row in read_cells([("text", "stars"), ("late", 2), (None, None)], 2)]
        [['late', '2']]
    """
    number = -1
    for line, cells in enumerate(rows, start=1):
        values = [cell_text(cell) for cell in cells]
        if not any(values):
            continue
        if number >= 0:
            if any(values[width:]):
                yield Reject(number, line, f"a cell in column {len(values)} where the header has {width}", raw_excerpt(values))
            else:
                values = values[:width] + [None] * (width - len(values))
                yield Row(number, line, values, sum(len(value) for value in values if value))
        number += 1


def cell_text(cell: object) -> str | None:
    r"""A cell's value as text, without Excel's escapes for control characters; None for an empty cell.

    Example:
        >>> cell_text(3.0), cell_text(dt.datetime(2025, 3, 1)), cell_text("one_x000D_two"), cell_text(None)
        ('3', '2025-03-01', 'one\rtwo', None)
    """
    if cell is None:
        return None
    if isinstance(cell, str):
        if "_x" not in cell:
            return cleaned(cell)
        from openpyxl.utils.escape import unescape

        return cleaned(unescape(cell))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat() if cell.time() != dt.time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell)


def sheet_rows(sheet: Any) -> Iterator[tuple[object, ...]]:  # noqa: ANN401 - openpyxl has no types
    """The values of a sheet's rows, as long as they really are, whatever size the file claims."""
    sheet.reset_dimensions()
    return iter(sheet.iter_rows(values_only=True))


def _row_count(sheet: Any) -> int | None:  # noqa: ANN401
    rows = sheet.max_row
    return max(0, rows - 1) if isinstance(rows, int) else None


def _sample(sheet: Any) -> dict[str, list[str | None]]:  # noqa: ANN401
    """Column name to the first values; empty for a sheet without cells."""
    rows = ([cell_text(cell) for cell in cells] for cells in islice(sheet_rows(sheet), 10 * _SAMPLE_ROWS))
    filled = list(islice((row for row in rows if any(row)), _SAMPLE_ROWS))
    if not filled:
        return {}
    while filled[0][-1] is None:
        filled[0].pop()
    return {name: [row[index] if index < len(row) else None for row in filled[1:]] for index, name in enumerate(unique_names(filled[0]))}


def _text_column(sample: dict[str, list[str | None]], text: str | None, where: str) -> str | InputError:
    try:
        return find_text_column(sample, text=text, where=where)
    except InputError as error:
        return error
