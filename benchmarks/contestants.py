"""Who runs in the speed benchmark: cxtext, the tokenizer alone as the ceiling, and the usual ways to read comments."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers import minilm
from cxtext.errors import MissingExtraError

OURS = "cxtext"
CEILING = "tokenizer alone"
MINILM_ROWS = 1000
XLMR_ROWS = 100
STREAM_PROCESSES = 2
_STREAM_ROWS = 2000
_OTHER_SCRIPTS = re.compile("[\u0400-\u04ff\u3040-\u9fff]")

Run = Callable[[list[str]], object]


@dataclass(frozen=True)
class Contestant:
    """A system that reads texts.

    Attributes:
        name: In the table.
        note: What it does, in words.
        texts: What it reads; heavy ones read fewer.
        prepare: Loads it and gives the function to time; raises ImportError or NotImplementedError, with a reason, where it cannot run here.
    """

    name: str
    note: str
    texts: list[str]
    prepare: Callable[[], Run]


def contestants(cx: Any, texts: list[str], *, leave_out: Sequence[str] = ()) -> list[Contestant]:  # noqa: ANN401 - an analyzer, or a test's fake of it
    """Everybody who runs.

    Args:
        cx: The analyzer.
        texts: The comments.
        leave_out: Any of ``vader``, ``minilm``, ``xlmr`` and ``stream``.
    """
    english = [text for text in texts if not _OTHER_SCRIPTS.search(text)]
    found = {
        "tokenizer": Contestant(CEILING, "encode_batch with cxtext's own tokenizer.json", texts, lambda: _tokenizer(cx).encode_batch),
        "ours": Contestant(OURS, "score_texts: all heads, evidence, table", texts, lambda: cx.score_texts),
        "stream": Contestant(f"{OURS}, {STREAM_PROCESSES} processes", "stream of DataFrames", texts, lambda: _stream(cx)),
        "vader": Contestant("VADER", "sentiment only, English rows", english, _vader),
        "minilm": Contestant("MiniLM", "sentence-transformers, vectors only", texts[:MINILM_ROWS], _minilm),
        "xlmr": Contestant("XLM-R base", "transformers pipeline, one head, random weights", texts[:XLMR_ROWS], lambda: _xlmr(cx)),
    }
    return [entry for name, entry in found.items() if name not in leave_out]


def _tokenizer(cx: Any) -> Any:  # noqa: ANN401
    from tokenizers import Tokenizer

    folder = Path(cx.model.folder)
    files = sorted(folder.rglob("tokenizer.json"))
    if not files:
        raise NotImplementedError(f"no tokenizer.json in {folder}")
    return Tokenizer.from_file(str(files[0]))


def _stream(cx: Any) -> Run:  # noqa: ANN401
    options = inspect.signature(cx.stream).parameters if hasattr(cx, "stream") else {}
    name = next((option for option in ("processes", "workers") if option in options), None)
    if name is None:
        raise NotImplementedError("the analyzer's stream offers no processes")

    def run(texts: list[str]) -> int:
        import pandas as pd

        batches = (pd.DataFrame({"comment": texts[start : start + _STREAM_ROWS]}) for start in range(0, len(texts), _STREAM_ROWS))
        return sum(1 for _ in cx.stream(batches, text="comment", **{name: STREAM_PROCESSES}))

    return run


def _vader() -> Run:
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        raise MissingExtraError("vaderSentiment", "bench") from None
    scorer = SentimentIntensityAnalyzer()
    return lambda texts: [scorer.polarity_scores(text) for text in texts]


def _minilm() -> Run:
    model = minilm.encoder()
    return lambda texts: model.encode(texts, batch_size=32, show_progress_bar=False)


def _xlmr(cx: Any) -> Run:  # noqa: ANN401
    try:
        import torch
        from transformers import PreTrainedTokenizerFast, TextClassificationPipeline, XLMRobertaConfig, XLMRobertaForSequenceClassification
    except ImportError:
        raise MissingExtraError("torch or transformers", "bench") from None
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=_tokenizer(cx), pad_token="<pad>", unk_token="<unk>", model_max_length=512, model_input_names=["input_ids", "attention_mask"]
    )
    torch.manual_seed(0)
    model = XLMRobertaForSequenceClassification(XLMRobertaConfig(vocab_size=250002, max_position_embeddings=514, type_vocab_size=1, num_labels=4)).eval()
    pipeline = TextClassificationPipeline(model=model, tokenizer=tokenizer, device=-1)
    return lambda texts: pipeline(texts, batch_size=16, truncation=True, padding=True)
