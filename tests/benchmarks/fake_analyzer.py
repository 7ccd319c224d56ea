"""An analyzer by keywords, and a small data folder of comments written for the tests."""

import json
from types import SimpleNamespace

import numpy as np
import pyarrow as pa

from cxtext.schema import CHURN_LABELS, INTENTS, SENTIMENTS, STAGES, scored_schema
from cxtext.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
STORIES = (
    # word in en, zh, ru; cause; polarity; sentiment; owner; churn; intent; stage; follow-up; advocate
    ("late parcel", "快递太晚", "опоздала посылка", "fulfilment.delay", "negative", "negative", "fulfilment", "at_risk", "complaint", "using", True, False),
    ("kind staff", "服务员热情", "добрый персонал", "service.attitude", "positive", "positive", "service", "none", "praise", "service", False, True),
    ("app crashes", "软件闪退", "вылетает приложение", "digital.error", "negative", "negative", "it", "leaving", "complaint", "using", True, False),
    ("how to pay", "怎么付款", "как оплатить", "billing.payment", "neutral", "neutral", "billing", "none", "question", "buying", True, False),
    ("tasty but dear", "好吃但是贵", "вкусно но дорого", "price.value", "negative", "mixed", "marketing", "none", "suggestion", "using", False, False),
)
FILLERS = ("today", "again", "indeed", "this week", "as ever", "昨天", "又是", "真的", "сегодня", "опять")


class KeywordAnalyzer:
    """Knows the stories by their words; everything else is a neutral remark, and texts without letters are not meaningful."""

    taxonomy = TAXONOMY
    owners = TAXONOMY.owner_ids

    def __init__(self, folder="nowhere"):
        self.model = SimpleNamespace(folder=folder, config={"version": "fake-1"})

    def score_texts(self, texts):
        return pa.Table.from_pylist([self._row(text) for text in texts], schema=scored_schema())

    def probabilities(self, texts):
        stories = [_story(text) for text in texts]
        return {
            "sentiment": _sure(SENTIMENTS, [story[5] if story else "neutral" for story in stories]),
            "causes": _sure(TAXONOMY.cause_ids, [story[3] if story else "general" for story in stories]),
            "owner": _sure(self.owners, [story[6] if story else "none" for story in stories]),
            "churn": _sure(CHURN_LABELS, [story[7] if story else "none" for story in stories]),
            "advocate": np.array([0.9 if story and story[11] else 0.1 for story in stories]),
            "intents": _sure(INTENTS, [story[8] if story else "complaint" for story in stories]),
            "stage": _sure((*STAGES, "none"), [story[9] if story else "none" for story in stories]),
            "follow_up": np.array([0.9 if story and story[10] else 0.1 for story in stories]),
        }

    def _row(self, text):
        if not any(char.isalpha() for char in text):
            return {"language": "other", "meaningful": False, "follow_up": False}
        story = _story(text)
        if story is None:
            return {"language": "en", "meaningful": True, "sentiment": "neutral", "causes": [], "churn": "none", "owner": "triage", "intents": []}
        return {
            "language": "en",
            "meaningful": True,
            "sentiment": story[5],
            "root_cause": story[3],
            "causes": [{"id": story[3], "polarity": story[4], "confidence": 0.9, "start": 0, "end": len(text)}],
            "churn": story[7],
            "churn_risk": 0.1,
            "advocate": 0.9 if story[11] else 0.1,
            "intents": [story[8]],
            "stage": story[9],
            "follow_up": story[10],
            "owner": story[6],
            "owner_confidence": 0.9,
        }


def write_data(folder, rows=60):
    """A data folder with ``labelled/{train,own,dev,test}.jsonl``: ``rows`` comments a language and file."""
    (folder / "labelled").mkdir(parents=True)
    for seed, name in enumerate(("train", "own", "dev", "test")):
        random = np.random.default_rng(seed)
        lines = [json.dumps(_labelled(random, name, language, row), ensure_ascii=False) for language in range(3) for row in range(rows)]
        (folder / "labelled" / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _labelled(random, name, language, row):
    story = STORIES[random.integers(len(STORIES))]
    return {
        "id": f"{name}{language}{row}",
        "lang": ("en", "zh", "ru")[language],
        "source": f"{('en', 'zh', 'ru')[language]}_{'many' if row % 10 else 'few'}",
        "licence_class": "restricted" if row % 7 == 0 else "permissive",
        "text": f"{FILLERS[random.integers(len(FILLERS))]} {story[language]} {FILLERS[random.integers(len(FILLERS))]}",
        "sentiment": story[5],
        "causes": [{"id": story[3], "polarity": story[4]}],
        "owner": story[6],
        "churn": story[7],
        "advocate": story[11],
        "intents": [story[8]],
        "stage": story[9],
        "follow_up": story[10],
    }


def _story(text):
    return next((story for story in STORIES if any(words in text for words in story[:3])), None)


def _sure(classes, labels):
    table = np.full((len(labels), len(classes)), 0.1 / (len(classes) - 1))
    for row, label in enumerate(labels):
        table[row, list(classes).index(label)] = 0.9
    return table
