"""The bars that the quality must clear on test, and whether it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.data import LANGUAGES
from benchmarks.report import number, table
from benchmarks.scoring import FIGURES

Tables = Mapping[str, Mapping[str, float]]
"""Language (or ``all``) to figures."""


@dataclass(frozen=True)
class Target:
    """What a figure must reach.

    Attributes:
        figure: Its name in :data:`benchmarks.scoring.FIGURES`.
        least: Language to the least value.
        lead: How far it must be ahead of tf-idf + LR in the same run.
        most: The greatest value, for errors; taken over all languages together.
    """

    figure: str
    least: Mapping[str, float] = field(default_factory=dict)
    lead: float | None = None
    most: float | None = None


TARGETS = (
    Target("causes_micro_f1", lead=0.02),
    Target("sentiment_macro_f1", {"en": 0.71, "zh": 0.72, "ru": 0.69}, lead=0.03),
    Target("owner_accuracy", {"en": 0.70, "zh": 0.75, "ru": 0.73}),
    Target("churn_macro_f1", {"en": 0.70, "zh": 0.73, "ru": 0.57}),
    Target("ece_sentiment", most=0.05),
    Target("ece_owner", most=0.05),
    Target("ece_churn", most=0.05),
)


def verdicts(ours: Tables, baseline: Tables | None) -> list[dict[str, object]]:
    """One entry a target and language: the value, the bar, and whether it is cleared (None where there is nothing to compare with).

    Args:
        ours: cxtext's figures.
        baseline: Those of tf-idf + LR in the same run.
    """
    found: list[dict[str, object]] = []
    for target in TARGETS:
        for language in ("all",) if target.most is not None else LANGUAGES:
            value = ours.get(language, {}).get(target.figure)
            if value is None:
                continue
            if target.most is not None:
                found.append(_verdict(target.figure, language, value, f"at most {target.most:.2f}", value <= target.most))
            if language in target.least:
                found.append(_verdict(target.figure, language, value, f"at least {target.least[language]:.2f}", value >= target.least[language]))
            if target.lead is not None:
                other = (baseline or {}).get(language, {}).get(target.figure)
                bar = f"tf-idf {number(other)} + {target.lead:.2f}"
                found.append(_verdict(target.figure, language, value, bar, None if other is None else value - other >= target.lead))
    return found


def verdict_table(found: list[dict[str, object]]) -> str:
    """The verdicts as a table."""
    titles = dict(FIGURES)
    words = {True: "yes", False: "NO", None: "not run"}
    rows = [[titles[str(each["figure"])], str(each["language"]), number(each["value"]), str(each["bar"]), words[each["cleared"]]] for each in found]  # type: ignore[arg-type, index]
    return table(["what it must show (test)", "language", "cxtext", "bar", "cleared"], rows)


def _verdict(figure: str, language: str, value: float, bar: str, cleared: bool | None) -> dict[str, object]:
    return {"figure": figure, "language": language, "value": value, "bar": bar, "cleared": cleared}
