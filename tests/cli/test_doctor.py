import pytest

import cxtext
from cxtext.cli import doctor, main
from cxtext.errors import ModelError

from .fakes import FakeAnalyzer


def test_doctor_says_what_is_there(fake_model, capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for part in ("cxtext   ", "python   ", "pyarrow ", str(fake_model), "version 7", "sentiment macro-F1, zh: 0.731", "comments/s", "all well"):
        assert part in out


def test_doctor_fails_when_the_model_does(monkeypatch, capsys):
    def load(path=None):
        raise ModelError("heads.safetensors is missing")

    monkeypatch.setattr(cxtext, "load", load, raising=False)
    assert main(["doctor"]) == 1
    assert "FAILED: heads.safetensors is missing" in capsys.readouterr().out


def test_doctor_fails_when_answers_are_wrong(monkeypatch, tmp_path, capsys):
    class Wrong(FakeAnalyzer):
        def analyze(self, text):
            return super().analyze("always English")

    monkeypatch.setattr(cxtext, "load", lambda path=None: Wrong(tmp_path), raising=False)
    assert main(["doctor"]) == 1
    assert "a comment in zh was taken for en" in capsys.readouterr().out


def test_missing_packages_come_with_the_line_that_adds_them(fake_model, monkeypatch, capsys):
    metadata = ["numpy>=1.26", "no-such-core>=1", "no-such-extra>=2; extra == 'spark'", "pytest>=8; extra == 'dev'", "cxtext[train]; extra == 'all'"]
    monkeypatch.setattr(doctor, "requires", lambda name: metadata)
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "pip install 'cxtext[spark]'" in out
    assert "no-such-core MISSING" in out
    assert "dev" not in out.split("model ")[0]


@pytest.mark.parametrize(("requirement", "core", "extras"), [("a>=1", ["a"], {}), ("a-b[c]>=1; extra == 'x'", [], {"x": ["a-b"]})])
def test_requirements_are_read(monkeypatch, requirement, core, extras):
    monkeypatch.setattr(doctor, "requires", lambda name: [requirement])
    assert doctor.required_packages() == (core, extras)
