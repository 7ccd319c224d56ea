"""Reads the word lists beside the code: text that a person edits lives in ``data/*.txt``, not in Python."""

from __future__ import annotations

from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data")


@cache
def read_sections(name: str) -> dict[str, tuple[str, ...]]:
    """The sections of one word list: ``[section]`` headings, then phrases separated by commas or line ends.

    A line that begins with ``#`` is a remark; sections of the same name are joined; the file is read once.

    Args:
        name: File name in ``data/`` without ``.txt``.

    Returns:
        Section name to its phrases, in the order of the file.

    Example:
        >>> "но" in read_sections("conjunctions")["ru"]
        True
    """
    sections: dict[str, list[str]] = {}
    phrases: list[str] = []
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            phrases = sections.setdefault(line[1:-1], [])
        elif not line.startswith("#"):
            phrases.extend(phrase.strip() for phrase in line.split(",") if phrase.strip())
    return {section: tuple(words) for section, words in sections.items()}
