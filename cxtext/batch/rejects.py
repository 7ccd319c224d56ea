"""Writes the rows that could not be read or scored, each with its reason, beside the output; no rejects, no file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cxtext.batch.records import Reject
from cxtext.batch.writers import renamed_at_end


def rejects_path(output: Path) -> Path:
    """Where the rejects of an output go.

    Example:
        >>> rejects_path(Path("scored.parquet")).name
        'scored.rejects.csv'
    """
    return output.with_name(output.stem + ".rejects.csv")


@contextmanager
def open_rejects(path: Path) -> Iterator[Callable[[Sequence[Reject]], None]]:
    """A function that appends rejects; the file is made with the first one and takes its name when the block ends well.

    A rejects file of an earlier run is removed when this run ends without rejects, so that it cannot be taken for this run's.
    """
    with ExitStack() as stack:
        rows: list[Callable[[Reject], object]] = []

        def write(rejects: Sequence[Reject]) -> None:
            if rejects and not rows:
                part = stack.enter_context(renamed_at_end(path))
                writer = csv.writer(stack.enter_context(part.open("w", encoding="utf-8", newline="")), lineterminator="\n")
                writer.writerow(Reject._fields)
                rows.append(writer.writerow)
            for reject in rejects:
                rows[0](reject)

        yield write
        if not rows:
            path.unlink(missing_ok=True)
