"""Cleans a comment (HTML, invisible characters, full-width forms, stretched letters) and keeps the way back.

Every clause, cause and name that cxtext reports must point into the words that the customer wrote, so each change is noted.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from html.entities import name2codepoint
from unicodedata import category, is_normalized, normalize

from cxtext.text.wordlists import read_sections

Edit = tuple[int, int, str]
"""Characters ``start`` to ``end`` become this text."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A cleaned comment and the map from its characters to those of the original.

    Attributes:
        text: The cleaned comment.
        original: The comment as it came.
        starts: For each character of ``text`` the first original character that it stands for; ``None`` where offsets are the same.
        ends: For each character of ``text`` one past the last original character that it stands for; ``None`` likewise.
    """

    text: str
    original: str
    starts: array[int] | None = None
    ends: array[int] | None = None

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The original offsets of ``text[start:end]``; offsets beyond the text are cut to it.

        Args:
            start: First character in the cleaned text.
            end: One past the last character in the cleaned text.

        Returns:
            ``(start, end)`` with ``0 <= start <= end <= len(original)``.

        Example:
            >>> clean = normalise("Tom &amp; <b>Anna</b>")
            >>> start, end = clean.to_original(6, 10)
            >>> clean.text[6:10], clean.original[start:end]
            ('Anna', 'Anna')
        """
        start = min(max(start, 0), len(self.text))
        end = min(max(end, start), len(self.text))
        if self.starts is None or self.ends is None:
            return start, end
        first = self.starts[start] if start < len(self.starts) else len(self.original)
        return first, max(first, self.ends[end - 1]) if end > start else first


def normalise(text: str) -> Normalised:
    """The comment without what hides its words; a clean comment comes back as it is, in about two microseconds.

    HTML entities are decoded and tags become a space (``<br>`` a line end); control and zero-width characters go, lone surrogates become
    U+FFFD; composed Unicode (NFC); full-width letters and digits become ordinary ones (Chinese punctuation stays); four or more of the
    same character become three (digits are left alone); white space becomes one space, or one line end.

    Args:
        text: Any string.

    Returns:
        The cleaned text with its map. Cleaning it again changes nothing.

    Example:
        >>> normalise("ＡＢＣ　sooooo   good!!!!!!").text
        'ABC sooo good!!!'
    """
    if _is_clean(text):
        return Normalised(text, text)
    draft = _Draft(text)
    for step in (_fold, _drop_invisible, _compose, _decode_entities, _drop_tags, _compose, _shorten_runs, _squeeze_space):
        step(draft)
    return Normalised(draft.text, text, draft.starts, draft.ends)


# Full-width ，！？；：（）～ are left: the clause splitter reads them.
_FULL_WIDTH = "０-９Ａ-Ｚａ-ｚ＂-＇＊＋－-／＜-＞＠［-｀｛-｝"
_ODD_SPACES = "\t\x0b\x0c\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_ODD_LINE_ENDS = "\r\x85\u2028\u2029"
_HAS_FULL_WIDTH = re.compile(f"[{_FULL_WIDTH}]")
_FOLDABLE = re.compile(f"[{_FULL_WIDTH}{_ODD_SPACES}{_ODD_LINE_ENDS}\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
_HAS_RUN = re.compile(r"(\S)\1\1\1")  # faster than _RUN; that it also stops at digits does no harm
_RUN = re.compile(r"([^\s\d])\1{3,}")
_SPACES = re.compile(r"[ \n]{2,}")
_BEYOND_LATIN = re.compile("[\x00-\u02ff]?[^\x00-\u02ff]+")  # with the letter that a mark may join
_ENTITY = re.compile(r"&(?:#\d+|#[xX][\da-fA-F]+|(?P<name>[a-zA-Z]\w*));", re.ASCII)
_TAG = re.compile(r"<(?:!--[^<>]*--|/?(?P<name>[a-zA-Z][\w:]*)(?:[\s/][^<>]*)?)>", re.ASCII)
_ENTITY_NAMES = frozenset(name2codepoint).union(("apos",))
_LONGEST_ENTITY = 12
_LONGEST_CLUSTER = 31  # a letter and 30 marks, as in Unicode's stream-safe form: sorting more marks takes quadratic time


def _is_clean(text: str) -> bool:
    flat = text.replace("\n", " ")
    return (
        flat.isprintable()
        and "  " not in flat
        and not ("&" in flat and ";" in flat)
        and not ("<" in flat and ">" in flat)
        and not _has_long_run(flat)
        and (flat.isascii() or (is_normalized("NFC", flat) and not _HAS_FULL_WIDTH.search(flat)))
    )


def _has_long_run(text: str) -> bool:
    if not text.isascii():
        return _HAS_RUN.search(text) is not None
    # Four equal bytes leave three zeros when the text is XORed with itself one byte on: three times as fast as the expression.
    number = int.from_bytes(text.encode(), "little")
    return b"\0\0\0" in (number ^ (number >> 8)).to_bytes(len(text), "little")


class _Draft:
    """A text while it is cleaned; the map appears with the first edit that moves a character."""

    __slots__ = ("ends", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: array[int] | None = None
        self.ends: array[int] | None = None

    def offsets(self) -> tuple[array[int], array[int]]:
        """The map so far, made on demand."""
        if self.starts is None or self.ends is None:
            size = len(self.text)
            self.starts, self.ends = array("l", range(size)), array("l", range(1, size + 1))
        return self.starts, self.ends

    def apply(self, edits: list[Edit]) -> None:
        """Make the edits, which are in order and do not overlap."""
        if not edits:
            return
        text, (old_starts, old_ends) = self.text, self.offsets()
        pieces: list[str] = []
        starts, ends = array("l"), array("l")
        done = 0
        for start, end, new in (*edits, (len(text), len(text), "")):
            if done < start:
                pieces.append(text[done:start])
                starts += old_starts[done:start]
                ends += old_ends[done:start]
            if new:
                pieces.append(new)
                starts.extend([old_starts[start]] * len(new))
                ends.extend([old_ends[end - 1]] * len(new))
            done = end
        self.text, self.starts, self.ends = "".join(pieces), starts, ends


def _fold(draft: _Draft) -> None:
    if _FOLDABLE.search(draft.text):
        draft.text = _FOLDABLE.sub(lambda match: _folded(match[0]), draft.text)


def _folded(char: str) -> str:
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    return "\n" if char in _ODD_LINE_ENDS else " "


def _drop_invisible(draft: _Draft) -> None:
    draft.apply([(*match.span(), "") for match in _INVISIBLE.finditer(draft.text)])


def _compose(draft: _Draft) -> None:
    if not is_normalized("NFC", draft.text):
        draft.apply(list(_compositions(draft.text)))


def _compositions(text: str) -> Iterator[Edit]:
    for match in _BEYOND_LATIN.finditer(text):
        if is_normalized("NFC", match[0]):
            continue
        start = match.start()
        for end in range(start + 1, match.end() + 1):
            if end == match.end() or not _joins_previous(text[end]):
                cluster = text[start:end]
                if not is_normalized("NFC", cluster):
                    yield start, end, normalize("NFC", cluster[:_LONGEST_CLUSTER])
                start = end


def _joins_previous(char: str) -> bool:
    return category(char)[0] == "M" or "\u1161" <= char <= "\u11c2"  # marks, and the vowels and finals of Korean syllables


def _decode_entities(draft: _Draft) -> None:
    if _ENTITY.search(draft.text):
        draft.apply(_reductions(draft.text, "&", ";", _decoded))


def _decoded(entity: str) -> str | None:
    match = _ENTITY.fullmatch(entity)
    if not match or (match["name"] and match["name"] not in _ENTITY_NAMES):
        return None
    char = unescape(entity) if len(entity) <= _LONGEST_ENTITY else "\ufffd"
    if " " <= char <= "~":
        return char
    return normalize("NFC", _INVISIBLE.sub("", _FOLDABLE.sub(lambda match: _folded(match[0]), char)))


def _drop_tags(draft: _Draft) -> None:
    if _TAG.search(draft.text):
        draft.apply(_reductions(draft.text, "<", ">", _blank))


def _blank(tag: str) -> str | None:
    match = _TAG.fullmatch(tag)
    if not match:
        return None
    name = (match["name"] or "").lower()
    if name and name not in read_sections("html")["tags"]:
        return None
    return "\n" if name == "br" else " "


def _reductions(text: str, opener: str, closer: str, replace: Callable[[str], str | None]) -> list[Edit]:
    """Replace what stands between opener and closer, innermost first, and look at the result again, in one linear pass.

    ``&amp;amp;lt;`` needs three replacements; repeated passes would take quadratic time on hostile text.
    """
    pieces: list[Edit] = []
    opened: list[int] = []
    for match in re.finditer(f"[{opener}{closer}]|[^{opener}{closer}]+", text):
        start, end, piece = match.start(), match.end(), match[0]
        while piece == closer and opened:
            at = opened.pop()
            new = replace("".join(part for _, _, part in pieces[at:]) + closer)
            if new is None:
                opened.clear()  # none of them can close any more: a closer now stands in between
                break
            piece, start = new, pieces[at][0]
            del pieces[at:]
        if piece == opener:
            opened.append(len(pieces))
        pieces.append((start, end, piece))
    return [edit for edit in pieces if text[edit[0] : edit[1]] != edit[2]]


def _shorten_runs(draft: _Draft) -> None:
    draft.apply([(match.start() + 2, match.end(), match[1]) for match in _RUN.finditer(draft.text)])


def _squeeze_space(draft: _Draft) -> None:
    draft.apply([(*match.span(), "\n" if "\n" in match[0] else " ") for match in _SPACES.finditer(draft.text)])
