"""The model folder: one encoder, its heads, their thresholds, and hashes that prove the files are whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxtext.errors import ModelError

if TYPE_CHECKING:
    from cxtext.classifiers import Heads
    from cxtext.encoders import StaticEncoder
    from cxtext.taxonomy import Taxonomy

FORMAT = 1
"""Version of the folder's layout; a folder of a newer layout is refused."""

CONFIG, TOKENIZER, ENCODER, HEADS = "config.json", "tokenizer.json", "encoder.safetensors", "heads.safetensors"


@dataclass(frozen=True)
class Model:
    """A loaded model; it pickles as its folder's path.

    Attributes:
        folder: Where it was read from.
        config: The content of ``config.json``: ``version``, ``labels``, ``calibrations``, ``triage_below``, ``figures``, ``files``.
        encoder: Text to vectors.
        heads: Vectors to labels.
        taxonomy: The causes and owners that the labels name.
    """

    folder: Path
    config: Mapping[str, Any]
    encoder: StaticEncoder = field(repr=False)
    heads: Heads = field(repr=False)
    taxonomy: Taxonomy = field(repr=False)

    def __reduce__(self) -> tuple[Callable[[Path], Model], tuple[Path]]:
        return load_model, (self.folder,)


def default_folder() -> Path:
    """Where the built-in model lies: in the installed package, or in the checkout beside it."""
    package = Path(__file__).resolve().parent
    installed = package / "_models" / "default"
    return installed if installed.is_dir() else package.parent / "models" / "default"


def load_model(folder: Path | str | None = None) -> Model:
    """Read a model folder and verify its hashes.

    Args:
        folder: The folder; the built-in model if not given.

    Raises:
        ModelError: If the folder or a file is missing, damaged or of a newer layout; the message names it.
    """
    import numpy as np
    from safetensors.numpy import load
    from tokenizers import Tokenizer

    from cxtext.classifiers import Calibration, Heads, Network
    from cxtext.encoders import StaticEncoder
    from cxtext.taxonomy import load_taxonomy

    path = default_folder() if folder is None else Path(folder)
    config = _read_config(path)
    content = {name: _verified(path / name, digest) for name, digest in config["files"].items()}
    try:
        tensors = load(content[ENCODER])
        table = tensors["table"].astype(np.float32) * tensors["scales"].astype(np.float32)
        encoder = StaticEncoder(Tokenizer.from_buffer(content[TOKENIZER]), table)
        network = Network({name: weights.astype(np.float32) for name, weights in load(content[HEADS]).items()})
        calibrations = {head: Calibration.from_dict(values) for head, values in config["calibrations"].items()}
        heads = Heads(network, calibrations, {head: tuple(names) for head, names in config["labels"].items()})
    except (KeyError, ValueError) as error:
        raise ModelError(f"{path / CONFIG}: the model does not fit together: {error!r}; restore the folder or reinstall cxtext") from error
    return Model(path, config, encoder, heads, load_taxonomy())


def save_model(
    folder: Path | str,
    *,
    config: Mapping[str, Any],
    tokenizer: str,
    encoder: Mapping[str, Any],
    heads: Mapping[str, Any],
) -> None:
    """Write a model folder.

    Args:
        folder: Made if it is not there; files of the same names are replaced.
        config: ``name``, ``version``, ``labels``, ``calibrations``, ``triage_below``, ``figures``; layout and hashes are added.
        tokenizer: Content of ``tokenizer.json``.
        encoder: ``table`` (int8) and ``scales`` (float16, one a row), NumPy arrays.
        heads: The network's weights, NumPy arrays.
    """
    from safetensors.numpy import save

    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    content = {TOKENIZER: tokenizer.encode("utf-8"), ENCODER: save(dict(encoder)), HEADS: save(dict(heads))}
    for name, data in content.items():
        (path / name).write_bytes(data)
    files = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    text = json.dumps({"format": FORMAT, **config, "files": files}, ensure_ascii=False, indent=1)
    (path / CONFIG).write_text(text + "\n", encoding="utf-8")


def _read_config(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        raise ModelError(f"no model folder at {path}: give the path of a folder that holds {CONFIG}, or none for the built-in model")
    try:
        config = json.loads((path / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path / CONFIG} is missing: restore the folder or reinstall cxtext") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelError(f"{path / CONFIG} is damaged ({error}): restore the folder or reinstall cxtext") from error
    layout = config.get("format") if isinstance(config, dict) else None
    if not isinstance(layout, int) or layout > FORMAT:
        raise ModelError(f"{path / CONFIG} has layout {layout!r}, this cxtext reads up to {FORMAT}: update cxtext or use an older model")
    missing = {"files", "labels", "calibrations", "triage_below", "version"} - config.keys()
    if missing or {TOKENIZER, ENCODER, HEADS} - config["files"].keys():
        raise ModelError(f"{path / CONFIG} lacks {', '.join(sorted(missing)) or 'a file in files'}: restore the folder or reinstall cxtext")
    return dict(config)


def _verified(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} is missing or cannot be read ({error.strerror}): restore the folder or reinstall cxtext") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise ModelError(f"{path} is damaged: its content is not what {CONFIG} expects; restore the folder or reinstall cxtext")
    return data
