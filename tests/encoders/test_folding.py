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
        ("", ""),
        ("a\x00b", "a b"),
    ],
)
def test_case_and_variants_are_folded(text, expected):
    assert fold([text]) == [expected]


@given(st.lists(st.text()))
def test_each_text_is_folded_as_if_alone(texts):
    assert fold(texts) == [fold([text])[0] for text in texts]
