"""Reads parquet in batches that stay small however large the file's row groups are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxtext.batch.records import CHUNK_CHARACTERS, Chunk, Reject, raw_excerpt, unique_names
from cxtext.errors import InputError
from cxtext.tables import as_text, not_text

if TYPE_CHECKING:
    import pyarrow as pa

_SAMPLE_ROWS = 200


@contextmanager
def open_parquet(path: Path) -> Iterator[Any]:
    """A pyarrow ``ParquetFile``.

    Raises:
        InputError: If the file is cut or damaged, wherever in it that shows.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise InputError(f"{path} is a cut or damaged parquet file ({str(error).splitlines()[0]}): copy or write it again") from error


def parquet_columns(path: Path) -> tuple[pa.Schema, dict[str, list[object]], int]:
    """The schema of a parquet file with unique column names, some values of each column, and the number of rows."""
    import pyarrow as pa

    with open_parquet(path) as file:
        names = unique_names(file.schema_arrow.names)
        schema = pa.schema([field.with_name(name) for field, name in zip(file.schema_arrow, names, strict=True)])
        batch = next(file.iter_batches(batch_size=_batch_rows(file, _SAMPLE_ROWS)), None)
        values = [[] for _ in names] if batch is None else [column.to_pylist() for column in batch.columns]
        return schema, dict(zip(names, values, strict=True)), file.metadata.num_rows


def read_batches(path: Path, schema: pa.Schema, text_index: int, chunk_rows: int) -> Iterator[Chunk]:
    """Chunks of a parquet file.

    Args:
        path: The file.
        schema: The schema with unique names, from `parquet_columns`.
        text_index: Position of the text column.
        chunk_rows: Most rows of a chunk; fewer when rows are long.
    """
    import pyarrow as pa

    with open_parquet(path) as file:
        start = 0
        for batch in file.iter_batches(batch_size=_batch_rows(file, chunk_rows)):
            table = pa.Table.from_arrays(batch.columns, schema=schema)
            values = table.column(text_index).to_pylist()
            for first, last in _spans(values):
                yield _chunk(table.slice(first, last - first), values[first:last], start + first)
            start += len(values)


def _chunk(table: pa.Table, values: list[object], start: int) -> Chunk:
    import pyarrow as pa

    texts = [as_text(value) for value in values]
    kept = [index for index, text in enumerate(texts) if text is not None]
    rejects = [Reject(start + index, None, not_text(values[index]), raw_excerpt(values[index])) for index, text in enumerate(texts) if text is None]
    return Chunk(
        [start + index for index in kept],
        [None] * len(kept),
        [text for text in texts if text is not None],
        table.take(pa.array(kept, pa.int64())) if rejects else table,
        rejects,
    )


def _spans(values: list[object]) -> Iterator[tuple[int, int]]:
    """Ranges of rows with at most `CHUNK_CHARACTERS` characters of text."""
    first = size = 0
    for index, value in enumerate(values):
        length = len(value) if isinstance(value, str) else 0
        if index > first and size + length > CHUNK_CHARACTERS:
            yield first, index
            first, size = index, 0
        size += length
    if values:
        yield first, len(values)


def _batch_rows(file: Any, most: int) -> int:  # noqa: ANN401 - a ParquetFile
    metadata = file.metadata
    if not metadata.num_rows:
        return most
    unpacked = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    return max(1, min(most, int(4 * CHUNK_CHARACTERS / max(1, unpacked / metadata.num_rows))))
