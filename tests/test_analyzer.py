import json
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxtext
from cxtext.schema import CHURN_LABELS, INTENTS, LANGUAGES, SENTIMENTS, scored_schema

COMMENTS = [
    "Anna at the desk was lovely, but the app logged me out twice and I'm switching banks.",
    "快递晚了两个星期，客服一直没人理，服务太差了。",
    "Посылка опоздала на две недели, поддержка не отвечает.",
    "n/a",
    "",
    "👍",
    "Great!!! 10/10 would recommend",
    "<b>Cold</b> food &amp; rude   waiter",
    "zu spät geliefert",
]


class Shout:
    name = "shout"
    requires = ("sentiment",)
    provides = ("shouting",)

    def __call__(self, batch):
        batch["shouting"] = [text.isupper() for text in batch]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(COMMENTS), st.text(max_size=120)), min_size=1, max_size=12), st.randoms())
def test_a_row_is_read_the_same_alone_in_any_batch_and_in_any_order(cx, texts, random):
    order = list(range(len(texts)))
    random.shuffle(order)
    together = cx.score_texts(texts).to_pylist()
    shuffled = cx.score_texts([texts[i] for i in order]).to_pylist()
    assert [together[i] for i in order] == shuffled
    for text, row in zip(texts, together, strict=True):
        assert cx.score_texts([text]).to_pylist() == [row]


def test_a_row_is_read_the_same_in_a_batch_of_thousands(cx):
    many = [f"{text} {n}" for n in range(900) for text in COMMENTS]
    table = cx.score_texts(many)
    for row in range(0, len(many), 1013):
        assert cx.score_texts([many[row]]).to_pylist() == table.slice(row, 1).to_pylist()


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_a_valid_analysis(cx, text):
    a = cx.analyze(text)
    assert a.text == text
    assert a.language in LANGUAGES
    if a.meaningful:
        assert a.sentiment in SENTIMENTS
        assert -1 <= a.sentiment_score <= 1
        assert 1 <= len(a.causes) <= 4
        assert a.churn.label in CHURN_LABELS
        assert 0 <= a.churn.risk <= 1
        assert set(a.intents) <= set(INTENTS)
        confidences = [cause.confidence for cause in a.causes]
        assert confidences == sorted(confidences, reverse=True)
        assert len(a.causes) == 1 or "general" not in {cause.id for cause in a.causes}
    else:
        assert (a.sentiment, a.causes, a.churn, a.stage) == (None, (), None, None)
    json.dumps(a.to_dict())


def test_nothing_is_scored_as_null_not_as_zero(cx):
    row = cx.score_texts(["n/a"]).to_pylist()[0]
    assert row["meaningful"] is False
    assert row["owner"] == "none"
    for column in ("sentiment", "sentiment_score", "churn", "churn_risk", "advocate", "stage", "root_cause", "owner_confidence", "follow_up"):
        assert row[column] is None, column


def test_score_keeps_index_columns_and_order(cx):
    frame = pd.DataFrame({"id": [3, 1, 2, 9], "comment": ["Late again", np.nan, 404, "很好"]}, index=list("dbca"))
    scored = cx.score(frame, text="comment")
    assert scored.index.tolist() == list("dbca")
    assert scored[["id", "comment"]].equals(frame)
    assert [name for name in scored.columns if name not in frame] == scored_schema("cx_").names
    assert scored["cx_meaningful"].tolist() == [True, False, False, True]


def test_score_finds_the_text_column(cx):
    frame = pd.DataFrame({"when": ["2026-01-01"], "what they said": ["The queue took an hour and the staff were rude"]})
    assert cx.score(frame)["cx_sentiment"].item() == "negative"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda cx: cx.analyze(["ok", None]), "comment 1 is NoneType"),
        (lambda cx: cx.score(pd.DataFrame({"a": ["x"]}), text="b"), "has no column 'b'"),
        (lambda cx: cx.score(pd.DataFrame({"comment": [b"x"]}), text="comment"), "bytes"),
        (lambda cx: cx.score(pd.DataFrame({"comment": ["x"], "cx_owner": ["me"]}), text="comment"), "cx_owner"),
        (lambda cx: cx.replace("rooting", Shout()), "there are text, classifiers, routing"),
        (lambda cx: cx.drop("text"), "requires column 'normalised'"),
        (lambda cx: cx.add(cx.annotators[0]), "both provide column"),
        (lambda cx: cxtext.load("/nowhere"), "no model folder at /nowhere"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(cx, call, words):
    with pytest.raises(cxtext.CxtextError, match=words):
        call(cx)


def test_empty_inputs_give_empty_outputs(cx):
    assert cx.analyze([]) == []
    assert cx.score_texts([]).schema == scored_schema()
    assert len(cx.score(pd.DataFrame({"comment": []}), text="comment")) == 0
    assert list(cx.stream([])) == []


def test_stream_equals_score(cx):
    frame = pd.DataFrame({"comment": COMMENTS * 3})
    parts = list(cx.stream((frame.iloc[i : i + 5] for i in range(0, len(frame), 5)), text="comment"))
    pd.testing.assert_frame_equal(pd.concat(parts), cx.score(frame, text="comment"))


def test_a_user_can_add_and_drop_annotators(cx):
    batch = cx.add(Shout()).annotate(cxtext.CommentBatch(["LATE", "late"]))
    assert batch["shouting"] == [True, False]
    assert cx.drop("routing").analyze("late").route is None


def test_an_annotator_that_fills_a_wrong_number_of_rows_is_refused():
    with pytest.raises(ValueError, match="2 rows, the batch has 1"):
        cxtext.CommentBatch(["a"])["x"] = [1, 2]


def test_an_analyzer_pickles_as_its_path(cx):
    data = pickle.dumps(cx)
    assert len(data) < 5_000
    again = pickle.loads(data)
    assert again.score_texts(COMMENTS).equals(cx.score_texts(COMMENTS))


def test_another_process_gives_the_same_answer(cx):
    code = f"import cxtext, json; print(json.dumps(cxtext.load().analyze({COMMENTS[0]!r}).to_dict()))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert json.loads(printed) == json.loads(json.dumps(cx.analyze(COMMENTS[0]).to_dict()))


def test_a_very_long_comment_is_read(cx):
    analysis = cx.analyze("The app crashed and support never answered. " * 25_000)
    assert analysis.sentiment == "negative"


def test_import_is_light():
    code = "import sys, cxtext; print([m for m in ('numpy', 'pandas', 'pyarrow', 'tokenizers', 'scipy', 'torch', 'yaml') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
