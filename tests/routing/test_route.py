import pytest

import cxtext
from cxtext.routing import RoutingAnnotator


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("The app crashes every time I open it", "it"),
        ("Приложение вылетает после обновления", "it"),
        ("快递晚了三天还没到", "fulfilment"),
        ("I was charged twice for the same invoice", "billing"),
        ("n/a", "none"),
    ],
)
def test_the_function_that_must_act(cx, text, owner):
    assert cx.analyze(text).route.owner == owner


def test_unsure_comments_go_to_triage(cx):
    strict = cx.replace("routing", RoutingAnnotator(cx.owners, triage_below=1.01))
    route = strict.analyze("The app crashes every time I open it").route
    assert route.owner == "triage"
    assert 0 < route.confidence <= 1


def test_a_comment_without_content_goes_to_nobody(cx):
    assert cx.analyze("нет").route == cxtext.Route("none", None)
