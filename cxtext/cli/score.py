"""``cxtext score``: a dump in, a scored table out, and on the terminal what it says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cxtext.cli import positive

if TYPE_CHECKING:
    from cxtext.batch import Scorer
    from cxtext.batch.job import Progress

_PACKED = (".gz", ".zst")
_KNOWN = (".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".json", ".xlsx", ".xlsm", ".parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("dump", type=Path, help="csv, tsv, jsonl, xlsx or parquet; text formats also as .gz or .zst")
    parser.add_argument("-o", "--output", type=Path, help="parquet, csv, tsv or jsonl file to write (default: <dump>.scored.parquet)")
    parser.add_argument("--text", metavar="COLUMN", help="column with the comments (default: found by name or content)")
    parser.add_argument("--encoding", help="encoding of a text format (default: detected)")
    parser.add_argument("--sheet", help="sheet of a workbook (default: the only one with comments)")
    parser.add_argument("--model", type=Path, metavar="DIR", help="model folder (default: the built-in model)")
    parser.add_argument("--prefix", default="cx_", help="put before the names of the scored columns (default: cx_)")
    parser.add_argument("--rows", type=positive, metavar="N", help="only the first N rows")
    parser.add_argument("--preview", type=positive, nargs="?", const=5, metavar="N", help="show the first N scored rows (default: 5) and write nothing")
    parser.add_argument("--overwrite", action="store_true", help="replace an output that is there")
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no summary")


def run(arguments: argparse.Namespace) -> int:
    """Score, or show a preview."""
    import cxtext
    from cxtext.batch.sources import check_readable
    from cxtext.batch.writers import check_output

    output = arguments.output or default_output(arguments.dump)
    check_readable(arguments.dump)
    if arguments.preview is None:
        check_output(output, arguments.dump, overwrite=arguments.overwrite)
    analyzer: Scorer = cxtext.load(arguments.model)
    return _score(arguments, output, analyzer) if arguments.preview is None else _preview(arguments, analyzer)


def default_output(dump: Path) -> Path:
    """Where the scored table goes if the user does not say.

    Example:
        >>> default_output(Path("may/dump.csv.gz")).as_posix()
        'may/dump.scored.parquet'
    """
    bare = dump.with_suffix("") if dump.suffix.lower() in _PACKED else dump
    bare = bare.with_suffix("") if bare.suffix.lower() in _KNOWN else bare
    return bare.with_name(f"{bare.name}.scored.parquet")


def _score(arguments: argparse.Namespace, output: Path, analyzer: Scorer) -> int:
    from cxtext.batch import score_dump
    from cxtext.cli.render import summary_text

    with _progress_bar(arguments.dump.name, shown=sys.stderr.isatty() and not arguments.quiet) as progress:
        summary = score_dump(
            arguments.dump,
            output,
            analyzer=analyzer,
            text=arguments.text,
            encoding=arguments.encoding,
            sheet=arguments.sheet,
            prefix=arguments.prefix,
            overwrite=arguments.overwrite,
            limit=arguments.rows,
            progress=progress,
        )
    if not arguments.quiet:
        print(summary_text(summary))
    return 0


def _preview(arguments: argparse.Namespace, analyzer: Scorer) -> int:
    from cxtext.batch import open_dump
    from cxtext.batch.job import score_chunk
    from cxtext.cli.render import preview_text

    limit = min(arguments.preview, arguments.rows or arguments.preview)
    dump = open_dump(arguments.dump, text=arguments.text, encoding=arguments.encoding, sheet=arguments.sheet, limit=limit)
    print(f"{arguments.dump}: {dump.read_as}, comments in column {dump.text!r}")
    for chunk in islice(dump.chunks(), limit):
        scored_chunk, scored = score_chunk(analyzer, chunk)
        print(preview_text(scored_chunk, scored))
    return 0


@contextmanager
def _progress_bar(name: str, *, shown: bool) -> Iterator[Progress | None]:
    if not shown:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} rows"),
        TextColumn("{task.fields[speed]:,} rows/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name.replace("[", "\\["), total=None, speed=0)

        def progress(rows: int, total: int | None) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(task, completed=rows, total=max(total, rows) if total else None, speed=round(rows / elapsed) if elapsed else 0)

        yield progress
