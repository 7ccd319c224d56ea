import pytest

from cxtext.errors import InputError
from cxtext.tables import find_text_column

PROSE = ["The courier never rang the bell", "Nobody could tell me where it is", "Lovely staff at the desk"]
PROSE_ZH = ["快递员没有打电话就走了", "客服态度很好，问题马上解决了", "价格比别家贵很多"]
PROSE_RU = ["Курьер так и не позвонил", "Приложение вылетает при входе", "Спасибо Анне за помощь"]
IDS = ["a81f-22", "b02c-93", "c77d-10"]
DATES = ["2025-03-01", "2025-03-02", "2025-03-03"]
URLS = ["https://a.example/x?y=1", "https://a.example/z", "www.example.com/very/long/path/without/any/meaning"]
EMAILS = ["anna@example.com", "boris@example.com", "chen@example.com"]
CITIES = ["New York City", "New York City", "New York City"]
STARS = ["5", "1", "3"]


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ({"id": IDS, "comment": PROSE}, "comment"),
        ({"id": IDS, "Customer Comment": PROSE, "title": ["a b c d e f g"] * 3}, "Customer Comment"),
        ({"id": IDS, "reviewText": PROSE}, "reviewText"),
        ({"дата": DATES, "Текст отзыва": PROSE_RU}, "Текст отзыва"),
        ({"日期": DATES, "用户评论": PROSE_ZH}, "用户评论"),
        ({"review": STARS, "x": PROSE}, "x"),
        ({"review_id": IDS, "review_date": DATES, "q17": PROSE}, "q17"),
        ({"u": URLS, "e": EMAILS, "d": DATES, "w": PROSE_ZH}, "w"),
        ({"city": CITIES, "free": PROSE}, "free"),
        ({"id": [], "text": []}, "text"),
        ({"id": IDS, "body": [None, "", None]}, "body"),
        ({"comment": ["ok", "bad", "n/a"], "product": ["Blue kettle with a long spout"] * 3}, "comment"),
    ],
)
def test_text_column_is_found_by_name_or_content(sample, expected):
    assert find_text_column(sample) == expected


@pytest.mark.parametrize(("asked", "expected"), [("note", "note"), (" NOTE ", "note"), ("Q 17", "q_17")])
def test_named_column_wins(asked, expected):
    assert find_text_column({"comment": PROSE, "note": STARS, "q_17": IDS}, text=asked) == expected


def test_no_text_column_lists_the_columns():
    with pytest.raises(InputError, match=r"--text NAME.*Columns: id, stars, day"):
        find_text_column({"id": IDS, "stars": STARS, "day": DATES})


def test_wrong_name_suggests_the_nearest():
    with pytest.raises(InputError, match=r"no column 'comnent': did you mean --text 'comment'\?"):
        find_text_column({"id": IDS, "comment": PROSE}, text="comnent")


def test_hundreds_of_columns_do_not_flood_the_message():
    with pytest.raises(InputError) as caught:
        find_text_column({f"column {n}": STARS for n in range(500)}, text="zzz")
    assert "and 488 more" in str(caught.value)
