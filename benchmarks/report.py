"""What every benchmark keeps beside its figures (machine, date, commit, model), and how it writes them down."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.data import ROOT

RESULTS = ROOT / "benchmarks" / "results"


def about(cx: Any = None) -> dict[str, str]:  # noqa: ANN401 - an analyzer, or a test's fake of it
    """Date, commit, machine and, with an analyzer, its model's version and size."""
    found = {"date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), "commit": commit(), "machine": machine()}
    if cx is not None:
        model = getattr(cx, "model", None)
        found["model"] = str((getattr(model, "config", None) or {}).get("version", "unknown"))
        folder = getattr(model, "folder", None)
        if folder is not None:
            weights, size = model_size(Path(folder))
            found["model size"] = f"{weights / 1e6:.1f} million weights, {size / 1e6:.1f} MB on disk"
    return found


def machine() -> str:
    """Processor, usable cores, memory, system and Python, in one line."""
    return f"{_processor()}, {usable_cores()} cores, {_memory()}, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def commit() -> str:
    """The commit of the working tree, with ``+`` if files differ from it; ``unknown`` outside git."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain", "--", "cxtext", "models") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def model_size(folder: Path) -> tuple[int, int]:
    """Weights in the folder's safetensors files, and bytes of all its files."""
    from safetensors import safe_open

    weights = 0
    for path in sorted(folder.rglob("*.safetensors")):
        with safe_open(path, framework="numpy") as tensors:
            weights += sum(math.prod(tensors.get_slice(name).get_shape()) for name in tensors.keys())  # noqa: SIM118 - not a mapping
    return weights, sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table that also reads well as plain text: first column to the left, the others to the right.

    Example:
        >>> print(table(["a", "b"], [["x", "1.0"]]))
        | a |   b |
        |:--|----:|
        | x | 1.0 |
    """
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = [
        "| " + " | ".join(cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(zip(row, widths, strict=True))) + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (width + 1) + ":" if column else ":" + "-" * (width + 1) for column, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def number(value: float | None, digits: int = 3) -> str:
    """A figure for a table; a dash where there is none.

    Example:
        >>> number(0.5), number(None)
        ('0.500', '-')
    """
    return "-" if value is None or math.isnan(value) else f"{value:.{digits}f}"


def bullets(facts: Mapping[str, str]) -> str:
    """Facts as a Markdown list."""
    return "\n".join(f"- {name}: {fact}" for name, fact in facts.items())


def write(folder: Path, name: str, markdown: str, figures: Mapping[str, Any]) -> None:
    """Write ``name.md`` and ``name.json`` to the results folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(markdown.rstrip() + "\n", encoding="utf-8")
    (folder / f"{name}.json").write_text(json.dumps(_plain(figures), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:  # noqa: ANN401 - any tree of figures
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(float(value), 5)
    return value


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor() or "unknown processor")


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    except (AttributeError, ValueError, OSError):
        return "unknown memory"
