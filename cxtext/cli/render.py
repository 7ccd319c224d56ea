"""Turns results into text for a terminal: summaries, previews, and comments with their evidence marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cxtext.schema import Analysis, Cause

if TYPE_CHECKING:
    import pyarrow as pa

    from cxtext.batch.records import Chunk
    from cxtext.batch.summary import ScoreSummary

_COLOURS = {"negative": "\033[31m", "neutral": "\033[33m", "positive": "\033[32m"}
_PLAIN = "\033[0m"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_PREVIEW_CHARACTERS = 300


def printable(text: str) -> str:
    r"""Text without characters that steer a terminal; each becomes U+FFFD, so offsets stay.

    Example:
        >>> printable("ok\x1b[2J") == "ok\ufffd[2J"
        True
    """
    return _UNPRINTABLE.sub("\ufffd", text)


def marked_text(text: str, causes: Sequence[Cause], *, colour: bool = False) -> str:
    """A comment with its evidence in brackets, each followed by the numbers of its causes; in colours instead of brackets if wanted.

    Args:
        text: The comment.
        causes: Numbered from 1 in this order; overlapping evidence is marked as one stretch.
        colour: Red for criticised, green for praised, yellow else.

    Example:
        >>> late = Cause("fulfilment.delay", "negative", 0.9, 0, 12, "It came late")
        >>> marked_text("It came late again.", [late])
        '[It came late](1) again.'
    """
    pieces, position = [], 0
    for start, end, numbers in _stretches(causes):
        label = ",".join(map(str, numbers))
        inner = printable(text[start:end])
        polarity = causes[numbers[0] - 1].polarity
        marked = f"{_COLOURS[polarity]}{inner}{_PLAIN}({label})" if colour else f"[{inner}]({label})"
        pieces += [printable(text[position:start]), marked]
        position = end
    return "".join([*pieces, printable(text[position:])])


def analysis_text(analysis: Analysis, *, colour: bool = False) -> str:
    """One comment with everything that is said about it.

    Args:
        analysis: What the analyzer found.
        colour: Whether the terminal shows colours.
    """
    lines = [marked_text(analysis.text, analysis.causes, colour=colour), ""]
    lines.append(f"language   {analysis.language}")
    if not analysis.meaningful:
        lines.append("meaningful no: it says nothing that could be scored")
    if analysis.sentiment is not None:
        lines.append(f"sentiment  {analysis.sentiment}" + (f" ({analysis.sentiment_score:+.2f})" if analysis.sentiment_score is not None else ""))
    for number, cause in enumerate(analysis.causes, start=1):
        lines.append(f"{'causes' if number == 1 else '':<11}{number} {cause.id}, {cause.polarity}, {cause.confidence:.2f}: {_short(cause.evidence, 80)}")
    if analysis.churn is not None:
        lines.append(f"churn      {analysis.churn.label} (risk {analysis.churn.risk:.2f})")
    if analysis.advocate is not None:
        lines.append(f"advocate   {analysis.advocate:.2f}")
    if analysis.intents:
        lines.append(f"intents    {', '.join(analysis.intents)}")
    if analysis.stage is not None:
        lines.append(f"stage      {analysis.stage}")
    if analysis.meaningful:
        lines.append(f"follow up  {'yes' if analysis.follow_up else 'no'}")
    if analysis.route is not None:
        lines.append(f"owner      {analysis.route.owner} ({analysis.route.confidence:.2f})")
    return "\n".join(lines)


def summary_text(summary: ScoreSummary) -> str:
    """What a scored dump says, in a screenful.

    Args:
        summary: From `cxtext.batch.job.score_dump`.
    """
    speed = summary.rows / summary.seconds if summary.seconds else 0.0
    lines = [
        f"{summary.rows:,} rows ({summary.read_as}), comments in column {summary.text!r}: {summary.scored:,} scored, {summary.rejected:,} rejected, "
        f"{summary.not_meaningful:,} not meaningful; {summary.seconds:.1f} s, {speed:,.0f} rows/s",
        "",
        *(
            _counts(name, counter)
            for name, counter in (
                ("language", summary.languages),
                ("sentiment", summary.sentiments),
                ("churn", summary.churn),
                ("owner", summary.owners),
            )
            if counter
        ),
    ]
    causes = summary.top_causes()
    if causes:
        width = max(len("top causes"), *(len(cause) for cause, *_ in causes))
        lines += ["", f"{'top causes':<{width}}  {'rows':>9}  {'share':>5}  {'negative':>8}  usual owner"]
        for cause, rows, negative, owner in causes:
            lines.append(f"{cause:<{width}}  {rows:>9,}  {_percent(rows / summary.scored):>5}  {_percent(negative):>8}  {owner or '-'}")
    lines.append("")
    if summary.rejects is not None:
        reasons = "; ".join(f"{_short(reason, 100)} ({rows:,})" for reason, rows in summary.reasons.most_common(3))
        lines.append(f"rejected   {summary.rejects}: {reasons}")
    lines.append(f"written    {summary.output}")
    return "\n".join(lines)


def preview_text(chunk: Chunk, scored: pa.Table) -> str:
    """Scored rows to read, and the rejects among them.

    Args:
        chunk: The rows that were scored.
        scored: Their scored columns, without prefix.
    """
    rows = zip(chunk.row_numbers, chunk.texts, scored.to_pylist(), strict=True)
    blocks = [(number, _preview_row(number, text, row)) for number, text, row in rows]
    blocks += [(reject.row, f"\nrow {reject.row}  REJECTED: {reject.reason}\n  {_short(reject.raw)}") for reject in chunk.rejects]
    return "\n".join(block for _, block in sorted(blocks))


def _preview_row(number: int, text: str, row: dict[str, Any]) -> str:
    causes = ", ".join(f"{cause['id']} ({cause['polarity']})" for cause in row["causes"] or ()) or "-"
    facts = [row["language"], row["sentiment"] or ("not meaningful" if row["meaningful"] is False else "-"), f"causes: {causes}"]
    if row["churn"] is not None:
        facts.append(f"churn: {row['churn']}" + (f" {row['churn_risk']:.2f}" if row["churn_risk"] is not None else ""))
    if row["intents"]:
        facts.append(f"intents: {', '.join(row['intents'])}")
    if row["owner"] is not None:
        facts.append(f"owner: {row['owner']}")
    return f"\nrow {number}  {_short(text)}\n  " + " | ".join(facts)


def _stretches(causes: Sequence[Cause]) -> list[tuple[int, int, list[int]]]:
    """Evidence in the order of the text, overlapping spans merged: start, end, numbers of the causes."""
    merged: list[tuple[int, int, list[int]]] = []
    for number, cause in sorted(enumerate(causes, start=1), key=lambda pair: (pair[1].start, pair[0])):
        if cause.end <= cause.start:
            continue
        if merged and cause.start < merged[-1][1]:
            start, end, numbers = merged[-1]
            merged[-1] = (start, max(end, cause.end), sorted([*numbers, number]))
        else:
            merged.append((cause.start, cause.end, [number]))
    return merged


def _counts(name: str, counter: Counter[str]) -> str:
    total = sum(counter.values())
    return f"{name:<10} " + "   ".join(f"{label} {rows:,} ({_percent(rows / total)})" for label, rows in counter.most_common())


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _short(text: str, most: int = _PREVIEW_CHARACTERS) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= most else line[: most - 1] + "…"
