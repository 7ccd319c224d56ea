"""Start-up and memory of cxtext, each measured in fresh processes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.data import ROOT

RUNS = 5
PEAK = "peak memory of score_texts, 20,000 comments, MB"
STARTUP_TARGETS = {"import cxtext, s": 0.2, "cxtext --help, s": 0.5, "load and first analyze, whole process, s": 2.0}
"""Name of a figure to the most that it may be."""

_IMPORT = "import time; t = time.perf_counter(); import cxtext; print(time.perf_counter() - t)"
_ANALYZE = "import sys, cxtext; cxtext.load(sys.argv[1] or None).analyze('The parcel came two weeks late and nobody answered.')"
_SCORE = """
import csv, re, sys
from itertools import cycle, islice
import cxtext
with open(sys.argv[2], encoding="utf-8", newline="") as lines:
    texts = list(islice(cycle([row["comment"] for row in csv.DictReader(lines)]), 20000))
cxtext.load(sys.argv[1] or None).score_texts(texts)
try:
    print(int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) * 1024)
except OSError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def start_up_figures(model: Path | None = None) -> dict[str, float]:
    """Seconds until cxtext is there, medians over fresh processes, and the peak memory of scoring the sample dump over and over.

    Args:
        model: Model folder; None for the built-in model.
    """
    folder = str(model.resolve()) if model else ""
    python = [sys.executable, "-c"]
    return {
        "python itself, s": _median_wall([*python, "pass"]),
        "import cxtext, s": statistics.median(float(output) for output, _ in _fresh([*python, _IMPORT], RUNS)),
        "cxtext --help, s": _median_wall([sys.executable, "-m", "cxtext.cli", "--help"]),
        "load and first analyze, whole process, s": _median_wall([*python, _ANALYZE, folder]),
        PEAK: float(_fresh([*python, _SCORE, folder, str(ROOT / "examples" / "feedback.csv")], 1)[0][0]) / 1e6,
    }


def _median_wall(command: Sequence[str]) -> float:
    return statistics.median(wall for _, wall in _fresh(command, RUNS))


def _fresh(command: Sequence[str], runs: int) -> list[tuple[str, float]]:
    """Output and seconds of each run, after one that fills the disk cache."""
    found = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        found.append((output.stdout, time.perf_counter() - started))
        if output.returncode:
            raise SystemExit(f"{' '.join(command[:3])} failed: {output.stderr.strip().splitlines()[-1] if output.stderr.strip() else output.returncode}")
    return found[1:]
