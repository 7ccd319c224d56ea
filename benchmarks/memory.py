"""How much memory a dump of any size takes: two million rows through the real command line, watched from outside.

Run ``python -m benchmarks.memory [--rows 2000000]``.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.data import ROOT
from benchmarks.report import RESULTS, about, bullets, number, table, write

MOST_MEGABYTES = 1200.0
SEED = 20
EXAMPLES = ROOT / "examples" / "feedback.csv"
CXTEXT = [sys.executable, "-m", "cxtext.cli"]
_LONG_ENOUGH = 20


@dataclass(frozen=True)
class Sample:
    """Memory of a process and its children at a moment: seconds since its start, megabytes."""

    seconds: float
    megabytes: float


def main(argv: Sequence[str] | None = None) -> int:
    """Write the dump, score it, print the table, and keep it."""
    options = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        dump, output = Path(scratch, "dump.csv.gz"), Path(scratch, "scored.parquet")
        print(f"writing {options.rows:,} rows ...", file=sys.stderr, flush=True)
        write_dump(dump, options.rows)
        command = [*CXTEXT, "score", str(dump), "-o", str(output), "--quiet"]
        samples = watch(command + (["--model", str(options.model.resolve())] if options.model else []), every=options.every)
        facts = {"dump": f"{options.rows:,} rows of {EXAMPLES.relative_to(ROOT)}, shuffled and made unique; {dump.stat().st_size / 1e6:.0f} MB as csv.gz"}
        result: dict[str, Any] = {
            "about": about() | facts,
            "figures": summarise(samples, options.rows) | _rows_out(output),
            "samples": [vars(each) for each in samples],
        }
    markdown = render(result)
    print(markdown)
    write(options.output, "memory", markdown, result)
    print(f"\nwritten: {options.output / 'memory.md'}", file=sys.stderr)
    figures = result["figures"]
    return 0 if figures["rows_scored"] + figures["rows_rejected"] == options.rows else 1


def write_dump(path: Path, rows: int, *, source: Path = EXAMPLES) -> None:
    """A dump of any size: the sample's rows over and over, each time in another order, each long comment with a number of its own.

    Args:
        path: The csv.gz file to write.
        rows: How many.
        source: The sample dump.
    """
    with source.open(encoding="utf-8", newline="") as lines:
        header, *sample = list(csv.reader(lines))
    comment, identity = header.index("comment"), header.index("id")
    shuffler = random.Random(SEED)
    with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as packed:
        writer = csv.writer(packed)
        writer.writerow(header)
        for place in range(rows):
            if place % len(sample) == 0:
                shuffler.shuffle(sample)
            row = list(sample[place % len(sample)])
            row[identity] = f"R{place}"
            if len(row[comment]) >= _LONG_ENOUGH:
                row[comment] += f" #{place}"
            writer.writerow(row)


def watch(command: Sequence[str], *, every: float = 1.0) -> list[Sample]:
    """Run a command and sample the memory of it and its children until it ends.

    Args:
        command: Program and arguments, run in the repository.
        every: Seconds between samples.

    Returns:
        At least one sample; the last has the time at which the command ended.

    Raises:
        SystemExit: If the command fails.
    """
    import psutil

    started = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said)
        process = psutil.Process(running.pid)
        samples = [Sample(0.0, _megabytes(process))]
        while True:
            try:
                running.wait(timeout=every)
                break
            except subprocess.TimeoutExpired:
                samples.append(Sample(time.perf_counter() - started, _megabytes(process)))
                print(f"\r{samples[-1].seconds:6.0f} s  {samples[-1].megabytes:6.0f} MB", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        if running.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command[1:4])} ended with {running.returncode}: {said.read().strip()[-500:]}")
    return [*samples, Sample(time.perf_counter() - started, samples[-1].megabytes)]


def summarise(samples: Sequence[Sample], rows: int) -> dict[str, float]:
    """Seconds, rows a second, peak and final memory, and how it grows in the second half of the run.

    Args:
        samples: In order of time; the last one marks the end.
        rows: How many were scored.
    """
    end = max(samples[-1].seconds, 1e-9)
    late = [each for each in samples if each.seconds >= end / 2]
    mean_seconds = sum(each.seconds for each in late) / len(late)
    mean_megabytes = sum(each.megabytes for each in late) / len(late)
    spread = sum((each.seconds - mean_seconds) ** 2 for each in late)
    slope = sum((each.seconds - mean_seconds) * (each.megabytes - mean_megabytes) for each in late) / spread if spread else 0.0
    return {
        "rows": float(rows),
        "seconds": end,
        "rows_per_second": rows / end,
        "peak_megabytes": max(each.megabytes for each in samples),
        "final_megabytes": samples[-1].megabytes,
        "growth_megabytes_per_million_rows": slope * end / rows * 1e6 if rows else 0.0,
    }


def render(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    figures = result["figures"]
    rows = [
        ["rows in", f"{figures['rows']:,.0f}"],
        ["rows scored", f"{figures['rows_scored']:,.0f}"],
        ["rows rejected", f"{figures['rows_rejected']:,.0f}"],
        ["seconds", number(figures["seconds"], 0)],
        ["rows/s", f"{figures['rows_per_second']:,.0f}"],
        ["peak memory, MB", number(figures["peak_megabytes"], 0)],
        ["final memory, MB", number(figures["final_megabytes"], 0)],
        ["growth in the second half, MB per million rows", number(figures["growth_megabytes_per_million_rows"], 1)],
        [f"under {MOST_MEGABYTES:,.0f} MB", "yes" if figures["peak_megabytes"] < MOST_MEGABYTES else "NO"],
    ]
    return "\n\n".join(["# Memory", bullets(result["about"]), table(["cxtext score, resident memory once a second", "figure"], rows)])


def _megabytes(process: Any) -> float:  # noqa: ANN401 - a psutil.Process, imported late
    import psutil

    total = 0
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6


def _rows_out(output: Path) -> dict[str, float]:
    import pyarrow.parquet as pq

    rejects = output.with_name(f"{output.stem}.rejects.csv")
    rejected = 0
    if rejects.is_file():
        with rejects.open(encoding="utf-8-sig", newline="") as lines:
            rejected = sum(1 for _ in csv.reader(lines)) - 1
    return {"rows_scored": float(pq.read_metadata(output).num_rows), "rows_rejected": float(max(0, rejected))}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description="How much memory a dump of any size takes.")
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the dump (default: 2000000)")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between samples (default: 1)")
    parser.add_argument("--model", type=Path, metavar="DIR", help="model folder (default: the built-in model)")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where the dump and its table are written for the time being (default: the system's)")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS, metavar="DIR", help="where to keep the table (default: benchmarks/results)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
