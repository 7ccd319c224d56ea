"""What readers hand on: rows, rejected rows, and chunks of both with the user's own columns as an Arrow table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from cxtext.tables import as_text, cleaned, not_text

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK_ROWS = 5_000
"""Rows of a chunk at most."""

CHUNK_CHARACTERS = 8_000_000
"""Characters of a chunk at most, unless one row alone is longer."""

RAW_CHARACTERS = 500
"""How much of a rejected row is kept."""


class Row(NamedTuple):
    """One data row: its 0-based number in the file, its 1-based line, its values and its size in characters."""

    number: int
    line: int | None
    values: Sequence[Any]
    size: int


class Reject(NamedTuple):
    """A row that cannot be read or scored: 0-based data row, 1-based line in the file, reason, and the first 500 characters."""

    row: int
    line: int | None
    reason: str
    raw: str


@dataclass
class Chunk:
    """Rows that belong together: one text a row, and the user's columns unchanged.

    Attributes:
        row_numbers: 0-based number of each row among the data rows of the file.
        lines: 1-based physical line (of a sheet: row) where each row starts; None where the format has no lines.
        texts: The comment of each row; ``""`` where there is none.
        table: The user's columns, same rows, same order.
        rejects: The rows read in between that cannot be scored.
    """

    row_numbers: list[int]
    lines: list[int | None]
    texts: list[str]
    table: pa.Table
    rejects: list[Reject] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        """How many data rows of the file this chunk accounts for."""
        return len(self.texts) + len(self.rejects)



def raw_excerpt(raw: object) -> str:
    r"""The first 500 characters of a rejected row, fit to be written.

    Example:
        >>> raw_excerpt("late\r\n")
        'late'
    """
    return cleaned(str(raw)[:RAW_CHARACTERS]).rstrip("\r\n")



def in_chunks(rows: Iterable[Row | Reject], chunk_rows: int) -> Iterator[tuple[list[Row], list[Reject]]]:
    """Rows and rejects in groups of bounded size, in order.

    Args:
        rows: What a reader yields.
        chunk_rows: Most rows and rejects of a group; `CHUNK_CHARACTERS` bounds its text as well.

    Example:
        >>> [len(rows) for rows, _ in in_chunks([Row(n, None, ["late"], 4) for n in range(5)], 2)]
        [2, 2, 1]
    """
    kept: list[Row] = []
    rejects: list[Reject] = []
    size = 0
    for row in rows:
        if isinstance(row, Reject):
            rejects.append(row)
        else:
            if kept and size + row.size > CHUNK_CHARACTERS:
                yield kept, rejects
                kept, rejects, size = [], [], 0
            kept.append(row)
            size += row.size
        if len(kept) + len(rejects) >= chunk_rows:
            yield kept, rejects
            kept, rejects, size = [], [], 0
    if kept or rejects:
        yield kept, rejects


def build_chunk(rows: list[Row], rejects: list[Reject], schema: pa.Schema, text_index: int) -> Chunk:
    """A chunk from rows of Python values.

    Args:
        rows: Rows with one value a column, already of the column's type (the text column may hold anything).
        rejects: Rows that the reader gave up.
        schema: Names and types of the user's columns.
        text_index: Position of the text column.
    """
    import pyarrow as pa

    texts, kept = [], []
    rejects = list(rejects)
    for row in rows:
        text = as_text(row.values[text_index])
        if text is None:
            rejects.append(Reject(row.number, row.line, not_text(row.values[text_index]), raw_excerpt(row.values[text_index])))
        else:
            texts.append(text)
            kept.append(row)
    columns = list(zip(*(row.values for row in kept), strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, type=column.type) for values, column in zip(columns, schema, strict=True)]
    return Chunk(
        [row.number for row in kept],
        [row.line for row in kept],
        texts,
        pa.Table.from_arrays(arrays, schema=schema),
        sorted(rejects, key=lambda reject: reject.row),
    )



def unique_names(names: Sequence[object]) -> list[str]:
    r"""Column names without blanks or repetitions.

    Example:
        >>> unique_names(["\ufeffid", "text", "text", None])
        ['id', 'text', 'text_2', 'column_4']
    """
    seen: set[str] = set()
    unique = []
    for position, name in enumerate(names, start=1):
        base = cleaned("" if name is None else str(name)).strip().lstrip("\ufeff") or f"column_{position}"
        candidate, copy = base, 1
        while candidate in seen:
            copy += 1
            candidate = f"{base}_{copy}"
        seen.add(candidate)
        unique.append(candidate)
    return unique
