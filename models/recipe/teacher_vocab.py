"""Extend MiniLM's vocabulary to Russian and Chinese and initialise the new embeddings.

Pieces are learned on the permitted pool. A new piece starts as a weighted mean of the English pieces it translates to
(IBM model 1 on the parallel pairs). A piece unseen or rare there takes the mean of its nearest neighbours among the
seen ones (by co-occurrence in the unlabelled pool), and, failing that, of its own characters or of the language.
"""

from __future__ import annotations

import argparse
import collections
import json
import pathlib
import re
import time

import numpy as np
import pandas as pd
import torch
from corpora import shippable_texts
from scipy import sparse
from sklearn.utils.extmath import randomized_svd
from teacher_model import DATA, HAN, UNK, WORK, TeacherTokenizer, build_tokenizer, load_body, minilm_folder, normalizer
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

CYRILLIC = re.compile("[\u0400-\u04ff]")
HAN_RE = re.compile(HAN)


def pool_texts(lang: str, size: int) -> list[str]:
    """A sample of permitted pool texts of one language, normalised and cut at 400 characters."""
    p = shippable_texts(DATA)
    p = p[p["lang"] == lang]
    norm = normalizer()
    return [norm.normalize_str(t[:400]) for t in p.text.sample(min(size, len(p)), random_state=0)]


def russian_pieces(texts: list[str], size: int) -> list[str]:
    """WordPieces with Cyrillic letters."""
    tok = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tok.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = collections.Counter(w for t in texts for w in re.findall("[\u0400-\u04ff]+", t))
    lines = (" ".join([w] * min(c, 2000)) for w, c in words.items() if c > 1)
    tok.train_from_iterator(lines, trainers.WordPieceTrainer(vocab_size=size, limit_alphabet=100, min_frequency=5))
    return [t for t in tok.get_vocab() if CYRILLIC.search(t)]


def chinese_pieces(texts: list[str], size: int) -> list[str]:
    """Single characters and frequent words of 2 to 4 characters."""
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.Split(Regex(HAN + "+"), "removed", invert=True)
    trainer = trainers.BpeTrainer(vocab_size=size, limit_alphabet=5000, max_token_length=4, min_frequency=10)
    tok.train_from_iterator(texts, trainer)
    return [t for t in tok.get_vocab() if HAN_RE.search(t)]


def expected_counts(source: list[np.ndarray], target: list[np.ndarray], iterations: int = 5) -> sparse.csr_matrix:
    """IBM model 1: expected counts of (source piece, target piece) links; each target piece is explained by the source pieces."""
    sent = np.repeat(np.arange(len(source)), [len(s) * len(t) for s, t in zip(source, target, strict=True)])
    s = np.concatenate([np.repeat(a, len(b)) for a, b in zip(source, target, strict=True)]).astype(np.int64)
    t = np.concatenate([np.tile(b, len(a)) for a, b in zip(source, target, strict=True)]).astype(np.int64)
    width = 1 << 17
    key, kind = np.unique(s * width + t, return_inverse=True)
    _, slot = np.unique(sent.astype(np.int64) * width + t, return_inverse=True)
    key_s, key_t = key // width, key % width
    prob = np.ones(len(key))
    for _ in range(iterations):
        w = prob[kind]
        w /= np.bincount(slot, w)[slot]
        count = np.bincount(kind, w, len(key))
        prob = count / np.bincount(key_s, count)[key_s]
    return sparse.csr_matrix((count, (key_s, key_t)), shape=(width, width))


def sentence_pieces(pairs: pd.DataFrame, tok: TeacherTokenizer) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Unique pieces of each pair; a long review is split at full stops where both sides have as many sentences."""
    cut = re.compile(r"(?<=[.!?。！？])\s*")
    left, right = [], []
    for en, text in zip(pairs.en, pairs.text, strict=True):
        a, b = [[x for x in cut.split(t) if x] for t in (en, text)]
        if len(a) == len(b):
            left += a
            right += b
        elif len(en) < 200:
            left.append(en)
            right.append(text)
    english = [np.unique(x) for x in tok(left, 60, 10, specials=False)]
    foreign = [np.unique(x) for x in tok(right, 60, 10, specials=False)]
    keep = [len(a) > 0 and len(b) > 0 for a, b in zip(english, foreign, strict=True)]
    return [a for a, k in zip(english, keep, strict=True) if k], [b for b, k in zip(foreign, keep, strict=True) if k]


def neighbours(texts: list[str], tok: TeacherTokenizer, rows: np.ndarray, dims: int = 128) -> np.ndarray:
    """Unit vectors of the given rows by what stands within four pieces of them in the pool (PPMI, truncated SVD)."""
    place = np.full(1 << 17, -1)
    place[rows] = np.arange(len(rows))
    ids = [place[x] for x in tok(texts, 200, 10, specials=False)]
    gap = np.full(4, -1)
    flat = np.concatenate([np.concatenate([x, gap]) for x in ids])
    n = len(rows)
    total = sparse.csr_matrix((n, n), dtype=np.float32)
    for step in range(1, 5):
        a, b = flat[:-step], flat[step:]
        ok = (a >= 0) & (b >= 0)
        m = sparse.csr_matrix((np.full(ok.sum(), 1 / step, np.float32), (a[ok], b[ok])), shape=(n, n))
        total = total + m + m.T
    total = total.tocoo()
    sums = np.asarray(total.sum(1)).ravel()
    context = sums**0.75
    pmi = np.log(np.maximum(total.data * context.sum() / (sums[total.row] * context[total.col]), 1e-9))
    keep = pmi > 0
    m = sparse.csr_matrix((pmi[keep], (total.row[keep], total.col[keep])), shape=(n, n), dtype=np.float32)
    u, s, _ = randomized_svd(m, dims, n_iter=2, random_state=0)
    v = u * np.sqrt(s)
    return v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-9)


def main() -> None:
    """Build the vocabulary and write the extended model to WORK/extended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=pathlib.Path, default=WORK)
    parser.add_argument("--russian", type=int, default=16000)
    parser.add_argument("--chinese", type=int, default=14000)
    parser.add_argument("--rare", type=float, default=6, help="pseudo-count of the neighbours' mean")
    args = parser.parse_args()
    start = time.time()
    old = (minilm_folder() / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    texts = {"ru": pool_texts("ru", 120000), "zh": pool_texts("zh", 150000)}
    print(f"texts {time.time() - start:.0f} s", flush=True)
    ru = russian_pieces(texts["ru"], args.russian)
    print(f"ru pieces {len(ru)} {time.time() - start:.0f} s", flush=True)
    zh = chinese_pieces(texts["zh"], args.chinese)
    print(f"zh pieces {len(zh)} {time.time() - start:.0f} s", flush=True)

    vocab = {t: i for i, t in enumerate(old)}
    row_of = {t: i for t, i in vocab.items() if not HAN_RE.search(t)}
    top = len(old)
    for piece in sorted(ru):
        if piece not in row_of:
            row_of[piece], top = top, top + 1
    for piece in sorted(zh):
        row_of[piece] = row_of["##" + piece] = top
        top += 1
    for code in range(0x4E00, 0xA000):
        for form in (chr(code), "##" + chr(code)):
            row_of.setdefault(form, UNK)
    for piece in row_of:
        vocab.setdefault(piece, len(vocab))
    rows = np.zeros(len(vocab), dtype=np.int64)
    for piece, i in vocab.items():
        rows[i] = row_of.get(piece, UNK)
    folder = args.work / "extended"
    folder.mkdir(parents=True, exist_ok=True)
    build_tokenizer(vocab).save(str(folder / "tokenizer.json"))
    np.save(folder / "rows.npy", rows)
    tok = TeacherTokenizer(folder)
    name = {r: t for t, r in row_of.items() if not (HAN_RE.search(t) and t.startswith("##"))}
    for sample in ("Отличный банк, но очередь в отделении 2 часа!", "房间很干净，服务态度也好，wifi太慢。", "The app keeps crashing 3 times a day"):
        print([name[i] for i in tok([sample], specials=False)[0]], flush=True)

    pairs = pd.read_parquet(args.work / "pairs.parquet")
    pairs = pairs[~pairs.held]
    body = load_body(minilm_folder())
    base = body.embeddings.word_embeddings.weight.detach().numpy()
    norm = np.linalg.norm(base[1000:], axis=1).mean()
    table = np.zeros((top, 384), dtype=np.float32)
    table[: len(old)] = base
    for lang, pattern in (("ru", CYRILLIC), ("zh", HAN_RE)):
        english, foreign = sentence_pieces(pairs[pairs.lang == lang], tok)
        mine = np.array(sorted({r for t, r in row_of.items() if pattern.search(t)} - {UNK}))
        counts = expected_counts(foreign, english)
        fwd = counts.multiply(1 / np.maximum(np.asarray(counts.sum(1)), 1e-9)).tocsr()
        score = fwd.multiply(counts.multiply(1 / np.maximum(np.asarray(counts.sum(0)), 1e-9))).tocsr()[mine]
        seen = np.bincount(np.concatenate(foreign), minlength=top)[mine]
        first = np.zeros((len(mine), 384), dtype=np.float32)
        shown = []
        for i in range(len(mine)):
            cols, vals = score.indices[score.indptr[i] : score.indptr[i + 1]], score.data[score.indptr[i] : score.indptr[i + 1]]
            best = np.argsort(-vals)[:6]
            if len(best) and vals[best].sum() > 0:
                first[i] = (vals[best] / vals[best].sum()) @ base[cols[best] % len(old)]
                shown.append((seen[i], name[mine[i]], [old[c] for c in cols[best][:3] if c < len(old)]))
        shown.sort(key=lambda x: -x[0])
        print(lang, f"{len(english)} sentence pairs, {(seen > 0).mean():.2f} of {len(mine)} pieces seen, {(seen >= 10).mean():.2f} ten times", flush=True)
        print([x[1:] for x in shown[100:2600:125]], f"{time.time() - start:.0f} s", flush=True)
        near = neighbours(texts[lang], tok, mine)
        good = np.flatnonzero((seen >= 8) & (np.abs(first).sum(1) > 0))
        mean = first[good].mean(0)
        for i in range(0, len(mine), 1000):
            sim = near[i : i + 1000] @ near[good].T
            sim[np.arange(len(sim))[:, None] + i == good[None, :]] = -1
            best = np.argpartition(-sim, 6, axis=1)[:, :6]
            weight = np.maximum(np.take_along_axis(sim, best, 1), 0) ** 3 + 1e-9
            guess = (weight[:, :, None] * first[good][best]).sum(1) / weight.sum(1, keepdims=True)
            guess[np.abs(near[i : i + 1000]).sum(1) == 0] = mean
            n = seen[i : i + 1000, None]
            mix = (n * first[i : i + 1000] + args.rare * guess) / (n + args.rare)
            table[mine[i : i + 1000]] = mix / np.maximum(np.linalg.norm(mix, axis=1, keepdims=True), 1e-9) * norm
        rare = np.flatnonzero(seen == 0)[:: max(1, (seen == 0).sum() // 12)]
        print("unseen:", [(name[mine[k]], [name[mine[good[c]]] for c in np.argsort(-(near[k] @ near[good].T))[:3]]) for k in rare])
        print(f"{lang} done {time.time() - start:.0f} s", flush=True)
    body.resize_token_embeddings(top, mean_resizing=False)
    body.embeddings.word_embeddings.weight.data.copy_(torch.from_numpy(table))
    body.save_pretrained(folder)
    (folder / "pieces.json").write_text(json.dumps([name.get(i, "") for i in range(top)], ensure_ascii=False), encoding="utf-8")
    print(f"{top} rows written, {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
