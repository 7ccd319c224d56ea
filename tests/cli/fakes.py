"""A fake analyzer for the command line: no model, but the same doors."""

from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa

from cxtext.schema import Analysis, Cause, Churn, Route, scored_schema


class FakeAnalyzer:
    """Everything is a late delivery, criticised; raises KeyboardInterrupt for ``interrupt``."""

    def __init__(self, folder):
        self.model = SimpleNamespace(folder=Path(folder), config={"version": "7", "figures": {"sentiment macro-F1, zh": 0.7312}})

    def analyze(self, text):
        language = "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "ru" if any("а" <= char <= "я" for char in text) else "en"
        causes = (Cause("fulfilment.delay", "negative", 0.9, 0, 4, text[:4]), Cause("support.wait", "negative", 0.6, 2, 8, text[2:8]))
        return Analysis(text, language, True, "negative", -0.5, causes, Churn("none", 0.1), 0.2, ("complaint",), "service", True, Route("logistics", 0.8))

    def score_texts(self, texts):
        if "interrupt" in texts:
            raise KeyboardInterrupt
        rows = []
        for text in texts:
            a = self.analyze(text)
            causes = [{"id": c.id, "polarity": c.polarity, "confidence": c.confidence, "start": c.start, "end": c.end} for c in a.causes]
            rows.append({
                "language": a.language, "meaningful": bool(text), "sentiment": a.sentiment, "root_cause": a.causes[0].id, "causes": causes,
                "churn": "none", "churn_risk": 0.1, "intents": ["complaint"], "owner": "logistics",
            })  # fmt: skip
        return pa.Table.from_pylist(rows, schema=scored_schema())
