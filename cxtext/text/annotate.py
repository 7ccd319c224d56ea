"""The door of the room: fills the text columns of a batch."""

from __future__ import annotations

from cxtext.schema import CommentBatch
from cxtext.text.language import detect_language
from cxtext.text.meaningful import is_meaningful
from cxtext.text.normalise import normalise


class TextAnnotator:
    """Cleans each comment, names its language and says whether it means anything.

    Example:
        >>> batch = CommentBatch(["Очень   вкусно", "n/a"])
        >>> TextAnnotator()(batch)
        >>> batch["normalised"][0].text, batch["language"], batch["meaningful"]
        ('Очень вкусно', ['ru', 'en'], [True, False])
    """

    name = "text"
    requires = ("text",)
    provides = ("normalised", "language", "meaningful")

    def __call__(self, batch: CommentBatch) -> None:
        """Fill ``normalised`` (``Normalised`` records), ``language`` and ``meaningful``."""
        normalised = [normalise(text) for text in batch]
        batch["normalised"] = normalised
        batch["language"] = [detect_language(row.text) for row in normalised]
        batch["meaningful"] = [is_meaningful(row.text) for row in normalised]
