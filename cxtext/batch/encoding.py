"""Says which encoding a dump is in, from a sample of its bytes: a wrong guess turns every comment into noise.

Order: byte order mark, UTF-8, UTF-16 without a mark, then the legacy encoding whose text looks most like Chinese, Russian or
Western European writing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from functools import lru_cache

from cxtext.errors import OptionError

MARK = "\udcff"
"""Stands in decoded text for bytes that do not belong to the encoding; no valid text contains it."""

MARK_ERRORS = "cxtext.mark"
"""Name of the codec error handler that writes `MARK`."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CYRILLIC_ENCODINGS = ("cp1251", "koi8_r", "cp866")
_PLAUSIBLE = 0.5
_ENOUGH_TO_GUESS = 20
_ALL_ASCII = re.compile(r"[\x00-\x7f]+")
_CYRILLIC = re.compile("[а-яёА-ЯЁ]")
_FREQUENT_CYRILLIC = re.compile("[оеаинтсрвлОЕАИНТСРВЛ]")
_BROKEN_CASE = re.compile("(?<=[а-яё])[А-ЯЁ]")
_TWO_SCRIPTS = re.compile("(?<=[a-zA-Z])[а-яёА-ЯЁ]|[а-яёА-ЯЁ](?=[a-zA-Z])")
_WESTERN = re.compile("(?<=[a-zA-Z])[à-öø-ÿß]|[À-ÖØ-öø-ÿ](?=[a-z])|[‘’“”–—…•€™£©®«»°´]")
_CJK_PUNCTUATION = re.compile("[\u3000-\u3011\uff01-\uff5e—…“”‘’·]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def checked_encoding(name: str) -> str:
    """The canonical name of an encoding that the user asks for.

    Args:
        name: Any name or alias that Python knows, for instance ``"windows-1251"``.

    Returns:
        The name as Python's codecs spell it; ``utf-8`` becomes ``utf-8-sig``, which reads files with and without a byte order mark.

    Raises:
        OptionError: If there is no such text encoding.

    Example:
        >>> checked_encoding("windows-1251"), checked_encoding("UTF8")
        ('cp1251', 'utf-8-sig')
    """
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except LookupError:
        raise OptionError(f"unknown encoding {name!r}: use utf-8, utf-16, gb18030, windows-1251 or another name that Python knows") from None
    return "utf-8-sig" if found == "utf-8" else found


def detect_encoding(sample: bytes) -> str:
    """The encoding of a text file, from its first bytes.

    Args:
        sample: The start of the file, or the whole of it; may end inside a character.

    Returns:
        A Python codec name; ``"utf-8"`` when nothing fits better, so that rows that are not UTF-8 are rejected rather than guessed.

    Example:
        >>> detect_encoding("Доставка опоздала на три дня".encode("cp1251"))
        'cp1251'
        >>> detect_encoding("快递太慢了，等了一个星期".encode("gb18030")[:-1])
        'gb18030'
    """
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return name
    utf8 = decode_marked(sample, "utf-8")
    if MARK not in utf8 and len(_CONTROL.findall(utf8)) <= 0.2 * len(utf8):
        return "utf-8"
    if _foreign_count(utf8) > 4 * utf8.count(MARK) > 0:
        return "utf-8"
    return _wide_encoding(sample) or _legacy_encoding(sample)


def decode_marked(data: bytes, encoding: str, *, final: bool = False) -> str:
    r"""Decoded text with `MARK` for the bytes that do not belong to the encoding.

    Args:
        data: The bytes.
        encoding: A Python codec name.
        final: Whether the data end here; if not, a character that is cut at the end is left out.

    Example:
        >>> decode_marked(b"fine, \xff not", "utf-8").replace(MARK, "?")
        'fine, ? not'
    """
    register_mark()
    return codecs.getincrementaldecoder(encoding)(MARK_ERRORS).decode(data, final)


@lru_cache(maxsize=1)
def register_mark() -> None:
    """Make the error handler `MARK_ERRORS` known to Python's codecs; done once, when first needed."""

    def mark(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        return MARK, error.end

    codecs.register_error(MARK_ERRORS, mark)


def chinese_share(text: str) -> float:
    """Share of the non-ASCII characters that are frequent Chinese characters or Chinese punctuation, in [0, 1].

    "Frequent" means level 1 of GB 2312 (3,755 characters, about 99 % of running text; a random pair of bytes hits one in about one case of five).

    Example:
        >>> chinese_share("价格太高了。"), chinese_share("cafй")
        (1.0, 0.0)
    """
    foreign = _foreign(text)
    frequent = _frequent_hanzi()
    hits = sum(1 for char in foreign if char in frequent) + len(_CJK_PUNCTUATION.findall(foreign))
    return hits / max(1, len(foreign))


def russian_share(text: str) -> float:
    """How much the non-ASCII characters look like Russian words, in [0, 1].

    The share of Cyrillic letters, lowered when the ten most frequent letters of Russian (about 62 % of running text) are too rare, when capitals stand
    inside words, and when Latin and Cyrillic letters share a word, as they do when "café" is read as Windows-1251.

    Example:
        >>> russian_share("Курьер не приехал") > 0.9, russian_share("cafй") < 0.1
        (True, True)
    """
    foreign = _foreign(text)
    letters = len(_CYRILLIC.findall(foreign))
    if not letters:
        return 0.0
    fit = min(1.0, len(_FREQUENT_CYRILLIC.findall(foreign)) / letters / 0.45)
    broken = min(1.0, 4 * len(_BROKEN_CASE.findall(text)) / letters)
    mixed = min(1.0, 2 * len(_TWO_SCRIPTS.findall(text)) / letters)
    return letters / len(foreign) * fit * (1 - broken) * (1 - mixed)


def western_share(text: str) -> float:
    """Share of the non-ASCII characters that are accented letters beside Latin ones or typographic punctuation, in [0, 1].

    Example:
        >>> western_share("It’s a très nice café"), western_share("Êóðüåð")
        (1.0, 0.0)
    """
    return len(_WESTERN.findall(text)) / max(1, len(_foreign(text)))


def _legacy_encoding(sample: bytes) -> str:
    chinese = decode_marked(sample, "gb18030")
    candidates: Iterable[tuple[float, str]] = (
        (western_share(decode_marked(sample, "cp1252")), "cp1252"),
        (max(chinese_share(chinese), russian_share(chinese)), "gb18030"),
        *((russian_share(decode_marked(sample, name)), name) for name in _CYRILLIC_ENCODINGS),
    )
    share, best = max(candidates, key=lambda candidate: candidate[0])
    if share >= _PLAUSIBLE:
        return best
    return _guess(sample) or (best if share >= _PLAUSIBLE / 2 else "utf-8")


def _guess(sample: bytes) -> str | None:
    if sum(byte > 127 for byte in sample[:65536]) < _ENOUGH_TO_GUESS:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:65536]).best()
    return best.encoding if best else None


def _wide_encoding(sample: bytes) -> str | None:
    share, best = max((_wide_share(decode_marked(sample, name)), name) for name in ("utf-16-be", "utf-16-le"))
    return best if share >= _PLAUSIBLE else None


def _wide_share(text: str) -> float:
    if MARK in text:
        return 0.0
    ascii_share = 1 - len(_foreign(text)) / max(1, len(text))
    return max(ascii_share, chinese_share(text), russian_share(text), western_share(text))


def _foreign(text: str) -> str:
    return _ALL_ASCII.sub("", text)


def _foreign_count(text: str) -> int:
    return len(_foreign(text)) - text.count(MARK)


@lru_cache(maxsize=1)
def _frequent_hanzi() -> frozenset[str]:
    pairs = ((high, low) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF) if not (high == 0xD7 and low > 0xF9))
    return frozenset(bytes(pair).decode("gb2312") for pair in pairs)
