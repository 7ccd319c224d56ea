"""Scores a dump from file to file in bounded memory, and proves at the end that every row went somewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cxtext.batch.readers import Dump, open_dump
from cxtext.batch.records import CHUNK_ROWS, Chunk, Reject, raw_excerpt
from cxtext.batch.rejects import open_rejects, rejects_path
from cxtext.batch.summary import ScoreSummary, count_scored
from cxtext.batch.writers import check_output, open_writer
from cxtext.errors import CxtextError, InputError
from cxtext.schema import SCORED_COLUMNS, scored_schema

if TYPE_CHECKING:
    import pyarrow as pa

PREFIX = "cx_"
"""Put before the names of the scored columns, so that they do not clash with the user's."""

Progress = Callable[[int, "int | None"], None]
"""Called after each chunk with the rows read so far and the (estimated) number of all rows."""


class Scorer(Protocol):
    """What scoring a dump needs of an analyzer."""

    def score_texts(self, texts: list[str]) -> pa.Table:
        """The columns of ``cxtext.schema.scored_schema()``, one row a text, in the texts' order."""
        ...


def score_dump(
    source: Path | str,
    output: Path | str,
    *,
    analyzer: Scorer,
    text: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    prefix: str = PREFIX,
    overwrite: bool = False,
    chunk_rows: int = CHUNK_ROWS,
    limit: int | None = None,
    progress: Progress | None = None,
) -> ScoreSummary:
    r"""Score a dump and write its columns and the scored ones to a table.

    Args:
        source: A csv, tsv, jsonl, xlsx or parquet file, text formats also as .gz or .zst.
        output: A .parquet, .csv, .tsv or .jsonl file to be. Rows that cannot be read or scored go to ``<output stem>.rejects.csv`` beside it.
        analyzer: Scores the texts.
        text: Name of the text column; found if not given.
        encoding: Encoding of a text format; detected if not given.
        sheet: Sheet of a workbook; the only one with comments if not given.
        prefix: Put before the names of the scored columns.
        overwrite: Whether an output that is there is replaced.
        chunk_rows: Most rows scored at a time.
        limit: Score this many data rows only.
        progress: Told the rows read and the (estimated) total after each chunk.

    Returns:
        Counts of rows, rejects and labels.

    Raises:
        InputError: If the dump cannot be read, the output cannot be written, or the columns clash.
        OptionError: If an option has no valid value.

    Example:
        >>> import tempfile, pyarrow as pa
        >>> class Neutral:
        ...     def score_texts(self, texts):
        ...         return pa.Table.from_pylist([{"language": "en", "meaningful": True} for _ in texts], schema=scored_schema())
        >>> folder = tempfile.TemporaryDirectory()
        >>> dump = Path(folder.name, "dump.csv")
        >>> _ = dump.write_text("id,comment\n1,late again\n2\n")
        >>> summary = score_dump(dump, dump.with_suffix(".parquet"), analyzer=Neutral())
        >>> summary.rows, summary.scored, summary.rejected
        (2, 1, 1)
        >>> folder.cleanup()
    """
    source, output = Path(source), Path(output)
    started = time.perf_counter()
    dump = open_dump(source, text=text, encoding=encoding, sheet=sheet, chunk_rows=chunk_rows, limit=limit)
    check_output(output, source, overwrite=overwrite)
    summary = ScoreSummary(text=dump.text, read_as=dump.read_as, output=output)
    with open_writer(output, output_schema(dump, prefix)) as write, open_rejects(rejects_path(output)) as reject:
        for chunk in dump.chunks():
            scored_chunk, scored = score_chunk(analyzer, chunk)
            write(beside(scored_chunk.table, scored, prefix))
            reject(scored_chunk.rejects)
            summary.rows += chunk.rows_read
            summary.rejected += len(scored_chunk.rejects)
            summary.reasons.update(each.reason for each in scored_chunk.rejects)
            count_scored(summary, scored)
            if progress is not None:
                progress(summary.rows, dump.estimated_total(summary.rows))
        if summary.rows != summary.scored + summary.rejected:
            raise CxtextError(
                f"{source}: {summary.rows} rows were read but {summary.scored} scored and {summary.rejected} rejected; nothing was written, please report this"
            )
    summary.rejects = rejects_path(output) if summary.rejected else None
    summary.seconds = time.perf_counter() - started
    return summary


def score_chunk(analyzer: Scorer, chunk: Chunk) -> tuple[Chunk, pa.Table]:
    """The rows of a chunk that can be scored, and their scored columns; the others are among the chunk's rejects.

    Args:
        analyzer: Scores the texts. When it raises, the chunk is halved until the failing row stands alone.
        chunk: Rows as read.

    Raises:
        CxtextError: If the analyzer raises one (its model is damaged, say: no row is at fault), or returns another table than it promises.
    """
    import pyarrow as pa

    tables: list[pa.Table] = []
    failed: dict[int, str] = {}

    def score(first: int, last: int) -> None:
        texts = chunk.texts[first:last]
        try:
            table = analyzer.score_texts(texts)
        except CxtextError:
            raise
        except Exception as error:
            if last - first == 1:
                failed[first] = f"could not be scored: {type(error).__name__}: {' '.join(str(error).split())}"[:300]
                return
            middle = (first + last) // 2
            score(first, middle)
            score(middle, last)
        else:
            tables.append(_checked(table, len(texts)))

    if chunk.texts:
        score(0, len(chunk.texts))
    scored = pa.concat_tables(tables) if tables else scored_schema().empty_table()
    return (without_rows(chunk, failed) if failed else chunk), scored


def without_rows(chunk: Chunk, failed: dict[int, str]) -> Chunk:
    """A chunk whose rows at some positions have become rejects.

    Args:
        chunk: Rows as read.
        failed: Position in the chunk to the reason.
    """
    import pyarrow as pa

    kept = [index for index in range(len(chunk.texts)) if index not in failed]
    rejects = [Reject(chunk.row_numbers[index], chunk.lines[index], reason, raw_excerpt(chunk.texts[index])) for index, reason in failed.items()]
    return replace(
        chunk,
        row_numbers=[chunk.row_numbers[index] for index in kept],
        lines=[chunk.lines[index] for index in kept],
        texts=[chunk.texts[index] for index in kept],
        table=chunk.table.take(pa.array(kept, pa.int64())),
        rejects=sorted([*chunk.rejects, *rejects], key=lambda reject: reject.row),
    )


def output_schema(dump: Dump, prefix: str) -> pa.Schema:
    """The user's columns, then the scored ones; the metadata name the text column and the prefix for those who read on.

    Raises:
        InputError: If a scored column would have the name of one of the user's.
    """
    import pyarrow as pa

    scored = scored_schema(prefix)
    clash = [name for name in scored.names if name in dump.schema.names]
    if clash:
        raise InputError(f"{dump.source.path} already has a column {clash[0]!r}: give the scored columns another --prefix, for instance --prefix new_{prefix}")
    metadata = {b"cxtext": json.dumps({"text": dump.text, "prefix": prefix}).encode()}
    return pa.schema([*dump.schema, *scored], metadata=metadata)


def beside(table: pa.Table, scored: pa.Table, prefix: str) -> pa.Table:
    """The user's columns and the scored ones, renamed with a prefix, in one table."""
    import pyarrow as pa

    names = [*table.column_names, *(prefix + name for name in scored.column_names)]
    return pa.Table.from_arrays([*table.columns, *scored.columns], schema=pa.schema([*table.schema, *scored.schema])).rename_columns(names)


def _checked(table: pa.Table, rows: int) -> pa.Table:
    if table.num_rows != rows or tuple(table.column_names) != SCORED_COLUMNS:
        raise CxtextError(f"the analyzer gave {table.num_rows} rows for {rows} texts with columns {_named(table.column_names)}; it must keep both")
    return table.cast(scored_schema())


def _named(columns: Sequence[str]) -> str:
    return ", ".join(columns)
