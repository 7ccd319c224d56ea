import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.encoders.folding import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GREAT App", "great app"),
        ("Ещё РАЗ", "еще раз"),
        ("«да» – “нет”", '"да" - "нет"'),
        ("line\nline\tx", "line line x"),
        ("服务好", "服务好"),
    ],
)
def test_case_and_variants_are_folded(text, expected):
    assert fold(text) == expected


@given(st.text())
def test_length_never_changes(text):
    assert len(fold(text)) == len(text)
