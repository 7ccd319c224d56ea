"""``cxtext doctor``: what is installed, which model, and whether it works here."""

from __future__ import annotations

import argparse
import platform
import re
import time
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxtext import __version__
from cxtext.errors import CxtextError

if TYPE_CHECKING:
    from cxtext.schema import Analysis

CORE = ("numpy", "scipy", "pandas", "pyarrow", "tokenizers", "safetensors", "pyyaml", "openpyxl", "charset-normalizer", "rich")
"""What the core needs, for a checkout that is not installed and so has no metadata."""

SELF_CHECK = {
    "en": "The parcel came two weeks late and nobody answered my emails. Terrible service.",
    "zh": "快递晚了两个星期，客服一直没人理，服务太差了。",
    "ru": "Посылка опоздала на две недели, поддержка не отвечает. Ужасный сервис.",
}
"""One blunt complaint a language."""

_REQUIREMENT = re.compile(r"([\w.-]+)[^;]*(?:;.*extra\s*==\s*['\"]([\w-]+)['\"])?")
_NOT_FOR_USERS = ("dev", "all")
_SPEED_TEXTS = 900


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("--model", type=Path, metavar="DIR", help="model folder (default: the built-in model)")


def run(arguments: argparse.Namespace) -> int:
    """Print the state of the installation; 1 if something that the core needs is missing or the self-check fails."""
    print(f"cxtext   {__version__}\npython   {platform.python_version()} on {platform.platform()}")
    missing = _print_packages()
    try:
        _print_model(arguments.model)
    except (CxtextError, ImportError) as error:
        print(f"model    FAILED: {error}")
        return 1
    if missing:
        print(f"result   FAILED: missing {', '.join(missing)}: pip install {' '.join(missing)}")
        return 1
    print("result   all well")
    return 0


def required_packages() -> tuple[list[str], dict[str, list[str]]]:
    """The packages of the core, and of each extra, as the installed metadata say.

    Example:
        >>> "pyarrow" in required_packages()[0]
        True
    """
    core: list[str] = []
    extras: dict[str, list[str]] = {}
    try:
        found = requires("cxtext") or []
    except PackageNotFoundError:
        return list(CORE), {}
    for requirement in found:
        match = _REQUIREMENT.match(requirement)
        if match and match[2] is None:
            core.append(match[1])
        elif match and match[2] not in _NOT_FOR_USERS and match[1] != "cxtext":
            extras.setdefault(match[2], []).append(match[1])
    return core, extras


def installed_version(package: str) -> str | None:
    """The installed version of a package; None if it is not installed.

    Example:
        >>> installed_version("no-such-package") is None
        True
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def faults(analyses: dict[str, Analysis]) -> list[str]:
    """What is wrong with the answers to the self-check's complaints.

    Args:
        analyses: Language to the analysis of its complaint.
    """
    found = []
    for language, analysis in analyses.items():
        if analysis.language != language:
            found.append(f"a comment in {language} was taken for {analysis.language}")
        if analysis.sentiment != "negative":
            found.append(f"a blunt complaint in {language} came out as {analysis.sentiment}")
        if any(analysis.text[cause.start : cause.end] != cause.evidence for cause in analysis.causes):
            found.append(f"evidence in {language} does not stand in the text")
    return found


def _print_packages() -> list[str]:
    core, extras = required_packages()
    versions = {package: installed_version(package) for package in core}
    print("core     " + ", ".join(f"{package} {found or 'MISSING'}" for package, found in versions.items()))
    for extra, packages in extras.items():
        absent = [package for package in packages if installed_version(package) is None]
        print(f"extra    {extra}: " + (f"{', '.join(absent)} missing, to add: pip install 'cxtext[{extra}]'" if absent else "installed"))
    return [package for package, found in versions.items() if found is None]


def _print_model(folder: Path | None) -> None:
    import cxtext

    started = time.perf_counter()
    analyzer = cxtext.load(folder)
    analyses = {language: analyzer.analyze(text) for language, text in SELF_CHECK.items()}
    first = time.perf_counter() - started
    where, config = Path(analyzer.model.folder), analyzer.model.config
    print(f"model    {where}\n         version {config.get('version', 'unknown')}, {_folder_size(where) / 1e6:.1f} MB")
    _print_figures(config.get("figures") or {})
    found = faults(analyses)
    if found:
        raise CxtextError(f"self-check: {'; '.join(found)}")
    texts = list(SELF_CHECK.values()) * (_SPEED_TEXTS // len(SELF_CHECK))
    started = time.perf_counter()
    analyzer.score_texts(texts)
    speed = len(texts) / max(1e-9, time.perf_counter() - started)
    print(f"check    loaded and answered in {', '.join(SELF_CHECK)} after {first:.2f} s; then {speed:,.0f} short comments/s")


def _print_figures(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        print(f"         {name}: {value:.3f}" if isinstance(value, float) else f"         {name}: {value}")


def _folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
