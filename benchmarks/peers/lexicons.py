"""Ready-made sentiment tools (VADER and TextBlob for English, SnowNLP for Chinese), mapped to the four classes with cuts tuned on dev."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import metrics
from benchmarks.data import Split
from benchmarks.scoring import Predictions

Scores = NDArray[np.float64]
"""What a tool says of each text: column 0 its polarity, column 1 what may tell mixed from neutral."""

_STEPS = 24
_STEPS_MIXED = 12


@dataclass(frozen=True)
class Cuts:
    """From scores to classes: up to ``low`` negative, from ``high`` on positive; between them mixed or neutral.

    Attributes:
        low: Highest polarity of a negative comment.
        high: Lowest polarity of a positive one.
        mixed: Where the second score parts mixed from neutral.
        upwards: Whether a comment is mixed above that point, or below.
    """

    low: float
    high: float
    mixed: float
    upwards: bool

    def classify(self, scores: Scores) -> list[str]:
        """The class of each row."""
        beyond = scores[:, 1] >= self.mixed if self.upwards else scores[:, 1] < self.mixed
        middle = np.where(beyond, "mixed", "neutral")
        return [str(name) for name in np.where(scores[:, 0] <= self.low, "negative", np.where(scores[:, 0] >= self.high, "positive", middle))]


def tune_cuts(scores: Scores, gold: list[str]) -> Cuts:
    """The cuts with the best macro-F1 of the four classes, out of a grid of the scores' quantiles.

    Args:
        scores: As a tool gives them, on dev.
        gold: The people's sentiment.
    """
    edges = np.unique(np.quantile(scores[:, 0], np.linspace(0, 1, _STEPS)))
    parts = np.unique(np.quantile(scores[:, 1], np.linspace(0, 1, _STEPS_MIXED)))
    names = np.unique(gold)
    truth = np.array(gold)[:, None] == names
    best = (-1.0, Cuts(0.0, 0.0, 0.0, True))
    for low in edges:
        for high in edges[edges >= low]:
            for mixed, upwards in ((part, upwards) for part in parts for upwards in (True, False)):
                cuts = Cuts(float(low), float(high), float(mixed), upwards)
                said = np.array(cuts.classify(scores))[:, None] == names
                score = float(np.mean(2 * (said & truth).sum(axis=0) / (said.sum(axis=0) + truth.sum(axis=0))))
                best = max(best, (score, cuts), key=lambda each: each[0])
    return best[1]


def vader(texts: list[str]) -> Scores:
    """VADER's compound score, and the smaller of its shares of good and bad words."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    scorer = SentimentIntensityAnalyzer()
    found = [scorer.polarity_scores(text) for text in texts]
    return np.array([(each["compound"], min(each["pos"], each["neg"])) for each in found])


def textblob(texts: list[str]) -> Scores:
    """TextBlob's polarity and subjectivity."""
    from textblob import TextBlob

    return np.array([tuple(TextBlob(text).sentiment) for text in texts])


def snownlp(texts: list[str]) -> Scores:
    """SnowNLP's probability of a good review; it has nothing else that could tell mixed from neutral."""
    from snownlp import SnowNLP

    found = [SnowNLP(text).sentiments if text.strip() else 0.5 for text in texts]
    return np.array([(each, each) for each in found])


TOOLS: dict[str, tuple[str, str, Callable[[list[str]], Scores]]] = {
    "vader": ("VADER", "en", vader),
    "textblob": ("TextBlob", "en", textblob),
    "snownlp": ("SnowNLP", "zh", snownlp),
}
"""Name of the option to name in the tables, language, and scores of texts."""


def run(tool: str, dev: Split, asked: dict[str, Split]) -> tuple[dict[str, Predictions], dict[str, Any]]:
    """Tune on ``dev``, answer the splits asked for (which must be in the tool's language).

    Args:
        tool: A key of :data:`TOOLS`.
        dev: Comments to tune on.
        asked: Split name to comments.

    Returns:
        Split name to predictions; and notes for the report.
    """
    system, language, score = TOOLS[tool]
    tuning = dev.of_language(language)
    scores = score(tuning.texts)
    cuts = tune_cuts(scores, tuning.labels.sentiment)
    reached = metrics.class_macro_f1(tuning.labels.sentiment, cuts.classify(scores))
    mixed = f"mixed between them {'above' if cuts.upwards else 'below'} {cuts.mixed:.2f}"
    notes = {system: f"negative up to {cuts.low:.2f}, positive from {cuts.high:.2f}, {mixed} (macro-F1 {reached:.3f} on dev)"}
    return {name: Predictions(system, sentiment=cuts.classify(score(split.texts))) for name, split in asked.items()}, notes
