"""Counts what a scored dump says while it streams by: no row is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class ScoreSummary:
    """What came in, what came out, and what it says.

    Attributes:
        text: The text column.
        read_as: What the file was taken for.
        output: The scored table; None for a preview.
        rejects: The rejects file; None if there are no rejects.
        rows: Data rows read.
        scored: Rows in the scored table.
        rejected: Rows in the rejects file.
        seconds: Wall time of reading, scoring and writing.
        not_meaningful: Scored rows that say nothing ("n/a", empty).
        languages: Rows by language.
        sentiments: Meaningful rows by sentiment.
        owners: Meaningful rows by owner.
        churn: Meaningful rows by churn label.
        causes: Rows by cause; a row counts once a cause.
        causes_negative: Of these, rows in which the cause is criticised.
        cause_owners: Owners of the rows whose root cause this is, counted.
        reasons: Rejects by reason.
    """

    text: str = ""
    read_as: str = ""
    output: Path | None = None
    rejects: Path | None = None
    rows: int = 0
    scored: int = 0
    rejected: int = 0
    seconds: float = 0.0
    not_meaningful: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    sentiments: Counter[str] = field(default_factory=Counter)
    owners: Counter[str] = field(default_factory=Counter)
    churn: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    causes_negative: Counter[str] = field(default_factory=Counter)
    cause_owners: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)

    def top_causes(self, most: int = 10) -> list[tuple[str, int, float, str | None]]:
        """The most frequent causes: id, rows, share of these rows that criticise it, and the usual owner."""
        return [(cause, rows, self.causes_negative[cause] / rows, self._usual_owner(cause)) for cause, rows in self.causes.most_common(most)]

    def _usual_owner(self, cause: str) -> str | None:
        owners = self.cause_owners.get(cause)
        return owners.most_common(1)[0][0] if owners else None


def count_scored(summary: ScoreSummary, scored: pa.Table) -> None:
    """Add a scored table to a summary.

    Args:
        summary: Changed in place.
        scored: The columns of ``cxtext.schema.scored_schema()``, without prefix.
    """
    summary.scored += scored.num_rows
    meaningful = scored.column("meaningful").to_pylist()
    summary.not_meaningful += sum(value is False for value in meaningful)
    for counter, name in (
        (summary.languages, "language"),
        (summary.sentiments, "sentiment"),
        (summary.owners, "owner"),
        (summary.churn, "churn"),
    ):
        counter.update(value for value in scored.column(name).to_pylist() if value is not None)
    for causes in scored.column("causes").to_pylist():
        summary.causes.update(dict.fromkeys(cause["id"] for cause in causes or ()).keys())
        summary.causes_negative.update({cause["id"] for cause in causes or () if cause["polarity"] == "negative"})
    for cause, owner in zip(scored.column("root_cause").to_pylist(), scored.column("owner").to_pylist(), strict=True):
        if cause is not None and owner is not None:
            summary.cause_owners.setdefault(cause, Counter())[owner] += 1
