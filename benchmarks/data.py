"""The labelled comments that the benchmarks measure on, as columns."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "zh", "ru")
SHIPPED_LICENCES = ("permissive", "unstated", "own")
"""The licence classes that the model which ships may learn from."""

GENERAL = "general"
"""The cause of a comment that names none: it never stands beside another."""

NONE = "none"
"""How a missing stage and an owner of nobody are written."""


class DataMissing(SystemExit):
    """The labelled comments are not here; ends the program with a sentence that says what to do."""


@dataclass(frozen=True)
class Labels:
    """The labels of some comments, one entry a comment in each column; given by people, or by a model.

    Attributes:
        sentiment: One of ``cxtext.schema.SENTIMENTS``.
        causes: (id, polarity) pairs, strongest first.
        owner: Owner id, ``"none"`` for nobody.
        churn: One of ``cxtext.schema.CHURN_LABELS``.
        advocate: Whether the customer recommends or returns.
        intents: Any of ``cxtext.schema.INTENTS``.
        stage: One of ``cxtext.schema.STAGES`` or ``"none"``.
        follow_up: Whether the customer expects an answer.
    """

    sentiment: list[str]
    causes: list[list[tuple[str, str]]]
    owner: list[str]
    churn: list[str]
    advocate: list[bool]
    intents: list[tuple[str, ...]]
    stage: list[str]
    follow_up: list[bool]

    def take(self, rows: Sequence[int]) -> Labels:
        """The labels of some rows."""
        return Labels(**{field.name: [getattr(self, field.name)[row] for row in rows] for field in fields(self)})


@dataclass(frozen=True)
class Split:
    """Labelled comments.

    Attributes:
        texts: The comments.
        language: ``en``, ``zh`` or ``ru``, as the annotators say.
        source: The corpus that each comment comes from.
        licence: The licence class of that corpus.
        labels: What people said of the comments.
    """

    texts: list[str]
    language: list[str]
    source: list[str]
    licence: list[str]
    labels: Labels

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: Sequence[int]) -> Split:
        """Some rows."""
        columns = {name: [getattr(self, name)[row] for row in rows] for name in ("texts", "language", "source", "licence")}
        return Split(**columns, labels=self.labels.take(rows))

    def of_language(self, language: str) -> Split:
        """The comments in one language."""
        return self.take([row for row, found in enumerate(self.language) if found == language])


def data_folder(given: Path | str | None = None) -> Path:
    """The folder with ``labelled/``: the one given, that of the environment variable ``CXTEXT_SHARED``, or ``../shared/data`` beside the repository.

    Args:
        given: The folder, or the ``shared`` folder above it.

    Raises:
        DataMissing: If there are no labelled comments; the message says where they were looked for.
    """
    start = Path(given or os.environ.get("CXTEXT_SHARED") or ROOT.parent / "shared" / "data")
    for folder in (start, start / "data"):
        if (folder / "labelled" / "test.jsonl").is_file():
            return folder
    raise DataMissing(
        f"no labelled comments: {start / 'labelled' / 'test.jsonl'} is not there; "
        "they are not part of the repository: give their folder with --data DIR or in CXTEXT_SHARED"
    )


def read_split(folder: Path, *names: str, licences: Iterable[str] | None = None, limit: int | None = None) -> Split:
    """Labelled comments of one or more files.

    Args:
        folder: As :func:`data_folder` gives it.
        names: ``train``, ``own``, ``dev`` or ``test``.
        licences: Keep these licence classes only.
        limit: Keep the first rows of each file only.
    """
    rows: list[dict[str, Any]] = []
    for name in names:
        with (folder / "labelled" / f"{name}.jsonl").open(encoding="utf-8") as lines:
            found = [row for row in map(json.loads, lines) if licences is None or row["licence_class"] in licences]
        rows.extend(found[:limit])
    return Split(
        texts=[row["text"] for row in rows],
        language=[row["lang"] for row in rows],
        source=[row["source"] for row in rows],
        licence=[row["licence_class"] for row in rows],
        labels=Labels(
            sentiment=[row["sentiment"] for row in rows],
            causes=[[(cause["id"], cause["polarity"]) for cause in row["causes"]] for row in rows],
            owner=[row["owner"] for row in rows],
            churn=[row["churn"] for row in rows],
            advocate=[bool(row["advocate"]) for row in rows],
            intents=[tuple(row["intents"]) for row in rows],
            stage=[row["stage"] or NONE for row in rows],
            follow_up=[bool(row["follow_up"]) for row in rows],
        ),
    )
