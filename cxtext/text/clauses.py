"""Cuts a comment into clauses: the unit that carries one cause, one attitude or one name, and that a manager reads as evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from cxtext.text.wordlists import read_sections

Span = tuple[int, int]

LONGEST_CLAUSE = 240
"""Characters beyond which text without punctuation is cut."""
_CUT_AT = 200
_SMALLEST = 4  # two words, or four Chinese characters
_SURELY_A_CLAUSE = 40  # characters beyond which the words are not counted

_STRENGTH = {"dash": 1, "pause": 2, "before": 3, "sentence": 4, "line": 5}
"""How firmly a break parts two clauses: a fragment joins its neighbour across the weaker one."""

_BEFORE = ("before", "before_zh")

_LOWER, _UPPER = "a-zа-яё", "A-ZА-ЯЁ"
_SIGNS = r"\n.,!?…;，；。！？–—-"
_URL = r"(?:https?://|www\.)[!-~]*[A-Za-z0-9/_-]"
_INITIAL = rf"(?<!\w)(?!I\b)[{_UPPER}]\."
_LIST_NUMBER = r"(?m:^)\d{1,2}[.)]"
_SENTENCE = rf"[.!?…][\"'»”’)\]]*(?=\s|$)|[!?](?=\w)|(?<=[{_LOWER}]{{2}})\.(?=[{_UPPER}][{_LOWER}]*\s)|[。！？]+[”’」』）]*"
_PAUSE = r"(?<!\d),|,(?!\d)|;(?![-()D])|[，；]"
_DASH = r"(?<=\s)(?<!\d\s)[-–—]+(?=\s)|(?<=\s)[-–—]+(?=\s\D)|——+|--+"
_EDGE = " \t\r\n\x0b\x0c\u3000\xa0,.;:…-–—，。；：、·•*_"
_LEADING_EDGE = _EDGE + "!?！？)]»”"


def split_clauses(text: str, language: str) -> list[Span]:
    """The clauses of a comment, in order.

    A clause ends at a sentence end, comma, semicolon, dash or line end, or before a conjunction that begins a new one ("but", "хотя", "不过");
    never inside a number, time, link or abbreviation. Fragments of less than two words (four Chinese characters) join a neighbour; text that
    runs on without punctuation is cut at a space after about 200 characters.

    Args:
        text: A comment, normalised or not.
        language: ``en``, ``zh`` or ``ru``; any other value uses the conjunctions of all three.

    Returns:
        ``(start, end)`` character offsets. Only white space and punctuation lie outside them.

    Example:
        >>> text = "Anna was lovely, but the app logged me out at 10:30."
        >>> [text[start:end] for start, end in split_clauses(text, "en")]
        ['Anna was lovely', 'but the app logged me out at 10:30']
    """
    spans, strengths = _pieces(text, language)
    if len(spans) > 1:
        spans = _joined(text, spans, strengths)
    if all(end - start <= LONGEST_CLAUSE for start, end in spans):
        return spans
    return [(start, end) for span in spans for start, end in _cut(text, *span) if start < end]


def _pieces(text: str, language: str) -> tuple[list[Span], list[int]]:
    """Spans between breaks, and how strong the break before each is."""
    spans: list[Span] = []
    strengths: list[int] = []
    start, strength = 0, _STRENGTH["line"]
    for end, kind in _breaks(text, language):
        left, right = _trimmed(text, start, end)
        if left < right:
            spans.append((left, right))
            strengths.append(strength)
            strength = 0
        start, strength = end, max(strength, kind)
    return spans, strengths


def _breaks(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where a piece ends, and how strong the break that parts it from the next is."""
    for match in _scanner(language).finditer(text):
        group = match.lastgroup or "keep"
        if group in _BEFORE:
            yield match.start(), _STRENGTH["before"]
        elif group in _STRENGTH:
            yield match.end(), _STRENGTH[group]  # what a clause ends with belongs to it: "!" is part of what is said
    yield len(text), _STRENGTH["line"]


def _trimmed(text: str, start: int, end: int) -> Span:
    if start < end and text[start] not in _LEADING_EDGE and text[end - 1] not in _EDGE:
        return start, end
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip(_LEADING_EDGE))
    right = len(piece.rstrip(_EDGE))
    if left >= right:  # nothing but signs, such as "!!!"
        left = len(piece) - len(piece.lstrip(_EDGE))
    return start + left, start + max(left, right)


def _joined(text: str, spans: list[Span], strengths: list[int]) -> list[Span]:
    """Fragments joined to a neighbour, across the weaker break."""
    joined: list[Span] = []
    carried: Span | None = None
    carried_strength = 0
    for number, (start, end) in enumerate(spans):
        strength = strengths[number]
        if carried is not None:
            start, strength, carried = carried[0], carried_strength, None
        if _is_fragment(text, start, end):
            following = strengths[number + 1] if number + 1 < len(spans) else None
            if following is not None and (not joined or following < strength):
                carried, carried_strength = (start, end), strength
                continue
            if joined:
                joined[-1] = joined[-1][0], end
                continue
        joined.append((start, end))
    return joined


def _is_fragment(text: str, start: int, end: int) -> bool:
    if end - start > _SURELY_A_CLAUSE:
        return False
    words = text[start:end].split()
    if len(words) > 1 and _is_plain(words[0][0]) and _is_plain(words[-1][-1]):
        return False
    units = _unit().findall(text[start:end])
    return sum(1 if "\u3400" <= unit[0] <= "\u9fff" else 2 for unit in units) < _SMALLEST


def _is_plain(character: str) -> bool:
    """Whether it is a letter or digit of a script that writes words apart."""
    return character < "\u3400" and character.isalnum()


@cache
def _unit() -> re.Pattern[str]:
    """One Chinese character, or one word of any other script; compiled when first asked for, which takes some milliseconds."""
    return re.compile("[\u3400-\u9fff]|[^\\W\u3400-\u9fff]+(?:['’-][^\\W\u3400-\u9fff]+)*")


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > LONGEST_CLAUSE:
        cut = _cut_point(text, start, end)
        if cut >= end:
            break
        yield _trimmed(text, start, cut)
        start = cut
    yield _trimmed(text, start, end)


def _cut_point(text: str, start: int, end: int) -> int:
    cut = text.rfind(" ", start + _CUT_AT // 2, start + _CUT_AT)
    if cut < 0 and "\u3400" <= text[start + _CUT_AT - 1] <= "\u9fff" and "\u3400" <= text[start + _CUT_AT] <= "\u9fff":
        return start + _CUT_AT
    if cut < 0:
        cut = text.find(" ", start + _CUT_AT, end)
    return cut if cut >= 0 else end


@cache
def _scanner(language: str) -> re.Pattern[str]:
    conjunctions, abbreviations = read_sections("conjunctions"), read_sections("abbreviations")
    languages = [language] if language in conjunctions else [name for name in conjunctions if not name.endswith("-keep")]
    spaced = [word for name in languages if name != "zh" for word in conjunctions[name]]
    spaced_keep = [word for name in languages if name != "zh" for word in conjunctions[f"{name}-keep"]]
    words = [
        rf"(?P<keep>{_URL}|{_INITIAL}|{_LIST_NUMBER}",
        rf"|(?<!\.)(?:{_any(abbreviations['before-a-name'])})\.(?!\.)",
        rf"|(?<!\.)(?:{_any(abbreviations['after-a-number'])})\.(?!\.|\s+[{_UPPER}]|\s*$)",
        rf"|(?i:{_any(spaced_keep)})(?!\w))" if spaced else ")",
        rf"|(?<=\s)(?P<before>(?i:{_any(spaced)})(?!\w))" if spaced else "",
    ]
    signs = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in {"line": r"\n", "sentence": _SENTENCE, "pause": _PAUSE, "dash": _DASH}.items())
    # Each alternative begins with one cheap test, because the scanner asks at every character.
    scanner = rf"(?=[{_SIGNS}])(?:{signs})|(?<!\w)(?:{''.join(words)})"
    if "zh" in languages:
        scanner += f"|(?P<keep_zh>{_any(conjunctions['zh-keep'])})|(?P<before_zh>{_any(conjunctions['zh'])})"
    return re.compile(scanner)


def _any(phrases: tuple[str, ...] | list[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
