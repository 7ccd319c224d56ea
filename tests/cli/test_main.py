import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cxtext import __version__
from cxtext.cli import VERBS, main

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


def run(*arguments, **options):
    return subprocess.run([sys.executable, "-m", "cxtext.cli", *arguments], capture_output=True, env=ENVIRONMENT, timeout=120, **options)


def test_help_names_every_verb_and_loads_nothing_heavy():
    code = (
        "import sys\nfrom cxtext.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'openpyxl', 'rich', 'torch', 'scipy'} & set(sys.modules)\nassert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=ENVIRONMENT, timeout=60)
    assert done.returncode == 0, done.stderr
    assert all(verb.encode() in done.stdout for verb in VERBS)


def test_help_answers_at_once():
    times = []
    for _ in range(3):
        started = time.perf_counter()
        assert run("--help").returncode == 0
        times.append(time.perf_counter() - started)
    assert min(times) < 0.5


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["score"], ["score", "x.csv", "--rows", "0"], ["score", "x.csv", "--rows", "many"], ["explain", "--what"]]
)
def test_wrong_arguments_exit_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "error" in capsys.readouterr().err


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == f"cxtext {__version__}"


def test_closed_pipe_is_quiet(tmp_path):
    code = (
        "import sys, cxtext\nsys.path.insert(0, 'tests')\nfrom cli.fakes import FakeAnalyzer\ncxtext.load = lambda path=None: FakeAnalyzer('.')\n"
        "from cxtext.cli import main\nsys.exit(main(['score', sys.argv[1], '--preview', '3000']))"
    )
    dump = tmp_path / "dump.csv"
    dump.write_text("id,comment\n" + "1,it came late again and again\n" * 3000, encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-c", code, str(dump)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, cwd=ROOT)
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 141
    assert errors == b""
