import pytest

import cxtext

from .fakes import FakeAnalyzer


@pytest.fixture
def fake_model(monkeypatch, tmp_path_factory):
    """Makes ``cxtext.load`` give a fake, so that these tests do not depend on the trained model."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "config.json").write_text("{}")
    monkeypatch.setattr(cxtext, "load", lambda path=None: FakeAnalyzer(path or folder), raising=False)
    return folder


@pytest.fixture
def dump(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text("id,comment\n1,it came late\n2,курьер не приехал\n3,快递太慢了\n4\n", encoding="utf-8")
    return path
