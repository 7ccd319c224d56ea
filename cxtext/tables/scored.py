"""From an annotated batch to the records and the table that users see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxtext.schema import SCORED_COLUMNS, Analysis, Cause, Churn, CommentBatch, Route, scored_schema

if TYPE_CHECKING:
    import pyarrow as pa


def analysis_of(batch: CommentBatch, row: int) -> Analysis:
    """The record of one comment; columns that no annotator filled are None or empty."""
    text = batch.texts[row]

    def value(name: str, missing: Any = None) -> Any:  # noqa: ANN401 - a cell of any column
        return batch[name][row] if name in batch and batch[name][row] is not None else missing

    churn, owner = value("churn"), value("owner")
    return Analysis(
        text=text,
        language=value("language", "other"),
        meaningful=value("meaningful", True),
        sentiment=value("sentiment"),
        sentiment_score=value("sentiment_score"),
        causes=tuple(Cause(**cause, evidence=text[cause["start"] : cause["end"]]) for cause in value("causes", ())),
        churn=None if churn is None else Churn(churn, value("churn_risk")),
        advocate=value("advocate"),
        intents=tuple(value("intents", ())),
        stage=value("stage"),
        follow_up=value("follow_up", False),
        route=None if owner is None else Route(owner, value("owner_confidence")),
    )


def scored_table(batch: CommentBatch) -> pa.Table:
    """The columns of ``cxtext.schema.scored_schema()``; a column that no annotator filled is all null."""
    import pyarrow as pa

    schema = scored_schema()
    columns = {name: batch[name] if name in batch else [None] * len(batch) for name in SCORED_COLUMNS if name != "root_cause"}
    columns["root_cause"] = [causes[0]["id"] if causes else None for causes in columns["causes"]]
    return pa.Table.from_arrays([pa.array(columns[name], type=schema.field(name).type) for name in SCORED_COLUMNS], schema=schema)
