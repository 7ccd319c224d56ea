import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.text import is_meaningful

EMPTY = [
    "",
    " ",
    "\n",
    ".",
    "-",
    "---",
    "!!!",
    "?",
    "…",
    "10",
    "10/10",
    "100%",
    "n/a",
    "N/A.",
    "na",
    "none",
    "None.",
    "no",
    "No comment",
    "nothing",
    "Nothing to add.",
    "No, nothing",
    "I don't know",
    "I don’t know",
    "test",
    "Test test",
    "asdf",
    "qwerty",
    "asdasd",
    "zzzz",
    "sdfgh",
    "нет",
    "Нет.",
    "нет нет",
    "не знаю",
    "Без комментариев",
    "ничего",
    "тест",
    "фыва",
    "йцукен",
    "ааа",
    "無",
    "无",
    "没有。",
    "暂无",
    "没意见",
    "不知道",
    "测试",
    "nada",
]
FULL = [
    "👍",
    "😡😡",
    "❤",
    ":)",
    ":(",
    "ok",
    "OK",
    "good",
    "bad",
    "nice",
    "Top",
    "no water",
    "no refund",
    "nothing works",
    "5 stars",
    "haha",
    "poor",
    "were",
    "thx",
    "thnks",
    "норм",
    "супер",
    "ужас",
    "спс",
    "хаха",
    "нет воды",
    "нет сдачи",
    "ничего не работает",
    "цена",
    "不错",
    "好",
    "差",
    "哈哈哈",
    "没有热水",
    "无法登录",
    "没有客服",
]


@pytest.mark.parametrize("text", EMPTY)
def test_empty_gestures(text):
    assert not is_meaningful(text)


@pytest.mark.parametrize("text", FULL)
def test_short_answers(text):
    assert is_meaningful(text)


@given(st.text(st.characters()))
def test_always_answers(text):
    assert is_meaningful(text) in {True, False}


@given(st.sampled_from([*EMPTY, *FULL]), st.sampled_from([" ", ".", " .", "!", "\n"]))
def test_signs_around_do_not_count(text, sign):
    assert is_meaningful(sign + text + sign) == is_meaningful(text)
