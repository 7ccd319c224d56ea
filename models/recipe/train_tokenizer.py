"""The tokenizer: a Unigram model over English, Chinese and Russian text, which finds words in Chinese by itself (Kudo 2018)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from corpora import read_labelled, shippable_texts
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

VOCABULARY = 40_000
PER_LANGUAGE = 110_000
UNKNOWN = "[UNK]"


def train_tokenizer(data: Path) -> Tokenizer:
    """Train on a sample of all shippable texts, balanced over the languages, and on the labelled comments, twice."""
    pool = shippable_texts(data)
    sample = pd.concat([group.sample(min(len(group), PER_LANGUAGE), random_state=0) for _, group in pool.groupby("lang")])["text"]
    labelled = [row["text"] for name in ("train", "own") for row in read_labelled(data, name)]
    texts = [_plain(text) for text in [*sample.tolist(), *labelled, *labelled]]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(prepend_scheme="always", split=True), pre_tokenizers.Split(Regex(r"[^\p{L}\p{M}▁]"), "isolated")]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY, special_tokens=[UNKNOWN], unk_token=UNKNOWN, max_piece_length=12, shrinking_factor=0.7, n_sub_iterations=2
    )
    tokenizer.train_from_iterator(texts, trainer, length=len(texts))
    return tokenizer


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower().replace("ё", "е"))
