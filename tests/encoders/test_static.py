from concurrent.futures import ThreadPoolExecutor

import numpy as np

from cxtext.encoders.static import StaticEncoder, count_features
from cxtext.encoders.words import WordVectors


def test_sums_of_clauses_add_up_to_the_words_of_the_text(cx):
    encoder = cx.model.encoder
    sums, sizes = encoder.sums(["late parcel", "rude courier"])
    assert sums.shape == (2, encoder.dimensions)
    assert (sizes > 0).all()


def test_the_same_text_gives_the_same_bits_alone_and_among_others(cx):
    texts = ["Посылка опоздала", "快递晚了", "the app crashes", "", "👍", "x" * 5000]
    together, _ = cx.model.encoder.sums(texts)
    for row, text in enumerate(texts):
        assert np.array_equal(cx.model.encoder.sums([text])[0][0], together[row])


def test_an_empty_text_has_no_features(cx):
    sums, sizes = cx.model.encoder.sums([""])
    assert not sums.any()
    assert sizes.tolist() == [0.0]


def test_words_met_before_give_the_same_as_words_read_anew(cx):
    encoder = cx.model.encoder
    texts = ["The parcel was late, again!", "посылка опоздала на 3 дня", "快递晚了 3 天，太差", "late late late", ":) 👍 ok", "a  b\tc"]
    counts = count_features(encoder.tokenizer, [" ".join(text.split()) for text in texts], encoder.tokens, encoder.buckets)
    for _ in range(2):
        sums, sizes = encoder.sums(texts)
        assert np.allclose(sums, counts @ encoder.table, atol=1e-4)
        assert np.array_equal(sizes, np.asarray(counts.sum(axis=1)).ravel())


def test_a_store_that_overflows_changes_nothing(cx):
    encoder = cx.model.encoder
    small = StaticEncoder(encoder.tokenizer, encoder.table)
    small._words = WordVectors(small._read_words, small.dimensions, capacity=5)
    texts = [f"word{n} other{n % 3} same again and again" for n in range(20)]
    expected, sizes = encoder.sums(texts)
    for row, text in enumerate(texts):
        one, size = small.sums([text])
        assert np.array_equal(one[0], expected[row])
        assert size[0] == sizes[row]


def test_threads_share_the_store(cx):
    encoder = StaticEncoder(cx.model.encoder.tokenizer, cx.model.encoder.table)
    encoder._words = WordVectors(encoder._read_words, encoder.dimensions, capacity=300)
    batches = [[f"w{n} w{n + 1} common word" for n in range(start, start + 60)] for start in range(0, 1200, 30)]
    expected = [encoder.sums(batch)[0] for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        for got, want in zip(pool.map(lambda batch: encoder.sums(batch)[0], batches), expected, strict=True):
            assert np.array_equal(got, want)
