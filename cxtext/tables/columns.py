"""Finds the column that holds the customer's own words: by its name, or as the one that reads like free text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from cxtext.errors import InputError

_SEPARATORS = re.compile(r"[\s_\-.]+")
_CJK = re.compile("[\u3400-\u9fff]")
_NUMBER = re.compile(r"[-+]?[\d\s.,:%/$€₽¥]+")
_NOT_PROSE = re.compile(
    r"(?i)(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.\w+|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*|"
    r"[0-9a-f]{8}-[0-9a-f-]{27}|\w{3}, \d{1,2} \w{3} \d{4}.*"
)
_ENOUGH_WORDS = 2.5
_NEARLY_BEST = 0.2
_SHOWN = 12


def find_text_column(sample: Mapping[str, Sequence[object]], *, text: str | None = None, where: str = "the dump") -> str:
    """The name of the column that holds the comments.

    Args:
        sample: Column name to some of its values, in the file's order; the values may be few or none.
        text: The column that the user names; its case and surrounding spaces may differ.
        where: The file, for messages.

    Raises:
        InputError: If the named column does not exist, or no column holds free text; lists the columns and suggests one.

    Example:
        >>> find_text_column({"id": ["1", "2"], "Customer comment": ["late again", "ok"]})
        'Customer comment'
        >>> find_text_column({"a": ["1", "2"], "b": ["the parcel came late", "nobody ever answers me"]})
        'b'
        >>> find_text_column({"id": [], "comment": []}, text="coment")
        Traceback (most recent call last):
        cxtext.errors.InputError: the dump has no column 'coment': did you mean --text 'comment'? Columns: id, comment
    """
    names = list(sample)
    if text is not None:
        return _named_column(names, text, where)
    prose = {name: prose_score(values) for name, values in sample.items()}
    exact, partly = _called_like_text(names)
    for name in exact:
        if prose[name] > 0 or not _values(sample[name]):
            return name
    for name in sorted(partly, key=lambda name: -prose[name]):
        if prose[name] >= _NEARLY_BEST * max(prose.values()) and (prose[name] > 0 or not _values(sample[name])):
            return name
    likeliest = max(names, key=lambda name: prose[name], default=None)
    if likeliest is not None and prose[likeliest] > 0 and _reads_like_text(sample[likeliest]):
        return likeliest
    suggestion = next(iter(exact + partly), likeliest)
    hint = f", for instance --text {suggestion!r}" if suggestion else ""
    raise InputError(f"{where} has no column that looks like comments: name one with --text NAME{hint}. Columns: {listed(names)}")


def prose_score(values: Sequence[object]) -> float:
    """How much the values of a column read like comments; 0 for ids, numbers, dates, addresses and values that are no text.

    Mean length in words (Chinese: a word for two characters), times the share of values that have several words, times the share of different values.

    Example:
        >>> prose_score(["2024-01-05", "2024-01-06"]), prose_score(["it came late", "nobody answers"])
        (0.0, 2.5)
    """
    found = _values(values)
    texts = [value for value in found if isinstance(value, str)]
    plain = [text for text in texts if not _NUMBER.fullmatch(text) and not _NOT_PROSE.fullmatch(text)]
    if len(plain) * 3 <= len(found):
        return 0.0
    lengths = [_word_count(text) for text in plain]
    several = sum(length >= 2 for length in lengths) / len(plain)
    different = len(set(plain)) / len(plain)
    return min(60.0, sum(lengths) / len(plain)) * max(several, 0.01) * different


def listed(names: Sequence[str]) -> str:
    """Column names for a message, cut after a dozen.

    Example:
        >>> listed(["id", "text"])
        'id, text'
    """
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(name if len(name) <= 60 else name[:57] + "..." for name in names[:_SHOWN]) + more


def _named_column(names: list[str], text: str, where: str) -> str:
    if text in names:
        return text
    same = [name for name in names if _plain(name) == _plain(text)]
    if len(same) == 1:
        return same[0]
    near = difflib.get_close_matches(_plain(text), [_plain(name) for name in names], n=1, cutoff=0.5)
    exact, partly = _called_like_text(names)
    guess = next((name for name in names if near and _plain(name) == near[0]), None) or next(iter(exact + partly), None)
    hint = f"did you mean --text {guess!r}?" if guess else "name one of these with --text."
    raise InputError(f"{where} has no column {text!r}: {hint} Columns: {listed(names)}")


def _called_like_text(names: list[str]) -> tuple[list[str], list[str]]:
    """Names that are a word for comments, in the order of the word list, and names that contain one."""
    words = text_words()
    exact = sorted((name for name in names if _plain(name) in words), key=lambda name: words.index(_plain(name)))
    partly = [name for name in names if name not in exact and any(_contains(_plain(name), word) for word in words)]
    return exact, partly


def _contains(name: str, word: str) -> bool:
    return word in name if _CJK.search(word) else f" {word} " in f" {name} "


def _plain(name: str) -> str:
    return _SEPARATORS.sub(" ", re.sub(r"(?<=[a-zа-я])(?=[A-ZА-Я])", " ", name)).strip().casefold()


def _values(values: Sequence[object]) -> list[object]:
    return [value for value in values if value is not None and value == value and value != ""]  # noqa: PLR0124 - NaN is not itself


def _word_count(text: str) -> float:
    return len(text.split()) + len(_CJK.findall(text)) / 2


def _reads_like_text(values: Sequence[object]) -> bool:
    texts = [value for value in _values(values) if isinstance(value, str)]
    return sum(map(_word_count, texts)) / max(1, len(texts)) >= _ENOUGH_WORDS


@lru_cache(maxsize=1)
def text_words() -> tuple[str, ...]:
    """The names under which dumps keep comments, from ``text_columns.txt``."""
    lines = files("cxtext.tables").joinpath("text_columns.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))
