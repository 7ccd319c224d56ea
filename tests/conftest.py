"""What many tests share: the built-in model, loaded once, and the place of the corpora."""

from pathlib import Path

import pytest

import cxtext

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def cx():
    return cxtext.load()


@pytest.fixture(scope="session")
def shared():
    if not SHARED.is_dir():
        pytest.skip("the corpora (../shared/data) are not beside this checkout")
    return SHARED
