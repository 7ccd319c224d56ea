"""Says which of the languages that cxtext reads a comment is in, by the share of its scripts and, within a script, by its common words."""

from __future__ import annotations

import re
from functools import cache
from string import punctuation

from cxtext.schema import Language
from cxtext.text.wordlists import read_sections

CLEAR_SHARE = 0.7
"""Share of the words from which one script decides alone."""

# Letters only: emoji, accents and typographic signs belong to no script; "foreign" are the scripts that no model here reads.
_RANGES = {
    "han": "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "cyrillic": "\u0400-\u052f",
    "latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "kana": "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f",
    "foreign": "\u0370-\u03ff\u0530-\u1cff\u2c00-\u2dff\u3105-\u312f\u3131-\u318e\ua000-\ua6ff\ua840-\uab2f\uab70-\ud7ff\ufb1d-\ufdfb"
    "\ufe70-\ufefc\uffa0-\uffdc",
}
_LETTERS_A_WORD = {"han": 2.0, "kana": 2.0, "cyrillic": 5.0, "latin": 4.5, "foreign": 4.0}
_ADDRESSES = re.compile(r"(?:https?://|www\.)[!-~]+|[@#]\w+|[\w.+-]{1,64}@[\w-]+\.[\w.-]+", re.ASCII)
_ADDRESS_SIGNS = ("@", "#", "://", "www.")
_NOT_RUSSIAN_LETTERS = re.compile("[\u0400\u0402-\u040f\u0450\u0452-\u052f]")
_RUSSIAN_LETTERS = re.compile("[ыэёЫЭЁ]")
_SIGNS = str.maketrans(dict.fromkeys(punctuation.replace("'", "") + "“”„«»…–—¿¡", " ") | {"’": "'"})


def detect_language(text: str) -> Language:
    """The language of a comment: ``en``, ``zh``, ``ru``, ``other`` for any other, ``mixed`` where two have real weight.

    Names of brands, products, links and user names in Latin letters do not make a Chinese or Russian comment mixed; one foreign word does not
    change the language of an English one. Latin text is English unless its words or accents speak for another language. Russian or Chinese
    written in Latin letters ("spasibo bolshoe", "hen hao chi") is ``other``: no model here has learnt to read it. A text without letters
    is ``other``.

    Args:
        text: A comment, best after ``normalise``.

    Example:
        >>> [detect_language(text) for text in ("great app", "iPhone 很好用", "Приложение Uber супер", "sehr gut", "10/10")]
        ['en', 'zh', 'ru', 'other', 'other']
    """
    if text.isascii() or not _letters("foreign", "han", "kana", "cyrillic").search(text):
        return _latin_language(text)
    if not _letters("foreign", "kana", "cyrillic", "latin").search(text):
        return "zh"
    if not _letters("foreign", "han", "kana", "latin").search(text):
        return _cyrillic_language(text)
    weights = _script_weights(text)
    latin = weights.pop("latin", 0.0)
    if latin and any(sign in text for sign in _ADDRESS_SIGNS):
        text = _ADDRESSES.sub(" ", text)
        latin = _script_weights(text).get("latin", 0.0)
    script = _main_script(weights)
    if script is None:
        return "mixed"
    latin_share = latin / (latin + sum(weights.values()))
    if latin_share <= 1 - CLEAR_SHARE:
        return _language_of(text, script)
    english = len(_english().intersection(_words(text)))
    if latin_share >= CLEAR_SHARE and (english or weights[script] < 1):
        return _latin_language(text)
    return "mixed" if english > 1 else _language_of(text, script)


@cache
def _letters(*scripts: str) -> re.Pattern[str]:
    """Runs of letters of these scripts; compiled when first asked for, since wide ranges take a millisecond each."""
    return re.compile(f"[{''.join(_RANGES[script] for script in scripts)}]+")


def _script_weights(text: str) -> dict[str, float]:
    """About how many words of the text are in each script, for those with any."""
    letters = {script: sum(map(len, _letters(script).findall(text))) for script in _RANGES}
    if letters["kana"] * 5 < letters["han"]:  # a decorative の in Chinese; Japanese has at least one in five
        letters["kana"] = 0
    elif letters["kana"]:
        letters["foreign"] += letters.pop("han") + letters.pop("kana")
    return {script: count / _LETTERS_A_WORD[script] for script, count in letters.items() if count}


def _main_script(weights: dict[str, float]) -> str | None:
    script = max(weights, key=weights.__getitem__)
    return script if weights[script] >= CLEAR_SHARE * sum(weights.values()) else None


def _language_of(text: str, script: str) -> Language:
    if script == "han":
        return "zh"
    return _cyrillic_language(text) if script == "cyrillic" else "other"


def _latin_language(text: str) -> Language:
    if not _letters("latin").search(text):
        return "other"
    words = _words(text)
    foreign = len(_not_english().intersection(words))
    if not text.isascii():
        foreign += len(_accented(words) - _loans() - _not_english() - _names(text))
    if not foreign or foreign * 5 < len(words):
        return "en"
    return "other" if foreign > len(_english_and_borrowed().intersection(words)) else "en"


def _cyrillic_language(text: str) -> Language:
    odd = len(_NOT_RUSSIAN_LETTERS.findall(text))
    if odd and odd * 50 > sum(map(len, _letters("cyrillic").findall(text))):
        return "other"
    if _RUSSIAN_LETTERS.search(text):
        return "ru"
    words = _words(text)
    foreign = len(_not_russian().intersection(words))
    return "other" if foreign and foreign > len(_russian().intersection(words)) else "ru"


def _words(text: str) -> set[str]:
    return set(text.lower().translate(_SIGNS).split())


def _accented(words: set[str]) -> set[str]:
    return {word for word in words if not word.isascii() and word.isalpha() and _letters("latin").match(word)}


def _names(text: str) -> set[str]:
    """Capitalised words: a name such as Zürich says nothing about the language."""
    return {word.lower() for word in text.translate(_SIGNS).split() if word.istitle()}


@cache
def _english() -> frozenset[str]:
    return frozenset(read_sections("languages")["en"])


@cache
def _english_and_borrowed() -> frozenset[str]:
    return _english().union(read_sections("languages")["en-borrowed"])


@cache
def _loans() -> frozenset[str]:
    return frozenset(read_sections("languages")["en-loans"])


@cache
def _russian() -> frozenset[str]:
    return frozenset(read_sections("languages")["ru"])


@cache
def _not_english() -> frozenset[str]:
    lists = (words for name, words in read_sections("languages").items() if name not in {"en", "en-borrowed", "en-loans"})
    return frozenset().union(*lists) - _english_and_borrowed()


@cache
def _not_russian() -> frozenset[str]:
    lists = (words for name, words in read_sections("languages").items() if name != "ru")
    return frozenset(word for word in frozenset().union(*lists) if _letters("cyrillic").match(word))
