"""What a system says of comments, and the figures of all its heads against the people's labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import metrics
from benchmarks.data import GENERAL, NONE, Labels
from cxtext.schema import CHURN_LABELS, SENTIMENTS, TRIAGE

FIGURES: tuple[tuple[str, str], ...] = (
    ("causes_micro_f1", "causes micro-F1"),
    ("causes_low", "  95 % from"),
    ("causes_high", "  95 % to"),
    ("causes_macro_f1", "causes macro-F1"),
    ("causes_polarity_f1", "cause + polarity micro-F1"),
    ("primary_cause", "primary cause accuracy"),
    ("sentiment_macro_f1", "sentiment macro-F1"),
    ("sentiment_accuracy", "sentiment accuracy"),
    ("owner_accuracy", "owner accuracy (all rows)"),
    ("owner_coverage", "owner: share routed"),
    ("owner_routed_accuracy", "owner accuracy (routed)"),
    ("churn_macro_f1", "churn macro-F1"),
    ("churn_ap", "churn average precision"),
    ("stage_macro_f1", "stage macro-F1"),
    ("intents_micro_f1", "intents micro-F1"),
    ("intents_macro_f1", "intents macro-F1"),
    ("advocate_f1", "advocate F1"),
    ("follow_up_f1", "follow-up F1"),
    ("ece_sentiment", "ECE sentiment"),
    ("ece_owner", "ECE owner"),
    ("ece_churn", "ECE churn"),
    ("ece_causes", "ECE causes"),
)
"""Name and title of every figure, in the order of the table."""


@dataclass
class Predictions:
    """What a system says; a head that it lacks is None.

    Attributes:
        system: Its name.
        classes: Head to the names of the columns of its probabilities.
        probabilities: Head to an array of shape (rows, classes): some of ``sentiment``, ``causes``, ``owner``, ``churn``.
        routed: The owner as routed, ``"triage"`` where the system abstains.
    """

    system: str
    sentiment: list[str] | None = None
    causes: list[list[tuple[str, str]]] | None = None
    owner: list[str] | None = None
    routed: list[str] | None = None
    churn: list[str] | None = None
    advocate: list[bool] | None = None
    intents: list[tuple[str, ...]] | None = None
    stage: list[str] | None = None
    follow_up: list[bool] | None = None
    probabilities: dict[str, NDArray[Any]] = field(default_factory=dict)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def take(self, rows: Sequence[int]) -> Predictions:
        """What the system says of some rows."""
        heads = ("sentiment", "causes", "owner", "routed", "churn", "advocate", "intents", "stage", "follow_up")
        columns: dict[str, Any] = {name: None if (column := getattr(self, name)) is None else [column[row] for row in rows] for name in heads}
        return Predictions(self.system, **columns, probabilities={head: table[list(rows)] for head, table in self.probabilities.items()}, classes=self.classes)


def predict(cx: Any, texts: list[str], system: str = "cxtext") -> Predictions:  # noqa: ANN401 - an analyzer, or a test's fake of it
    """What cxtext says, from the table that users get; the owner of all rows is its head's likeliest.

    A comment that the model holds for meaningless has no labels; it counts as neutral, ``general``, nobody's and without churn, as the codebook has it.

    Args:
        cx: The analyzer.
        texts: The comments.
        system: Name in the tables.
    """
    table, probabilities = cx.score_texts(texts), cx.probabilities(texts)
    columns: dict[str, list[Any]] = {name: table.column(name).to_pylist() for name in table.column_names}
    owners = [str(getattr(owner, "id", owner)) for owner in cx.owners]
    classes = {"sentiment": SENTIMENTS, "causes": tuple(cx.taxonomy.cause_ids), "owner": tuple(owners), "churn": CHURN_LABELS}
    return Predictions(
        system,
        sentiment=[label or "neutral" for label in columns["sentiment"]],
        causes=[[(cause["id"], cause["polarity"]) for cause in causes or []] or [(GENERAL, "neutral")] for causes in columns["causes"]],
        owner=[
            owners[best] if meaningful else NONE
            for best, meaningful in zip(np.asarray(probabilities["owner"]).argmax(axis=1), columns["meaningful"], strict=True)
        ],
        routed=[owner or NONE for owner in columns["owner"]],
        churn=[label or "none" for label in columns["churn"]],
        advocate=[(share or 0.0) >= 0.5 for share in columns["advocate"]],
        intents=[tuple(intents or ()) for intents in columns["intents"]],
        stage=[stage or NONE for stage in columns["stage"]],
        follow_up=[bool(flag) for flag in columns["follow_up"]],
        probabilities={head: np.asarray(probabilities[head], dtype=float) for head in classes},
        classes=classes,
    )


def figures(gold: Labels, said: Predictions, *, interval: bool = True) -> dict[str, float]:
    """Every figure that the system's heads allow, by the names of :data:`FIGURES`.

    Args:
        gold: The people's labels.
        said: What the system says of the same rows.
        interval: Whether to bootstrap the interval of the causes, which takes a moment.
    """
    found: dict[str, float] = {}
    if said.causes is not None:
        found |= _cause_figures(gold.causes, said.causes, interval=interval)
    if said.sentiment is not None:
        found |= {"sentiment_macro_f1": metrics.class_macro_f1(gold.sentiment, said.sentiment)}
        found |= {"sentiment_accuracy": metrics.accuracy(gold.sentiment, said.sentiment)}
    if said.owner is not None:
        found |= {"owner_accuracy": metrics.accuracy(gold.owner, said.owner)}
    if said.routed is not None:
        found |= _routed_figures(gold.owner, said.routed)
    if said.churn is not None:
        found |= {"churn_macro_f1": metrics.class_macro_f1(gold.churn, said.churn)}
    if said.stage is not None:
        found |= {"stage_macro_f1": metrics.class_macro_f1(gold.stage, said.stage)}
    if said.intents is not None:
        found |= {"intents_micro_f1": metrics.micro_f1(gold.intents, said.intents), "intents_macro_f1": metrics.macro_f1(gold.intents, said.intents)}
    if said.advocate is not None:
        found |= {"advocate_f1": metrics.binary_f1(gold.advocate, said.advocate)}
    if said.follow_up is not None:
        found |= {"follow_up_f1": metrics.binary_f1(gold.follow_up, said.follow_up)}
    found |= _probability_figures(gold, said)
    return {name: found[name] for name, _ in FIGURES if name in found}


def cause_ids(causes: Sequence[Sequence[tuple[str, str]]]) -> list[set[str]]:
    """The ids of each row's causes, without polarity."""
    return [{cause for cause, _ in row} for row in causes]


def per_label(gold: Labels, said: Predictions) -> dict[str, dict[str, float]]:
    """F1 and number of rows of each label of the causes, the owner, the sentiment, churn, the stage and the intents."""
    pairs: dict[str, tuple[Any, Any]] = {
        "causes": (cause_ids(gold.causes), cause_ids(said.causes or [])),
        "intents": (gold.intents, said.intents),
        **{
            head: ([{label} for label in getattr(gold, head)], [{label} for label in getattr(said, head) or []])
            for head in ("sentiment", "owner", "churn", "stage")
        },
    }
    table: dict[str, dict[str, float]] = {}
    for head, (expected, found) in pairs.items():
        if found:
            table[head] = {str(label): value for label, value in metrics.label_f1s(expected, found).items()}
    return table


def _cause_figures(gold: list[list[tuple[str, str]]], said: list[list[tuple[str, str]]], *, interval: bool) -> dict[str, float]:
    expected, found = cause_ids(gold), cause_ids(said)
    table = {
        "causes_micro_f1": metrics.micro_f1(expected, found),
        "causes_macro_f1": metrics.macro_f1(expected, found),
        "causes_polarity_f1": metrics.micro_f1(gold, said),
        "primary_cause": metrics.accuracy([row[0][0] if row else GENERAL for row in gold], [row[0][0] if row else GENERAL for row in said]),
    }
    if interval:
        table["causes_low"], table["causes_high"] = metrics.micro_f1_interval(expected, found)
    return table


def _routed_figures(gold: list[str], routed: list[str]) -> dict[str, float]:
    kept = [(expected, found) for expected, found in zip(gold, routed, strict=True) if found != TRIAGE]
    return {
        "owner_coverage": len(kept) / len(gold) if gold else float("nan"),
        "owner_routed_accuracy": metrics.accuracy([expected for expected, _ in kept], [found for _, found in kept]),
    }


def _probability_figures(gold: Labels, said: Predictions) -> dict[str, float]:
    table: dict[str, float] = {}
    for head in ("sentiment", "owner", "churn"):
        if head in said.probabilities:
            table[f"ece_{head}"] = metrics.top_class_error(said.probabilities[head], getattr(gold, head), said.classes[head])
    if "churn" in said.probabilities:
        calm = said.classes["churn"].index("none")
        table["churn_ap"] = metrics.average_precision([label != "none" for label in gold.churn], 1 - said.probabilities["churn"][:, calm])
    if "causes" in said.probabilities:
        table["ece_causes"] = metrics.pooled_error(said.probabilities["causes"], [sorted(row) for row in cause_ids(gold.causes)], said.classes["causes"])
    return table
