"""Write a trained network as a model folder: int8 feature vectors, float16 heads, json."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from labels import LABELS

from cxtext.model import save_model
from cxtext.taxonomy import load_taxonomy

TRIAGE_BELOW = 0.3
"""Under this confidence an owner is right less than once in four (dev)."""


def export(
    folder: Path, version: str, tokenizer: str, vectors: np.ndarray, network: Mapping[str, np.ndarray], calibrations: Mapping[str, dict]
) -> None:
    """Write the folder.

    Args:
        folder: Where to.
        version: Version of the model.
        tokenizer: Content of ``tokenizer.json``.
        vectors: One vector a feature.
        network: State of ``student.Student`` as arrays, and ``agreement``; weights have their outputs first.
        calibrations: Head name to the settings of its calibration.
    """
    quantised, scales = quantise(vectors)
    save_model(
        folder,
        config={
            "name": "default",
            "version": version,
            "taxonomy_version": load_taxonomy().version,
            "labels": {head: list(names) for head, names in LABELS.items()},
            "calibrations": dict(calibrations),
            "triage_below": TRIAGE_BELOW,
            "figures": {},
        },
        tokenizer=tokenizer,
        encoder={"table": quantised, "scales": scales},
        heads={name: np.ascontiguousarray(half(name, values)) for name, values in network.items()},
    )


def quantise(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vectors as int8 with one float16 scale a row."""
    scales = np.maximum(np.abs(vectors).max(1, keepdims=True) / 127, 1e-4).astype(np.float16)
    return np.clip(np.round(vectors / scales.astype(np.float32)), -127, 127).astype(np.int8), scales


def half(name: str, values: np.ndarray) -> np.ndarray:
    """A weight matrix with its inputs first, in float16."""
    return (values.T if name.endswith(".weight") else values).astype(np.float16)
