"""Writes scored tables as a stream: parquet, csv or jsonl, under a temporary name until the last row is there."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxtext.batch.jsonlines import KEEP_AS_JSON
from cxtext.errors import InputError, OptionError

if TYPE_CHECKING:
    import pyarrow as pa

WRITABLE = (".parquet", ".csv", ".tsv", ".jsonl", ".ndjson")
_ROW_GROUP = 50_000

TableWriter = Callable[["pa.Table"], None]


def check_output(output: Path, source: Path, *, overwrite: bool = False) -> None:
    """Raise at once for an output that could not be written at the end.

    Args:
        output: The file to be.
        source: The dump, which must not be overwritten.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        OptionError: If the extension is none of parquet, csv, tsv, jsonl.
        InputError: If the folder is missing, or the output exists, is a folder, or is the dump itself.

    Example:
        >>> check_output(Path("scored.pdf"), Path("dump.csv"))
        Traceback (most recent call last):
        cxtext.errors.OptionError: scored.pdf: cannot write '.pdf', use .parquet, .csv, .tsv, .jsonl, .ndjson
    """
    if output.suffix.lower() not in WRITABLE:
        raise OptionError(f"{output}: cannot write {output.suffix or 'a file without extension'!r}, use {', '.join(WRITABLE)}")
    if output.is_dir():
        raise InputError(f"{output} is a folder: name a file, for instance {output / 'scored.parquet'}")
    if not output.parent.is_dir():
        what = "is not a folder" if output.parent.exists() else "does not exist"
        raise InputError(f"cannot write {output}: {output.parent} {what}, make it first or write elsewhere")
    if output.exists() and source.exists() and output.samefile(source):
        raise InputError(f"{output} is the dump itself: write to another file")
    if output.exists() and not overwrite:
        raise InputError(f"{output} exists: add --overwrite to replace it, or write to another file")


def part_path(path: Path) -> Path:
    """The temporary name of a file that is being written.

    Example:
        >>> part_path(Path("scored.parquet")).name
        'scored.parquet.part'
    """
    return path.with_name(path.name + ".part")


@contextmanager
def renamed_at_end(path: Path) -> Iterator[Path]:
    """A temporary path that takes its real name when the block ends well, and is removed when it does not.

    Raises:
        InputError: If the file cannot be written.
    """
    part = part_path(path)
    try:
        part.touch()
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def open_writer(output: Path, schema: pa.Schema) -> Iterator[TableWriter]:
    """A function that appends tables to a file; the file appears under its name when the block ends without an error.

    Args:
        output: The extension decides on the format. In csv, lists and structs are JSON.
        schema: The schema of every table; parquet keeps its metadata.
    """
    writers = {".parquet": _parquet_writer, ".jsonl": _jsonl_writer, ".ndjson": _jsonl_writer, ".tsv": _tsv_writer}
    with renamed_at_end(output) as part, writers.get(output.suffix.lower(), _csv_writer)(part, schema) as write:
        yield write


@contextmanager
def _parquet_writer(path: Path, schema: pa.Schema) -> Iterator[TableWriter]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    waiting: list[pa.Table] = []

    def flush() -> None:
        if waiting:
            writer.write_table(pa.concat_tables(waiting))
            waiting.clear()

    def write(table: pa.Table) -> None:
        waiting.append(table.replace_schema_metadata(schema.metadata))
        if sum(each.num_rows for each in waiting) >= _ROW_GROUP or sum(each.nbytes for each in waiting) >= 64_000_000:
            flush()

    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield write
        flush()


@contextmanager
def _csv_writer(path: Path, schema: pa.Schema, delimiter: str = ",") -> Iterator[TableWriter]:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
        writer.writerow(schema.names)

        def write(table: pa.Table) -> None:
            columns = [[csv_cell(value) for value in column.to_pylist()] for column in table.columns]
            writer.writerows(zip(*columns, strict=True))

        yield write


@contextmanager
def _tsv_writer(path: Path, schema: pa.Schema) -> Iterator[TableWriter]:
    with _csv_writer(path, schema, "\t") as write:
        yield write


@contextmanager
def _jsonl_writer(path: Path, schema: pa.Schema) -> Iterator[TableWriter]:
    as_json = [(field.metadata or {}).get(b"cxtext") == KEEP_AS_JSON for field in schema]

    with path.open("w", encoding="utf-8", newline="") as stream:

        def write(table: pa.Table) -> None:
            columns = [
                [json.loads(value) if value else None for value in column.to_pylist()] if nested else column.to_pylist()
                for column, nested in zip(table.columns, as_json, strict=True)
            ]
            for row in zip(*columns, strict=True):
                record = {name: json_value(value) for name, value in zip(schema.names, row, strict=True)}
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")

        yield write


def csv_cell(value: object) -> object:
    """A value as a csv cell: nothing for None, ``true``/``false``, JSON for lists and structs, text as it is.

    Example:
        >>> csv_cell(True), csv_cell(["praise"]), csv_cell(None), csv_cell("late")
        ('true', '["praise"]', '', 'late')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool | list | dict | tuple):
        return json.dumps(json_value(value), ensure_ascii=False)
    return value if isinstance(value, int) else json_value(value)


def json_value(value: Any) -> Any:  # noqa: ANN401 - any value that Arrow holds
    """A value that JSON can hold: dates in ISO 8601, float32 in its shortest form, NaN as null, the rest as text.

    Example:
        >>> import datetime as dt
        >>> json_value({"at": dt.date(2025, 3, 1), "share": float("nan")})
        {'at': '2025-03-01', 'share': None}
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [json_value(each) for each in value]
    if isinstance(value, dict):
        return {str(key): json_value(each) for key, each in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
