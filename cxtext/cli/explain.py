"""``cxtext explain``: the labels of one comment, with the words that carry them marked."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from cxtext.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("text", nargs="?", default="-", help="the comment; - or nothing reads standard input")
    parser.add_argument("--model", type=Path, metavar="DIR", help="model folder (default: the built-in model)")
    parser.add_argument("--json", action="store_true", help="print the analysis as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Analyse one comment and print it."""
    import cxtext
    from cxtext.cli.render import analysis_text
    from cxtext.tables import cleaned

    text = cleaned(sys.stdin.read().rstrip("\r\n") if arguments.text == "-" else arguments.text)
    if not text.strip():
        raise InputError("no text to explain: give it in quotes, or pipe it in")
    analysis = cxtext.load(arguments.model).analyze(text)
    if arguments.json:
        print(json.dumps(analysis.to_dict(), ensure_ascii=False, indent=2))
    else:
        print(analysis_text(analysis, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    return 0
