"""Reads csv and its kin row by row, and loses none: a broken row becomes a reject with its line, the rest goes on."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from itertools import islice

from cxtext.batch.encoding import MARK
from cxtext.batch.records import Reject, Row, raw_excerpt, unique_names
from cxtext.errors import InputError

FIELD_CHARACTERS = 16 * 1024 * 1024
"""Longest field that is believed; a longer one is a quote that is never closed."""

_DELIMITERS = (",", ";", "\t", "|")
_NO_DELIMITER = "\x1f"
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n?", re.IGNORECASE)
_RUNAWAY_LINES = 50
_LETTER_LINES = 20
_SAMPLE_RECORDS = 60
_NEVER_CLOSED = "a quote that opens here is never closed"
_CSV_TAKES_NUL = sys.version_info >= (3, 11)


def detect_delimiter(head: str) -> str:
    r"""The character between the fields: the one that splits the header and most rows into the same number of fields.

    Args:
        head: The start of the file; its last row may be cut.

    Returns:
        ``","``, ``";"``, a tab or ``"|"``; U+001F for a file with one column, whose text may contain any of these.

    Example:
        >>> detect_delimiter('id;text\n1;"late, again"\n2;fine\n')
        ';'
    """
    named = _SEP_LINE.match(head)
    if named:
        return named[1]
    return max(_DELIMITERS, key=lambda delimiter: _fit(head, delimiter)) if any(_fit(head, each)[0] for each in _DELIMITERS) else _NO_DELIMITER


def read_header(lines: Iterable[str], delimiter: str, where: str) -> list[str]:
    r"""Column names from the first row.

    Raises:
        InputError: If the first row is itself a comment, cannot be decoded, or has a quote that is never closed.

    Example:
        >>> read_header(["id,text\n", "1,late\n"], ",", "dump.csv")
        ['id', 'text']
    """
    allow_long_fields()
    feed = _Feed(_after_sep_line(lines))
    try:
        first = next((record for record in csv.reader(feed, delimiter=delimiter) if record), [])
    except csv.Error as error:
        raise InputError(f"{where} has a header that cannot be read ({error}): check its quotes") from error
    if feed.ended or len(feed.taken) > _RUNAWAY_LINES:
        raise InputError(f"{where} has a quote in its header that is never closed: close it, or take it out")
    if any(MARK in name for name in first):
        raise InputError(f"{where} has a header that cannot be decoded: name the encoding with --encoding, for instance windows-1251 or gb18030")
    if len(first) == 1 and len(first[0].split()) >= 6 and not first[0].rstrip().endswith(("?", ":", "？")):
        raise InputError(f"{where} starts with a comment, not with column names: add a first line such as  comment")
    return unique_names(first)


def read_rows(lines: Iterable[str], delimiter: str, width: int) -> Iterator[Row | Reject]:
    r"""Data rows of a csv, its header left out.

    Blank lines are no rows. A row of another width, with bytes that do not belong to the encoding, or with a quote that is never closed is a reject;
    after such a quote, reading goes on at the next line.

    Args:
        lines: The file's lines with their ends.
        delimiter: The character between the fields.
        width: How many fields the header has.

    Example:
        >>> [row[0] if isinstance(row, Reject) else row.values for row in read_rows(["a,b\n", "1,late\n", "2\n"], ",", 2)]
        [['1', 'late'], 1]
    """
    allow_long_fields()
    feed = _Feed(_after_sep_line(lines))
    number = -1
    for line, fields, reason in _records(feed, delimiter, width):
        if number < 0:
            number = 0
            continue
        if reason is None:
            yield Row(number, line, fields, sum(map(len, fields)))
        else:
            yield Reject(number, line, reason, raw_excerpt("".join(feed.taken).replace(MARK, "\ufffd")))
        number += 1


def allow_long_fields() -> None:
    """Let the csv module take fields of 16 MB; never lowers a limit that the caller has raised further."""
    csv.field_size_limit(max(csv.field_size_limit(), FIELD_CHARACTERS))


class _Feed:
    """Hands lines to the csv module, remembers those of the current row, and takes lines back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(_fit_for_csv(lines))
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0
        self.ended = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        try:
            line = self._again.popleft() if self._again else next(self._lines)
        except StopIteration:
            self.ended = True
            raise
        self.taken.append(line)
        return line

    def start_row(self) -> int:
        """Forget the last row; the line where the next one starts."""
        self.number += len(self.taken)
        self.taken.clear()
        return self.number + 1

    def keep_first_line(self) -> None:
        """Give all lines of the row but its first back, to be read again."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
        self.ended = False


def _records(feed: _Feed, delimiter: str, width: int) -> Iterator[tuple[int, list[str], str | None]]:
    """Line, fields and, for a broken row, the reason; the header comes first."""
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        line = feed.start_row()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            feed.keep_first_line()
            reader = csv.reader(feed, delimiter=delimiter)
            yield line, [], _NEVER_CLOSED if "limit" in str(error) else f"not readable as csv: {error}"
            continue
        if not fields:
            continue
        if len(fields) > width and not any(fields[width:]):
            del fields[width:]
        if feed.ended or _is_runaway(feed.taken, len(fields), delimiter, width):
            feed.keep_first_line()
            reader = csv.reader(feed, delimiter=delimiter)
            yield line, [], _NEVER_CLOSED
        elif len(fields) != width:
            yield line, [], f"{len(fields)} fields where the header has {width}"
        elif any(MARK in taken for taken in feed.taken):
            yield line, [], "bytes that do not belong to the file's encoding"
        else:
            yield line, fields, None


def _is_runaway(taken: list[str], fields: int, delimiter: str, width: int) -> bool:
    """Whether a record of several lines is really rows, swallowed by a stray quote: its lines look like rows, and its quotes like no csv."""
    if len(taken) < 2:
        return False
    alike = sum(width in (line.count(delimiter) + 1, _width(line, delimiter)) for line in taken[1:]) / (len(taken) - 1)
    if _is_strict(taken, delimiter):
        return (fields != width and len(taken) > _RUNAWAY_LINES) or (width > 2 and alike > 0.9 and len(taken) > _LETTER_LINES)
    return alike >= 0.5 or len(taken) > _RUNAWAY_LINES


def _width(line: str, delimiter: str) -> int:
    return len(next(csv.reader([line], delimiter=delimiter), []))


def _is_strict(taken: list[str], delimiter: str) -> bool:
    try:
        return len(list(csv.reader(taken, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _after_sep_line(lines: Iterable[str]) -> Iterator[str]:
    """The lines without Excel's ``sep=;``, which is left as a blank line so that line numbers stay."""
    lines = iter(lines)
    first = next(lines, "")
    yield "\n" if _SEP_LINE.fullmatch(first) else first.lstrip("\ufeff")
    yield from lines


def _fit_for_csv(lines: Iterable[str]) -> Iterable[str]:
    return lines if _CSV_TAKES_NUL else (line.replace("\x00", "\ufffd") for line in lines)


def _fit(head: str, delimiter: str) -> tuple[float, int]:
    """Share of the first records that are as wide as the header, and that width; (0, 0) where the header is not split."""
    allow_long_fields()
    reader = csv.reader(_fit_for_csv(_after_sep_line(io.StringIO(head, newline=""))), delimiter=delimiter)
    records = [record for record in islice(reader, _SAMPLE_RECORDS) if record]
    complete = records[:-1] if len(records) > 2 else records
    if not complete or len(complete[0]) < 2:
        return 0.0, 0
    widths = Counter(map(len, complete))
    return widths[len(complete[0])] / len(complete), len(complete[0])
