import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.encoders.folding import fold
from cxtext.encoders.ngrams import char_ngrams, mix

BUCKETS = 2**17


def grams(text):
    return sorted(char_ngrams([text], BUCKETS).columns.tolist())


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),  # " a "
        ("ab", 3),  # " ab", "ab ", " ab "
        ("abc", 6),
        ("好", 1),
        ("好吃", 3),
        ("很好吃", 6),
        ("12 345 !?", 0),
        ("👍", 1),
        ("😡😡", 3),
    ],
)
def test_number_of_ngrams(text, count):
    assert len(grams(text)) == count


def test_digits_and_punctuation_part_words_like_spaces():
    assert grams("late, again") == grams("late again") == grams("late 24 again")


def test_a_typo_shares_most_ngrams_and_another_word_none():
    right, typo, other = (set(grams(word)) for word in ("delivery", "delivrey", "compunction"))
    assert len(right & typo) >= 6
    assert not right & other


@given(st.lists(st.text(max_size=40), max_size=8))
def test_a_text_has_the_same_ngrams_alone_and_among_others(texts):
    folded = fold(texts)
    together = char_ngrams(folded, BUCKETS)
    for row, text in enumerate(folded):
        assert sorted(together.columns[together.rows == row].tolist()) == grams(text)


def test_buckets_are_used_evenly():
    counts = np.bincount(mix(np.arange(64_000, dtype=np.uint64), 3, 64), minlength=64)
    assert counts.min() > 850
    assert counts.max() < 1150
