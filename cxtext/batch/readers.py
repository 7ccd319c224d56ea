"""The door to every dump: finds out what a file is and where its comments are, and hands it on in small chunks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from cxtext.batch.columnar import parquet_columns, read_batches
from cxtext.batch.delimited import detect_delimiter, read_header, read_rows
from cxtext.batch.jsonlines import jsonl_schema, read_objects, scan_columns
from cxtext.batch.records import CHUNK_ROWS, Chunk, Reject, Row, build_chunk, in_chunks
from cxtext.batch.sheets import find_sheet, open_workbook, read_cells, sheet_rows
from cxtext.batch.sources import Meter, Source, find_source, open_lines
from cxtext.errors import InputError, OptionError
from cxtext.tables import find_text_column

if TYPE_CHECKING:
    import pyarrow as pa

_SAMPLE_ROWS = 200

Chunks: TypeAlias = Generator[Chunk, None, None]


@dataclass
class Dump:
    """A dump that is ready to be read.

    Attributes:
        source: The file, its format, compression and encoding.
        text: Name of the text column.
        schema: Names and Arrow types of the user's columns.
        total: Number of data rows, where the file says it; else None.
        delimiter: Between the fields of a csv; else None.
        sheet: Sheet of a workbook; else None.
        meter: How far the file has been read.
    """

    source: Source
    text: str
    schema: pa.Schema
    total: int | None
    _open: Callable[[Dump], Chunks]
    delimiter: str | None = None
    sheet: str | None = None
    meter: Meter = field(default_factory=lambda: Meter(0))
    chunk_rows: int = CHUNK_ROWS
    limit: int | None = None

    @property
    def text_index(self) -> int:
        """Position of the text column."""
        return int(self.schema.get_field_index(self.text))

    @property
    def read_as(self) -> str:
        """What the file was taken for, in a few words, for instance ``"csv, cp1251, ';' between fields"``."""
        delimiter = f"{self.delimiter!r} between fields" if self.delimiter and self.delimiter.strip("\x1f") else None
        sheet = f"sheet {self.sheet!r}" if self.sheet else None
        return ", ".join(part for part in (self.source.format, self.source.compression, self.source.encoding, delimiter, sheet) if part)

    def chunks(self) -> Iterator[Chunk]:
        """The dump from its start in chunks of bounded size; can be called again.

        Raises:
            InputError: If the file turns out to be cut or damaged.
        """
        read = 0
        with closing(self._open(self)) as chunks:
            for chunk in chunks:
                if self.limit is not None and read + chunk.rows_read >= self.limit:
                    yield _first_rows(chunk, self.limit)
                    return
                read += chunk.rows_read
                yield chunk

    def estimated_total(self, rows_read: int) -> int | None:
        """Number of data rows: known, or estimated from the share of the file that `rows_read` rows took; None at the start."""
        known = self.total
        if known is None:
            share = self.meter.share()
            known = round(rows_read / share) if share > 0 and rows_read else None
        return known if known is None or self.limit is None else min(known, self.limit)


def open_dump(
    path: Path | str,
    *,
    text: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    chunk_rows: int = CHUNK_ROWS,
    limit: int | None = None,
) -> Dump:
    r"""Find out what a file is and which of its columns holds the comments.

    Args:
        path: A csv, tsv, jsonl, xlsx or parquet file; text formats also packed as .gz or .zst. Content counts more than the extension.
        text: Name of the text column; found by name or content if not given.
        encoding: Encoding of a text format; detected if not given.
        sheet: Sheet of a workbook; the only one with comments if not given.
        chunk_rows: Most rows of a chunk.
        limit: Read this many data rows only.

    Raises:
        InputError: If the file cannot be read or has no text column; says what to do.
        OptionError: If the encoding, `chunk_rows` or `limit` is no valid value.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = Path(folder.name, "dump.csv")
        >>> _ = path.write_text("id,comment\n1,late again\n2,\n")
        >>> dump = open_dump(path)
        >>> dump.text, [chunk.texts for chunk in dump.chunks()]
        ('comment', [['late again', '']])
        >>> folder.cleanup()
    """
    for name, value in (("chunk_rows", chunk_rows), ("limit", limit)):
        if value is not None and value < 1:
            raise OptionError(f"{name} must be 1 or more, not {value}")
    source = find_source(path, encoding=encoding)
    if sheet is not None and source.format != "xlsx":
        raise InputError(f"{source.path} is {source.format} and has no sheets: leave --sheet out")
    dump = _OPENERS[source.format](source, text, sheet, limit)
    dump.meter = Meter(source.path.stat().st_size)
    dump.chunk_rows, dump.limit = chunk_rows, limit
    return dump


def _open_csv(source: Source, text: str | None, sheet: str | None, limit: int | None) -> Dump:
    import pyarrow as pa

    delimiter = detect_delimiter(source.head)
    with open_lines(source, Meter(0)) as lines:
        names = read_header(lines, delimiter, str(source.path))
    with open_lines(source, Meter(0)) as lines:
        rows = [row for row in islice(read_rows(lines, delimiter, len(names)), _SAMPLE_ROWS) if isinstance(row, Row)]
    sample = {name: [row.values[index] for row in rows] for index, name in enumerate(names)}
    column = find_text_column(sample, text=text, where=str(source.path))
    return Dump(source, column, pa.schema([(name, pa.string()) for name in names]), None, _csv_chunks, delimiter=delimiter)


def _csv_chunks(dump: Dump) -> Chunks:
    with open_lines(dump.source, dump.meter) as lines:
        yield from _built(dump, read_rows(lines, dump.delimiter or ",", len(dump.schema)))


def _open_jsonl(source: Source, text: str | None, sheet: str | None, limit: int | None) -> Dump:
    with open_lines(source, Meter(0)) as lines:
        kinds, total = scan_columns(lines, str(source.path), limit=limit)
    column = _jsonl_text_column(source, kinds, text)

    def chunks(dump: Dump) -> Chunks:
        with open_lines(dump.source, dump.meter) as lines:
            yield from _built(dump, read_objects(lines, kinds, dump.text))

    return Dump(source, column, jsonl_schema(kinds), total, chunks)


def _jsonl_text_column(source: Source, kinds: dict[str, str], text: str | None) -> str:
    with open_lines(source, Meter(0)) as lines:
        rows = [row for row in islice(read_objects(lines, kinds, ""), _SAMPLE_ROWS) if isinstance(row, Row)]
    sample = {name: [row.values[index] for row in rows] if kind == "string" else [0] for index, (name, kind) in enumerate(kinds.items())}
    return find_text_column(sample, text=text, where=str(source.path))


def _open_xlsx(source: Source, text: str | None, sheet: str | None, limit: int | None) -> Dump:
    import pyarrow as pa

    name, columns, column, total = find_sheet(source.path, sheet=sheet, text=text)
    return Dump(source, column, pa.schema([(each, pa.string()) for each in columns]), total, _xlsx_chunks, sheet=name)


def _xlsx_chunks(dump: Dump) -> Chunks:
    with open_workbook(dump.source.path) as book:
        yield from _built(dump, read_cells(sheet_rows(book[dump.sheet]), len(dump.schema)))


def _open_parquet(source: Source, text: str | None, sheet: str | None, limit: int | None) -> Dump:
    schema, sample, total = parquet_columns(source.path)
    return Dump(source, find_text_column(sample, text=text, where=str(source.path)), schema, total, _parquet_chunks)


def _parquet_chunks(dump: Dump) -> Chunks:
    yield from read_batches(dump.source.path, dump.schema, dump.text_index, dump.chunk_rows)


def _built(dump: Dump, rows: Iterator[Row | Reject]) -> Iterator[Chunk]:
    limited = islice(rows, dump.limit)
    return (build_chunk(kept, rejects, dump.schema, dump.text_index) for kept, rejects in in_chunks(limited, dump.chunk_rows))


def _first_rows(chunk: Chunk, limit: int) -> Chunk:
    """The rows of a chunk whose number is below a limit."""
    kept = sum(number < limit for number in chunk.row_numbers)
    rejects = [reject for reject in chunk.rejects if reject.row < limit]
    return Chunk(chunk.row_numbers[:kept], chunk.lines[:kept], chunk.texts[:kept], chunk.table.slice(0, kept), rejects)


_OPENERS: dict[str, Callable[[Source, str | None, str | None, int | None], Dump]] = {
    "csv": _open_csv,
    "jsonl": _open_jsonl,
    "xlsx": _open_xlsx,
    "parquet": _open_parquet,
}
