"""A small honest scorer: it counts, so that a test can see whether each row kept its own result."""

import pyarrow as pa

from cxtext.schema import scored_schema


class CountingScorer:
    """Says how long each text is; raises for texts that contain ``boom``, as a bug in a model would."""

    def __init__(self):
        self.calls = 0

    def score_texts(self, texts):
        self.calls += 1
        if any("boom" in text for text in texts):
            raise ValueError("boom\nwas said")
        return pa.Table.from_pylist([scored_row(text) for text in texts], schema=scored_schema())


def scored_row(text):
    if not text.strip():
        return {"language": "other", "meaningful": False}
    negative = "late" in text
    return {
        "language": "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "ru" if any("а" <= char <= "я" for char in text) else "en",
        "meaningful": True,
        "sentiment": "negative" if negative else "positive",
        "sentiment_score": -0.5 if negative else 0.5,
        "root_cause": "fulfilment.delay",
        "causes": [{"id": "fulfilment.delay", "polarity": "negative" if negative else "positive", "confidence": 0.9, "start": 0, "end": len(text)}],
        "churn": "none",
        "churn_risk": 0.125,
        "intents": ["complaint"] if negative else ["praise"],
        "owner": "logistics",
        "owner_confidence": 0.75,
        "follow_up": negative,
    }
