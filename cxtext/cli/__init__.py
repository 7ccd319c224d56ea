"""The command line: one file a verb, loaded only when its verb is called, so that help and mistakes answer at once."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from cxtext import __version__
from cxtext.errors import CxtextError

VERBS = {
    "score": "score a dump of comments and write a table",
    "explain": "show the labels of one comment and the words that carry them",
    "doctor": "say what is installed, which model, and check that it works",
}
"""Verb to its one line of help; each verb is the module of that name, with ``add_arguments(parser)`` and ``run(arguments)``."""

FAILED = 2
INTERRUPTED = 130
PIPE_CLOSED = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments after the program's name; those of the process if not given.

    Returns:
        The exit code: 0, 2 for an error that has been said in one line, 130 when interrupted, or what the verb says.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdin, sys.stdout):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        parsed = build_parser(arguments).parse_args(arguments)
        code = int(import_module(f"cxtext.cli.{parsed.verb}").run(parsed))
        sys.stdout.flush()
        return code
    except CxtextError as error:
        return _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        print("cxtext: interrupted", file=sys.stderr)
        return INTERRUPTED


def build_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser, with the arguments of the called verb only.

    Args:
        arguments: The command line; its first word that is a verb says which module to load.
    """
    parser = argparse.ArgumentParser(
        prog="cxtext", description="Reads customers' own words: why they feel so, whether they leave, who must act. English, Chinese, Russian; offline."
    )
    parser.add_argument("--version", action="version", version=f"cxtext {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    called = next((word for word in arguments if word in VERBS), None)
    for verb, line in VERBS.items():
        verb_parser = verbs.add_parser(verb, help=line, description=f"{line[0].upper()}{line[1:]}.", allow_abbrev=False)
        if verb == called:
            import_module(f"cxtext.cli.{verb}").add_arguments(verb_parser)
    return parser


def positive(word: str) -> int:
    """An argument that must be a whole number of 1 or more.

    Example:
        >>> positive("5")
        5
    """
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number of 1 or more")
    return int(word)


def _fail(message: str) -> int:
    print(f"cxtext: error: {' '.join(message.split())}", file=sys.stderr)
    return FAILED
