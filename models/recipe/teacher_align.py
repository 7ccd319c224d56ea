"""Align Russian and Chinese sentences with MiniLM's English sentence space (multilingual distillation).

`pairs` stores the permitted parallel pairs; `train` fits the extended model to the untouched model's vectors of the English
sides for a fixed number of minutes, first the new embeddings alone, then all layers. Figures are printed before and after:
accuracy@1 of finding the English sentence of 1,000 held-out Chinese and Russian sentences.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import time

import numpy as np
import pandas as pd
import torch
from teacher_model import WORK, TeacherTokenizer, buckets, load_body, load_pairs, mean_pool, minilm_folder, pad, sentence_vectors
from tokenizers import Tokenizer
from torch import nn

MAX_LEN = 64
SHARE = {"pairs_en_zh_msctd_dialogue": 0.5, "pairs_en_zh_tatoeba": 0.7, "pairs_en_zh_ru_reviews_mabsa": 1.0, "en_ru_sentence_pairs": 0.6}


def save_pairs(args: argparse.Namespace) -> None:
    """Save pairs.parquet."""
    args.work.mkdir(parents=True, exist_ok=True)
    pairs = load_pairs(args.msctd)
    pairs.to_parquet(args.work / "pairs.parquet")
    print(pairs.groupby(["source", "lang", "held"]).size(), flush=True)


def english_pieces(texts: list[str]) -> list[np.ndarray]:
    """Ids of English texts by MiniLM's own tokenizer."""
    tok = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tok.no_padding()
    tok.enable_truncation(MAX_LEN)
    return [np.array(e.ids) for e in tok.encode_batch_fast(texts)]


def retrieval(body: nn.Module, teacher: nn.Module, tok: TeacherTokenizer, pairs: pd.DataFrame) -> dict[str, float]:
    """Accuracy@1 of foreign sentence to English vector (of the untouched model) among the held-out ones."""
    out = {}
    for lang, g in pairs[pairs.held].groupby("lang"):
        v = sentence_vectors(body, tok(g.text.tolist(), MAX_LEN, 16))
        t = sentence_vectors(teacher, english_pieces(g.en.tolist()))
        sim = v @ t.T
        out[f"{lang}->en"] = round(float((sim.argmax(1) == np.arange(len(g))).mean()), 4)
        out[f"{lang} cosine"] = round(float(np.diag(sim).mean()), 3)
    return out


def train(args: argparse.Namespace) -> None:
    """Distil for `args.minutes`; the learning rate falls with the time used."""
    torch.set_num_threads(2)
    torch.manual_seed(0)
    rng = random.Random(0)
    tok = TeacherTokenizer(args.work / "extended")
    pairs = pd.read_parquet(args.work / "pairs.parquet")
    body = load_body(args.work / "extended", dropout=0.0)
    teacher = load_body(minilm_folder(), dropout=0.0).eval()
    print("before", retrieval(body, teacher, tok, pairs), flush=True)
    fit = pairs[~pairs.held]
    fit = pd.concat([g.sample(frac=SHARE[s], random_state=0) for s, g in fit.groupby("source")])
    english = fit.sample(frac=0.1, random_state=1).assign(text=lambda d: d.en)
    fit = pd.concat([fit, english], ignore_index=True)
    seqs = tok(fit.text.tolist(), MAX_LEN, 16)
    goals = english_pieces(fit.en.tolist())
    lengths = np.array([len(s) for s in seqs])
    print(f"{len(fit)} items, {lengths.sum()} pieces", flush=True)
    table = body.embeddings.word_embeddings.weight
    rest = [p for p in body.parameters() if p is not table]
    opt_table = torch.optim.SparseAdam([table], lr=args.lr_embeddings)
    opt_rest = torch.optim.AdamW(rest, lr=args.lr, weight_decay=0.01)
    start, budget = time.time(), args.minutes * 60
    step, seen, mean_loss = 0, 0, 0.0
    body.train()
    while time.time() - start < budget:
        for batch in buckets(lengths, 3072, 48, 128, rng):
            used = (time.time() - start) / budget
            if used >= 1:
                break
            all_layers = used > args.warm
            decay = max(0.05, 1 - used)
            for group in opt_table.param_groups:
                group["lr"] = args.lr_embeddings * min(1, (step + 1) / 20) * decay
            for group in opt_rest.param_groups:
                group["lr"] = args.lr * min(1.0, (used - args.warm) / 0.05 + 0.05) * decay
            for p in rest:
                p.requires_grad_(all_layers)
            v = mean_pool(body, *pad([seqs[k] for k in batch]))
            v = nn.functional.normalize(v, dim=1)
            with torch.no_grad():
                t = nn.functional.normalize(mean_pool(teacher, *pad([goals[k] for k in batch])), dim=1)
            loss = (1 - (v * t).sum(1)).mean()
            sim = v @ t.T / 0.05
            loss = loss + args.contrast * nn.functional.cross_entropy(sim, torch.arange(len(batch)))
            loss.backward()
            opt_table.step()
            opt_table.zero_grad(set_to_none=True)
            if all_layers:
                torch.nn.utils.clip_grad_norm_(rest, 1.0)
                opt_rest.step()
                opt_rest.zero_grad(set_to_none=True)
            step, seen = step + 1, seen + int(lengths[batch].sum())
            mean_loss = loss.item() if step == 1 else 0.98 * mean_loss + 0.02 * loss.item()
            if step % 50 == 0:
                print(f"step {step} loss {mean_loss:.4f} {seen / (time.time() - start):.0f} pieces/s {time.time() - start:.0f} s", flush=True)
            if step % 400 == 0:
                save(body, tok, args.work / "aligned")
    save(body, tok, args.work / "aligned")
    print("after", retrieval(body, teacher, tok, pairs), f"{step} steps, {seen} pieces, {time.time() - start:.0f} s", flush=True)


def save(body: nn.Module, tok: TeacherTokenizer, folder: pathlib.Path) -> None:
    """Write the encoder, its tokenizer and the row map."""
    body.save_pretrained(folder)
    tok.tok.save(str(folder / "tokenizer.json"))
    np.save(folder / "rows.npy", tok.rows)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["pairs", "train"])
    parser.add_argument("--work", type=pathlib.Path, default=WORK)
    parser.add_argument("--msctd", type=int, default=45000, help="dialogue pairs to keep")
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--warm", type=float, default=0.3, help="share of the time for the embeddings alone")
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--lr-embeddings", type=float, default=2e-3)
    parser.add_argument("--contrast", type=float, default=0.1, help="weight of the in-batch contrastive term")
    args = parser.parse_args()
    {"pairs": save_pairs, "train": train}[args.command](args)


if __name__ == "__main__":
    main()
