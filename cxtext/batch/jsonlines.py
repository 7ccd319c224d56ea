"""Reads one JSON object a line: a first pass fixes the columns and their types, a second yields the rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from cxtext.batch.encoding import MARK
from cxtext.batch.records import Reject, Row, raw_excerpt
from cxtext.errors import InputError
from cxtext.tables import cleaned

if TYPE_CHECKING:
    import pyarrow as pa

KEEP_AS_JSON = b"json"
"""Field metadata ``{b"cxtext": b"json"}``: the strings of this column are JSON."""

_MOST_COLUMNS = 2_000
_INT64 = range(-(2**63), 2**63)


def scan_columns(lines: Iterable[str], where: str, *, limit: int | None = None) -> tuple[dict[str, str], int]:
    """The keys of all objects, with the one type that fits all their values, and the number of rows.

    Args:
        lines: The file's lines.
        where: The file, for messages.
        limit: Look at this many rows only.

    Returns:
        Key to ``"bool"``, ``"int"``, ``"float"``, ``"string"`` (also strings among others) or ``"json"`` (the rest), keys in order of
        appearance; and how many rows.

    Raises:
        InputError: If no line is an object, or there are more than 2,000 different keys.

    Example:
        >>> scan_columns(['{"text": "late", "stars": 2}', '{"text": null, "stars": 2.5}'], "dump.jsonl")
        ({'text': 'string', 'stars': 'float'}, 2)
    """
    kinds: dict[str, str] = {}
    rows = 0
    for _, line in islice(_filled(lines), limit):
        rows += 1
        record = parse_object(line)
        if isinstance(record, str):
            continue
        for key, value in record.items():
            kinds[key] = _merged(kinds.get(key, ""), _kind(value))
        if len(kinds) > _MOST_COLUMNS:
            raise InputError(f"{where} has more than {_MOST_COLUMNS} different keys: keep those that you need, for instance with  jq -c '{{text, date}}'")
    if not kinds:
        raise InputError(f"{where} has no JSON object in any line: write one object a line")
    return {key: kind or "string" for key, kind in kinds.items()}, rows


def jsonl_schema(kinds: dict[str, str]) -> pa.Schema:
    """The Arrow schema for the kinds that `scan_columns` found.

    Example:
        >>> jsonl_schema({"stars": "int"}).field("stars").type
        DataType(int64)
    """
    import pyarrow as pa

    types = {"bool": pa.bool_(), "int": pa.int64(), "float": pa.float64()}
    return pa.schema(
        [pa.field(key, types.get(kind, pa.string()), metadata={b"cxtext": KEEP_AS_JSON} if kind == "json" else None) for key, kind in kinds.items()]
    )


def read_objects(lines: Iterable[str], kinds: dict[str, str], text: str) -> Iterator[Row | Reject]:
    """Rows of a jsonl file; blank lines are no rows, a line that is no object is a reject.

    Args:
        lines: The file's lines.
        kinds: Columns and their kinds, from `scan_columns`.
        text: The text column; a list or an object in it is a reject.

    Example:
        >>> [type(row).__name__ for row in read_objects(['{"text": "late"}', '{"text": "la'], {"text": "string"}, "text")]
        ['Row', 'Reject']
    """
    for number, (line_number, line) in enumerate(_filled(lines)):
        record = parse_object(line)
        if not isinstance(record, str) and isinstance(record.get(text), dict | list):
            record = f"the comment is a {type(record[text]).__name__}, not text"
        if isinstance(record, str):
            yield Reject(number, line_number, record, raw_excerpt(line.replace(MARK, "\ufffd")))
        else:
            yield Row(number, line_number, [shaped(record.get(key), kind) for key, kind in kinds.items()], len(line))


def parse_object(line: str) -> dict[str, Any] | str:
    """The JSON object in a line, or why there is none.

    Example:
        >>> parse_object('{"text": "late"}'), parse_object("[1]")
        ({'text': 'late'}, 'a JSON list, not an object')
    """
    if MARK in line:
        return "bytes that do not belong to the file's encoding"
    try:
        record = json.loads(line)
    except RecursionError:
        return "not valid JSON: nested too deeply"
    except ValueError as error:
        return f"not valid JSON: {error}"
    if not isinstance(record, dict):
        return f"a JSON {type(record).__name__}, not an object"
    if "\\ud" in line or "\\uD" in line:
        return {cleaned(key): _cleaned_value(value) for key, value in record.items()}
    return record


def shaped(value: object, kind: str) -> object:
    """A JSON value as its column's kind wants it.

    Example:
        >>> shaped({"a": [1]}, "json"), shaped(3, "float"), shaped("x", "string")
        ('{"a": [1]}', 3.0, 'x')
    """
    if value is None:
        return None
    if kind == "json" or (kind == "string" and not isinstance(value, str)):
        return json.dumps(value, ensure_ascii=False)
    if kind == "float" and isinstance(value, int):
        return float(value)
    return value


def _filled(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate((line.lstrip("\ufeff") for line in lines), start=1) if line.strip())


def _kind(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if value in _INT64 else "json"
    if isinstance(value, float):
        return "float"
    return "string" if isinstance(value, str) else "json"


def _merged(first: str, second: str) -> str:
    if first == second or not second:
        return first
    if not first:
        return second
    kinds = {first, second}
    return "string" if "string" in kinds else "float" if kinds == {"int", "float"} else "json"


def _cleaned_value(value: object) -> object:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, list):
        return [_cleaned_value(each) for each in value]
    if isinstance(value, dict):
        return {cleaned(key): _cleaned_value(each) for key, each in value.items()}
    return value
