import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.text import split_clauses

PIECES = st.lists(
    st.sampled_from(
        [
            "but ",
            "the app",
            "crashed",
            ", ",
            ". ",
            ".",
            "3,5",
            "10:30",
            "\n",
            " - ",
            "—",
            "…",
            "!",
            "?!",
            "但是",
            "服务很差",
            "，",
            "。",
            "не только, но и ",
            "т.д.",
            "Dr. ",
        ]
        + ["http://a.b/c,d", "a@b.co", "😡", ":)", " ", "слово " * 50, "字" * 260, "x" * 300, "· " * 200, "1. ", "(", ")", '"', "while "]
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize(
    ("language", "text", "clauses"),
    [
        ("en", "Anna was lovely, but the app logged me out", ["Anna was lovely", "but the app logged me out"]),
        ("en", "Nice but slow", ["Nice but slow"]),
        ("en", "The room was nice although the street was noisy", ["The room was nice", "although the street was noisy"]),
        ("en", "It cost $1,299.99 in total. Never again!", ["It cost $1,299.99 in total", "Never again!"]),
        ("en", "Dr. Smith saw me at 10:30 a.m. and then I left", ["Dr. Smith saw me at 10:30 a.m", "and then I left"]),
        ("en", "I waited for a while, nothing but excuses, e.g. the weather", ["I waited for a while", "nothing but excuses", "e.g. the weather"]),
        ("en", "see https://a.com/x,y?z=1, it did not open", ["see https://a.com/x,y?z=1", "it did not open"]),
        ("en", "bad service.Never going back", ["bad service", "Never going back"]),
        ("en", "the wait was long;the food cold - staff rude", ["the wait was long", "the food cold", "staff rude"]),
        ("en", "1. Food was cold\n2. Staff were rude", ["1. Food was cold", "2. Staff were rude"]),
        ("en", "Rude, slow, and the food was cold", ["Rude, slow", "and the food was cold"]),
        ("en", "The food was cold, tasteless", ["The food was cold, tasteless"]),
        ("ru", "Ждал 3,5 часа, но курьер так и не приехал", ["Ждал 3,5 часа", "но курьер так и не приехал"]),
        ("ru", "Долго, дорого и т.д. Курьер хам", ["Долго, дорого и т.д", "Курьер хам"]),
        ("ru", "Яма на ул. Ленина в г. Омске, однако никто не чинит", ["Яма на ул. Ленина в г. Омске", "однако никто не чинит"]),
        ("ru", "Отель хороший хотя завтрак так себе", ["Отель хороший", "хотя завтрак так себе"]),
        ("ru", "Отель хороший, персонал - супер", ["Отель хороший", "персонал - супер"]),
        ("ru", "Не только вежливый но и быстрый", ["Не только вежливый но и быстрый"]),
        ("ru", "Помог И. И. Петров, спасибо ему", ["Помог И. И. Петров", "спасибо ему"]),
        ("zh", "环境不错，服务很差。下次不来了！", ["环境不错", "服务很差", "下次不来了！"]),
        ("zh", "味道还可以不过价格有点贵", ["味道还可以", "不过价格有点贵"]),
        ("zh", "不但便宜而且好吃", ["不但便宜", "而且好吃"]),
        ("zh", "服务再好不过了", ["服务再好不过了"]),
        ("zh", "好吃，便宜，送货很快", ["好吃，便宜", "送货很快"]),
        ("mixed", "The food was great 但是服务很差", ["The food was great", "但是服务很差"]),
        ("other", "👍", ["👍"]),
        ("en", "!!!", ["!!!"]),
        ("en", "", []),
        ("en", " \n ", []),
    ],
)
def test_clauses(language, text, clauses):
    assert [text[start:end] for start, end in split_clauses(text, language)] == clauses


@pytest.mark.parametrize("text", ["word " * 200, "字" * 900, "слово" * 20 + " слово" * 100])
def test_long_text_without_signs_is_cut(text):
    lengths = [end - start for start, end in split_clauses(text, "mixed")]
    assert len(lengths) > 1
    assert max(lengths) <= 240
    assert min(lengths) >= 30


@given(st.one_of(st.text(st.characters()), PIECES), st.sampled_from(["en", "zh", "ru", "mixed", "other"]))
def test_spans_cover_every_letter_in_order(text, language):
    spans = split_clauses(text, language)
    position = 0
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert not any(map(str.isalnum, text[position:start]))
        position = end
    assert not any(map(str.isalnum, text[position:]))


@pytest.mark.parametrize(
    "text",
    [
        " " * 500_000,
        "a" * 500_000,
        "ab, " * 125_000,
        "- " * 250_000,
        "http://," * 60_000,
        "字" * 500_000,
        "ab.A" * 125_000,
        "." * 500_000 + "x",
        "!" * 500_000 + "(",
        ".)" * 250_000 + "x",
    ],
)
def test_linear_time(text):
    started = time.process_time()
    split_clauses(text, "mixed")
    assert time.process_time() - started < 10  # a second or less when idle; quadratic time would be minutes
