"""The tokenizer: a Unigram model over folded English, Chinese and Russian text, which finds words in Chinese by itself (Kudo 2018)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from corpora import LONGEST, NOT_COMMENTS, SHIPPABLE, licence_classes, read_corpus, read_labelled
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from cxtext.encoders.folding import fold

VOCABULARY = 40_000
PER_LANGUAGE = 110_000
UNKNOWN = "[UNK]"


def train_tokenizer(data: Path) -> Tokenizer:
    """Train on a sample of the shippable corpora, balanced over the languages, and on the labelled comments."""
    frames = [
        read_corpus(data, name)[["text", "lang"]]
        for name, licence in licence_classes(data).items()
        if licence in SHIPPABLE and not NOT_COMMENTS.search(name)
    ]
    pool = pd.concat(frames).drop_duplicates("text")
    pool = pool[pool["lang"].isin(["en", "zh", "ru"])]
    sample = pd.concat([group.sample(min(len(group), PER_LANGUAGE), random_state=0) for _, group in pool.groupby("lang")])["text"].str[:LONGEST]
    labelled = [row["text"] for name in ("train", "own") for row in read_labelled(data, name)]
    texts = [fold(text) for text in [*sample.tolist(), *labelled, *labelled]]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(prepend_scheme="always", split=True), pre_tokenizers.Split(Regex(r"[^\p{L}\p{M}▁]"), "isolated")]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY, special_tokens=[UNKNOWN], unk_token=UNKNOWN, max_piece_length=12, shrinking_factor=0.7, n_sub_iterations=2
    )
    tokenizer.train_from_iterator(texts, trainer, length=len(texts))
    return tokenizer
