import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.text import normalise

NASTY = st.lists(
    st.sampled_from(
        ["&", "amp;", ";", "#", "38", "x26", "<", "b", ">", "br", "/", "\u0301", "\u0323", "e", "é", "\u0344", "\u212a", "\u037e", "\u200b", "　", "Ａ", "＜"]
        + [
            "；",
            "!",
            "!!!!",
            " ",
            "\n",
            "\r",
            "\t",
            "\x00",
            "\ud800",
            "\ud83d",
            "😡",
            "ㅏ",
            "\u1100",
            "\u1161",
            "\u11a8",
            "lt",
            "&lt;",
            "&gt;",
            "&shy;",
            "1111",
        ]
        + ["&nbsp;", "-->", "<!--", "ggg;", "iiiint;", "F", "&#x41;", "&#0;", "<p class='x'>"]
    ),
    max_size=30,
).map("".join)
ANY_TEXT = st.one_of(st.text(st.characters()), NASTY)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Fine &amp; dandy", "Fine & dandy"),
        ("a &lt;3 b", "a <3 b"),
        ("&quot;ok&quot; it&#39;s &#x27;fine&#x27;", "\"ok\" it's 'fine'"),
        ("&amp;amp;lt;", "<"),
        ("&unknown; & ; AT&T; R&D", "&unknown; & ; AT&T; R&D"),
        ("<b>Anna</b> was<br>kind<br/>indeed", " Anna was\nkind\nindeed"),
        ("&lt;p&gt;text&lt;/p&gt;", " text "),
        ("<!-- note -->x", " x"),
        ("price < cost and quality > hope, I <3 it", "price < cost and quality > hope, I <3 it"),
        ("cafe\u0301", "café"),
        ("и\u0306", "й"),
        ("a\x00b\u200bc\ufeffd\xade", "abcde"),
        ("ＡＢＣ１２３", "ABC123"),
        ("很好　很快，真的！", "很好 很快，真的！"),
        ("３．５％", "3.5%"),
        ("!!!!!!", "!!!"),
        ("sooooo good", "sooo good"),
        ("好好好好好", "好好好"),
        ("😡😡😡😡😡", "😡😡😡"),
        ("100000 and 5555 5555", "100000 and 5555 5555"),
        ("a  b\t\tc\xa0d", "a b c d"),
        ("a \r\n \n b\u2028c", "a\nb\nc"),
        ("x\ud800y", "x\ufffdy"),
        ("", ""),
    ],
)
def test_cleans(text, clean):
    assert normalise(text).text == clean


@pytest.mark.parametrize(
    "text",
    ["Late again.", "Two\nlines", "Очень вкусно!!!", "服务很好，很快！", "R&D; fine", "naïve café", "👍👍", "1000000", "a < b"],
)
def test_clean_text_is_left_alone(text):
    result = normalise(text)
    assert result.text == text
    assert result.starts is None
    assert result.to_original(1, 2) == (1, 2)


@pytest.mark.parametrize(
    ("text", "word", "original"),
    [
        ("<p>Thanks   to&nbsp;<b>Anna</b> &amp; co", "Anna", "Anna"),
        ("Tom &amp; Anna", "&", "&amp;"),
        ("it was sooooo slow", "sooo", "sooooo"),
        ("so slow!!!!!! bye", "bye", "bye"),
        ("\u200bcafe\u0301 du coin", "café", "cafe\u0301"),
        ("cafe\u0301 du coin", "coin", "coin"),
        ("Ｗｉｆｉ 很慢", "Wifi", "Ｗｉｆｉ"),
        ("Спасибо   Ольге\r\n\r\nПетровой", "Петровой", "Петровой"),
        ("Спа\xadсибо", "Спасибо", "Спа\xadсибо"),
        ("&lt;b&gt;小李&lt;/b&gt;很好", "小李", "小李"),
    ],
)
def test_maps_to_the_original_words(text, word, original):
    result = normalise(text)
    start = result.text.index(word)
    first, last = result.to_original(start, start + len(word))
    assert text[first:last] == original


def test_offsets_beyond_the_text_are_cut():
    result = normalise("a  b")
    assert result.to_original(-5, 99) == (0, 4)
    assert result.to_original(3, 1) == (4, 4)
    assert normalise("").to_original(0, 3) == (0, 0)


@given(ANY_TEXT)
def test_cleaning_again_changes_nothing(text):
    once = normalise(text)
    again = normalise(once.text)
    assert again.text == once.text
    assert again.starts is None


@given(ANY_TEXT)
def test_map_is_in_range_and_monotone(text):
    result = normalise(text)
    assert result.original == text
    previous = (0, 0)
    for index in range(len(result.text) + 1):
        start, end = result.to_original(index, index + 1)
        assert 0 <= start <= end <= len(text)
        assert (start, end) >= previous
        assert end >= previous[1]
        previous = (start, end)


@given(ANY_TEXT)
def test_result_is_composed_and_free_of_invisible_characters(text):
    clean = normalise(text).text
    assert unicodedata.is_normalized("NFC", clean)
    assert not set(clean) & set("\x00\u200b\ufeff\t\r\xa0")
    assert "  " not in clean
    clean.encode()


@pytest.mark.parametrize(
    "text",
    [
        "&" + "amp;" * 250_000,
        "&#59" * 250_000 + ";",
        "<b" * 250_000 + ">" * 500_000,
        "a  " * 330_000,
        "a" + "\u0301\u0323" * 500_000,
        "<p>cafe\u0301 &amp; Ｗｉｆｉ!!!!\u200b</p>\r\n" * 25_000,
    ],
    ids=["entities", "nested entities", "nested tags", "spaces", "marks", "usual"],
)
def test_a_megabyte_takes_linear_time(text):
    started = time.process_time()
    normalise(text)
    assert time.process_time() - started < 10  # a second or less when idle; quadratic time would be minutes
