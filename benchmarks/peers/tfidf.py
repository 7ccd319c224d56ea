"""tf-idf of words and characters with logistic regression: one model a language, trained on the same labels as the model that ships."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.data import LANGUAGES, Split
from benchmarks.peers.linear import LinearPeer, merge
from benchmarks.scoring import Predictions

STRENGTH = 4.0
SYSTEM = "tf-idf + LR"


def vectorizer(language: str) -> Any:  # noqa: ANN401 - a scikit-learn transformer
    """Words (1-2) and characters within words (2-5); characters (1-4) for Chinese."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    if language == "zh":
        return TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True, min_df=2)
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3)
    return FeatureUnion([("words", words), ("characters", characters)])


def run(train: Split, dev: Split, asked: dict[str, Split], causes: tuple[str, ...], owners: tuple[str, ...]) -> tuple[dict[str, Predictions], dict[str, str]]:
    """Train on ``train``, tune on ``dev``, answer the splits asked for.

    Returns:
        Split name to predictions; and notes for the report: the peer's size, and what dev chose.
    """
    parts: dict[str, list[tuple[Sequence[int], Predictions]]] = {name: [] for name in asked}
    notes: dict[str, str] = {}
    weights = 0
    for language in LANGUAGES:
        ours, tuning = train.of_language(language), dev.of_language(language)
        if not any(language in split.language for split in asked.values()):
            continue
        features = vectorizer(language)
        peer = LinearPeer(causes, owners, STRENGTH).fit(features.fit_transform(ours.texts), ours.labels, features.transform(tuning.texts), tuning.labels)
        columns, outputs = peer.size
        weights += columns * outputs
        choices = ", ".join(f"{head}: {choice}" for head, choice in peer.choices.items())
        notes[f"{SYSTEM}, {language}"] = f"{len(ours):,} comments, {columns:,} features x {outputs} outputs; {choices}"
        for name, split in asked.items():
            rows = [row for row, found in enumerate(split.language) if found == language]
            if rows:
                parts[name].append((rows, peer.predict(features.transform([split.texts[row] for row in rows]), SYSTEM)))
    notes[f"{SYSTEM}, size"] = f"{weights / 1e6:.1f} million weights ({weights * 4 / 1e6:.0f} MB as float32)"
    return {name: merge(found, len(asked[name]), SYSTEM) for name, found in parts.items()}, notes
