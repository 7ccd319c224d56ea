import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtext.classifiers import ClassifierAnnotator
from cxtext.schema import CommentBatch
from cxtext.text import TextAnnotator


def reading_of(cx, texts):
    batch = CommentBatch(texts)
    TextAnnotator()(batch)
    classifier = next(a for a in cx.annotators if isinstance(a, ClassifierAnnotator))
    return classifier.heads.network, classifier.predict(batch).reading


@pytest.mark.parametrize(
    "text",
    [
        "Anna at the desk was lovely, but the app logged me out twice. Never again!",
        "房间很干净，但是前台态度很差，等了半个小时。",
        "Доставка опоздала на неделю, зато курьер вежливый; товар пришёл целый.",
        "late",
    ],
)
def test_contributions_of_the_clauses_and_the_biases_add_up_to_the_logit(cx, text):
    network, reading = reading_of(cx, [text])
    causes = np.arange(len(cx.taxonomy.cause_ids))
    contributions, firsts = network.clause_contributions(reading, np.zeros(len(causes), dtype=np.int64), causes)
    total = np.add.reduceat(contributions, firsts)
    weights, hidden_bias = network.weights["comment.causes.weight"], network.weights["comment.hidden.bias"]
    from_bias = (reading.active[0] * hidden_bias) @ weights[len(weights) - len(hidden_bias) :] + network.weights["comment.causes.bias"]
    assert np.allclose(total + from_bias, reading.logits["causes"][0], atol=2e-3)


@pytest.mark.parametrize(
    ("text", "cause", "words"),
    [
        ("The room was spotless. The parcel came three weeks late.", "fulfilment.delay", "three weeks late"),
        ("Еда вкусная. Официантка нахамила нам.", "service.attitude", "нахамила"),
        ("味道不错，就是送餐太慢了", "fulfilment.delay", "太慢"),
    ],
)
def test_evidence_is_the_clause_that_says_so(cx, text, cause, words):
    found = {c.id: c.evidence for c in cx.analyze(text).causes}
    assert words in found[cause]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_every_cause_is_traced_to_words_in_the_original_text(cx, text):
    analysis = cx.analyze(text)
    for cause in analysis.causes:
        assert 0 <= cause.start < cause.end <= len(text)
        assert text[cause.start : cause.end] == cause.evidence
