"""How fast cxtext is: comments a second with all heads, its peers in the same run, start-up and memory.

Run ``python -m benchmarks.speed [--rows 20000] [--repeat 3]``.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.contestants import CEILING, OURS, Contestant, Run, contestants
from benchmarks.data import ROOT, DataMissing, data_folder, read_split
from benchmarks.report import RESULTS, about, bullets, number, table, usable_cores, write
from benchmarks.startup import STARTUP_TARGETS, start_up_figures

SEED = 20
LEAST_RATE = 5000.0
LEAST_SHARE = 1 / 3
EXAMPLES = ROOT / "examples" / "feedback.csv"


def main(argv: Sequence[str] | None = None, load: Callable[[Path | None], Any] | None = None) -> int:
    """Measure, print the table, and keep it.

    Args:
        argv: The arguments; those of the process if not given.
        load: Gives the analyzer for ``--model``; that of cxtext if not given.
    """
    options = _parser().parse_args(argv)
    _use_cores(options.cores)
    import cxtext

    start_up = {} if options.no_startup else start_up_figures(options.model)
    cx = (load or cxtext.load)(options.model)
    texts, origin = comments(options.rows, options.data)
    result: dict[str, Any] = {
        "about": about(cx) | {"cores used": str(usable_cores()), "comments": origin},
        **race(contestants(cx, texts, leave_out=options.leave_out), options.repeat),
        "start_up": start_up,
    }
    result["targets"] = verdicts(result)
    markdown = render(result)
    print(markdown)
    write(options.output, "speed", markdown, result)
    print(f"\nwritten: {options.output / 'speed.md'}, {options.output / 'speed.json'}", file=sys.stderr)
    return 0


def comments(rows: int, folder: Path | str | None = None) -> tuple[list[str], str]:
    """Real comments in the three languages, mixed by a fixed seed, and where they come from.

    Labelled train and dev comments; those of the sample dump where these are absent; repeated where there are too few.

    Args:
        rows: How many.
        folder: The data, as :func:`benchmarks.data.data_folder` takes it.
    """
    try:
        found = read_split(data_folder(folder), "train", "dev").texts
        origin = "labelled train and dev comments"
    except DataMissing as missing:
        with EXAMPLES.open(encoding="utf-8", newline="") as lines:
            found = [row["comment"] for row in csv.DictReader(lines)]
        origin = f"{EXAMPLES.relative_to(ROOT)} ({missing})"
    random.Random(SEED).shuffle(found)
    texts = list(islice(cycle(found), rows))
    length = statistics.fmean(map(len, texts))
    repeated = f"; {len(found):,} different ones, repeated" if rows > len(found) else ""
    return texts, f"{rows:,} of the {origin}, the languages mixed{repeated}; {length:.0f} characters on average"


def race(entries: Sequence[Contestant], repeat: int) -> dict[str, Any]:
    """Time the contestants in turn, ``repeat`` rounds, so that what else the machine does falls on all of them.

    Args:
        entries: Who runs.
        repeat: Rounds.

    Returns:
        ``systems``: name to rows, the rates of all rounds in comments a second, their median, and the medians of the ratios within a round
        (to the ceiling, and of cxtext to it); ``skipped``: name to reason.
    """
    runs: dict[str, tuple[Contestant, Run]] = {}
    skipped: dict[str, str] = {}
    for entry in entries:
        try:
            run = entry.prepare()
            run(entry.texts[:64])
            runs[entry.name] = entry, run
        except (ImportError, NotImplementedError) as error:
            skipped[entry.name] = str(error)
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for round_number in range(repeat):
        for name, (entry, run) in runs.items():
            print(f"round {round_number + 1}: {name}", file=sys.stderr, flush=True)
            started = time.perf_counter()
            run(entry.texts)
            rates[name].append(len(entry.texts) / (time.perf_counter() - started))
    systems = {
        name: {
            "rows": len(entry.texts),
            "note": entry.note,
            "rates": rates[name],
            "median": statistics.median(rates[name]),
            "of_ceiling": _ratio(rates[name], rates.get(CEILING)),
            "cxtext_times": _ratio(rates.get(OURS), rates[name]),
        }
        for name, (entry, _) in runs.items()
    }
    return {"systems": systems, "skipped": skipped}


def verdicts(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Each bar with the value and whether it is cleared."""
    found: list[dict[str, Any]] = []
    ours = result["systems"].get(OURS)
    if ours:
        found.append({"what": "comments/s, all heads", "value": ours["median"], "bar": LEAST_RATE, "cleared": ours["median"] >= LEAST_RATE})
        share = ours["of_ceiling"]
        if share is not None:
            found.append({"what": "share of the tokenizer's rate", "value": share, "bar": LEAST_SHARE, "cleared": share >= LEAST_SHARE})
    for name, most in STARTUP_TARGETS.items():
        if name in result["start_up"]:
            value = result["start_up"][name]
            found.append({"what": name, "value": value, "bar": most, "cleared": value <= most})
    return found


def render(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    rows = [
        [
            name,
            f"{each['rows']:,}",
            f"{each['median']:,.0f}",
            f"{min(each['rates']):,.0f} to {max(each['rates']):,.0f}",
            number(each["of_ceiling"]),
            "-" if each["cxtext_times"] is None else f"{each['cxtext_times']:,.2f} x",
            each["note"],
        ]
        for name, each in result["systems"].items()
    ]
    parts = ["# Speed", bullets(result["about"])]
    parts.append(table(["system", "rows", "comments/s", "lowest to highest", "of tokenizer", "cxtext does", "what it does"], rows))
    parts += [bullets({f"skipped, {name}": why for name, why in result["skipped"].items()})] if result["skipped"] else []
    if result["start_up"]:
        parts.append(table(["in a fresh process, median of 5", "figure"], [[name, number(value)] for name, value in result["start_up"].items()]))
    words = {True: "yes", False: "NO"}
    bars = [[each["what"], number(each["value"]), number(each["bar"]), words[each["cleared"]]] for each in result["targets"]]
    parts.append(table(["what it must show", "value", "bar", "cleared"], bars))
    parts.append("Rates are medians over rounds in which the systems take turns; ratios are medians of the ratios within a round.")
    return "\n\n".join(parts)


def _ratio(rates: list[float] | None, others: list[float] | None) -> float | None:
    return statistics.median(left / right for left, right in zip(rates, others, strict=True)) if rates and others else None


def _use_cores(count: int) -> None:
    """Keep this process and its children to some cores, so that every library sees as many; before any of them is loaded."""
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    os.environ["RAYON_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(count)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description="How fast cxtext is, with its peers in the same run.")
    parser.add_argument("--rows", type=int, default=20000, help="comments (default: 20000)")
    parser.add_argument("--repeat", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--cores", type=int, default=2, help="cores that everybody may use (default: 2)")
    parser.add_argument("--leave-out", type=lambda word: tuple(word.split(",")), default=(), metavar="LIST", help="of vader,minilm,xlmr,stream")
    parser.add_argument("--no-startup", action="store_true", help="do not measure start-up")
    parser.add_argument("--model", type=Path, metavar="DIR", help="model folder (default: the built-in model)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder with labelled/ (default: CXTEXT_SHARED, or ../shared/data)")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS, metavar="DIR", help="where to keep the table (default: benchmarks/results)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
