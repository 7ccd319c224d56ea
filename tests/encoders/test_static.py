import numpy as np


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
