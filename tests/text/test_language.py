import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.schema import LANGUAGES
from cxtext.text import detect_language

LABELLED = Path(__file__).parents[3] / "shared" / "data" / "labelled"

CASES = {
    "en": [
        "great app",
        "good",
        "ok",
        "No",
        "So slow",
        "Don’t buy",
        "bad bad bad",
        "café was lovely",
        "Zürich branch",
        "José fixed it",
        "I love the 服务 here",
        "the app is 😡",
        "Starbucks Coffee 好",
        "Über driver was late",
        "Best crème brûlée in town",
        "Thanks to Małgorzata at the desk",
        "5 stars",
        "gut feeling",
        "Great app (｡◕‿◕｡)",
        "die hard fan",
        "http://t.co/abc still no reply",
    ],
    "zh": [
        "不错",
        "很好 👍👍",
        "iPhone 很好用",
        "iPhone 14 Pro Max 256GB 很好用",
        "这个app的login有问题",
        "wifi很慢",
        "服務很好",
        "好吃の店铺真不错哦",
        "Samsung Galaxy Ultra 不错",
        "客服小李 yyds",
        "VIP会员无法登录",
        "https://t.cn/abcdefg 打不开",
    ],
    "ru": [
        "норм",
        "все супер",
        "хорошо",
        "мало места",
        "Приложение Uber супер",
        "WiFi не работает",
        "Сервис ok",
        "MacBook Pro огонь",
        "ЭТО УЖАС",
        "@sberbank https://t.co/xyzab не работает",
        "Отличный сервис, спасибо менеджеру Anna",
        "Wildberries Ozon Яндекс Маркет удобно",
        "ул. Е.Огнева, яма",
        "Курьер Олександр Іванов был очень вежлив и привёз заказ вовремя, спасибо большое магазину",
    ],
    "mixed": [
        "The food was great 但是服务很差",
        "good service 服务很好",
        "Everything was fine но доставка опоздала",
        "Ужасно долго, I will never come back again",
        "очень вкусно 非常好吃 спасибо 下次再来",
    ],
    "other": [
        "",
        " ",
        "😀",
        "10/10",
        "...",
        "sehr gut",
        "Das Essen war kalt und die Bedienung unfreundlich",
        "Muy buena atención",
        "El servicio es pésimo",
        "gracias",
        "Très bon accueil",
        "Bardzo dobra obsługa",
        "Çok kötü hizmet",
        "Nhân viên rất nhiệt tình",
        "Pelayanan sangat lama",
        "aplikasi bagus",
        "Servizio ottimo, cibo buono",
        "Muito bom atendimento",
        "Heel goed eten",
        "bahut accha hai",
        "spasibo bolshoe",
        "hen hao chi",
        "feichang hao",
        "дуже добре обслуговування",
        "Персонал був привітний",
        "Веома добра услуга",
        "Обслужването е много добро, препоръчвам",
        "Қызмет өте жақсы",
        "とても美味しかった",
        "日本語が好きです",
        "서비스가 좋아요",
        "الخدمة ممتازة",
        "บริการดีมาก",
        "Πολύ καλό",
        "बहुत अच्छा",
        "שירות מצוין",
    ],
}


@pytest.mark.parametrize(("text", "language"), [(text, language) for language, texts in CASES.items() for text in texts])
def test_language(text, language):
    assert detect_language(text) == language


@given(st.text(st.characters()))
def test_always_answers(text):
    assert detect_language(text) in LANGUAGES


@given(st.sampled_from([(text, language) for language, texts in CASES.items() for text in texts]), st.sampled_from(["!", " 😀", " 10", "…", " :)"]))
def test_signs_and_emoji_do_not_count(case, tail):
    text, language = case
    assert detect_language(text + tail) == language


@pytest.mark.parametrize("text", ["a" * 500_000 + "中", "слово " * 100_000, "word " * 100_000 + "@" * 1000 + "я", "é" * 500_000])
def test_linear_time(text):
    started = time.process_time()
    detect_language(text)
    assert time.process_time() - started < 10  # a second or less when idle; quadratic time would be minutes


@pytest.mark.skipif(not LABELLED.exists(), reason=f"the labelled comments are not at {LABELLED}")
@pytest.mark.parametrize("part", ["dev", "test"])
def test_agrees_with_labelled_comments(part):
    lines = (LABELLED / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    right: dict[str, list[bool]] = {}
    for row in map(json.loads, lines):
        right.setdefault(row["lang"], []).append(detect_language(row["text"]) == row["lang"])
    for language, hits in right.items():
        assert sum(hits) / len(hits) >= 0.99, language
