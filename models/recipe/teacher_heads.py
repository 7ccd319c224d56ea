"""Fine-tune the aligned encoder on the labelled comments (all tasks and languages jointly) and write soft labels.

`train` keeps the epoch with the best mean causes micro-F1 on dev; test is never read. `soft` predicts for a parquet file
with a `text` column (rows in random blocks, so that an interrupted or time-limited run is an unbiased part; `done` marks them)
or for labelled files, and saves float16 probabilities.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import re
import sys
import time

import numpy as np
import pandas as pd
import torch
from teacher_model import WORK, TeacherTokenizer, buckets, load_body, pad
from torch import nn
from torch.nn import functional as fn

sys.path.insert(0, "/work/exp")
import common  # noqa: E402

SIZES = {"causes": 32, "pol": 96, "sent": 4, "owner": 10, "churn": 3, "adv": 1, "int": 5, "stage": 4, "follow": 1}
WEIGHTS = {"causes": 1.0, "pol": 0.7, "sent": 1.0, "owner": 1.0, "churn": 0.7, "adv": 0.5, "int": 0.5, "stage": 0.5, "follow": 0.5}


class Teacher(nn.Module):
    """Encoder, mean and max pooling, one linear layer for all heads."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(768, sum(SIZES.values()))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits of every head."""
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        hidden = hidden.float()
        m = mask.unsqueeze(-1).float()
        mean = (hidden * m).sum(1) / m.sum(1)
        top = hidden.masked_fill(m == 0, -1e4).amax(1)
        logits = self.out(self.drop(torch.cat([mean, top], 1)))
        return dict(zip(SIZES, logits.split(list(SIZES.values()), 1), strict=True))


def loss_of(logits: dict[str, torch.Tensor], gold: dict[str, torch.Tensor]) -> torch.Tensor:
    """Weighted sum of the heads' losses."""
    n = len(gold["sent"])
    parts = {
        "causes": fn.binary_cross_entropy_with_logits(logits["causes"], gold["causes"], reduction="sum") / n,
        "pol": fn.cross_entropy(logits["pol"].reshape(-1, 3), gold["pol"].view(-1), ignore_index=-1),
        "int": fn.binary_cross_entropy_with_logits(logits["int"], gold["int"], reduction="sum") / n,
    }
    for k in ("sent", "owner", "churn", "stage"):
        parts[k] = fn.cross_entropy(logits[k], gold[k])
    for k in ("adv", "follow"):
        parts[k] = fn.binary_cross_entropy_with_logits(logits[k][:, 0], gold[k])
    return sum(WEIGHTS[k] * v for k, v in parts.items())


def predict(model: Teacher, seqs: list[np.ndarray], out: dict[str, np.ndarray] | None = None, index: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Probabilities of every head, computed in order of length; written into `out` at `index` when given."""
    model.eval()
    if out is None:
        out = {k: np.zeros((len(seqs), s), dtype=np.float16) for k, s in SIZES.items()}
        index = np.arange(len(seqs))
    lengths = np.array([len(s) for s in seqs])
    order = np.argsort(lengths, kind="stable")
    i = 0
    with torch.inference_mode():
        while i < len(order):
            take = order[i : i + max(16, 4096 // lengths[order[min(i + 64, len(order) - 1)]])]
            logits = model(*pad([seqs[k] for k in take]))
            for k, v in logits.items():
                if k in ("causes", "adv", "int", "follow"):
                    p = v.sigmoid()
                elif k == "pol":
                    p = v.reshape(-1, 32, 3).softmax(-1).flatten(1)
                else:
                    p = v.softmax(-1)
                out[k][index[take]] = p.numpy().astype(np.float16)
            i += len(take)
    return out


def dev_report(model: Teacher, tok: TeacherTokenizer, max_len: int, tag: str) -> float:
    """Print the dev table; mean causes micro-F1 over the languages."""
    rows = common.load("dev")
    lang = np.array([r["lang"] for r in rows])
    gold = common.labels(rows)
    start = time.time()
    pred = {k: v.astype(np.float32) for k, v in predict(model, tok([r["text"] for r in rows], max_len)).items()}
    tag = f"{tag} (dev in {time.time() - start:.0f} s)"
    r = common.report(pred, gold, lang)
    common.show(r, tag)
    for k in ("stage", "follow", "adv", "int", "pol"):
        cells = []
        for x in ("en", "zh", "ru"):
            m = lang == x
            if k == "stage":
                v = (pred[k][m].argmax(1) == gold[k][m]).mean()
            elif k == "pol":
                there = gold["pol"][m] >= 0
                v = (pred["pol"][m].reshape(-1, 32, 3).argmax(-1)[there] == gold["pol"][m][there]).mean()
            elif k == "int":
                v = common.micro(pred[k][m] >= 0.5, gold[k][m])
            else:
                v = common.micro(pred[k][m][:, 0] >= 0.5, gold[k][m])
            cells.append(f"{x}:{v:.3f}")
        print("    ", k, "acc" if k in ("stage", "pol") else "f1", " ".join(cells), flush=True)
    return float(np.mean([v[0] for v in r["causes"].values()]))


def permitted(*names: str) -> list[dict]:
    """Labelled rows outside the restricted class, without any whose text stands in dev."""
    key = lambda t: re.sub(r"\s", "", t)[:60]  # noqa: E731
    ban = {key(r["text"]) for r in common.load("dev")}
    return [r for n in names for r in common.load(n) if r["licence_class"] != "restricted" and key(r["text"]) not in ban]


def train(args: argparse.Namespace) -> None:
    """Multi-task fine-tuning with linear decay; the best epoch's weights go to WORK/<name>.pt."""
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    tok = TeacherTokenizer(args.work / "aligned")
    rows = permitted("train", "own")
    if args.fold >= 0:
        rows = [r for i, r in enumerate(rows) if i % 2 != args.fold]
    gold = {k: torch.from_numpy(np.asarray(v)) for k, v in common.labels(rows).items()}
    seqs = tok([r["text"] for r in rows], args.max_len)
    lengths = np.array([len(s) for s in seqs])
    model = Teacher(load_body(args.work / args.init, args.dropout))
    table = model.body.embeddings.word_embeddings.weight
    layers = list(model.body.encoder.layer)
    groups = [{"params": model.out.parameters(), "lr": args.lr_heads}]
    groups.append({"params": [p for n, p in model.body.embeddings.named_parameters() if n != "word_embeddings.weight"], "lr": args.lr * args.layer_decay**6})
    groups += [{"params": layer.parameters(), "lr": args.lr * args.layer_decay ** (5 - i)} for i, layer in enumerate(layers)]
    opts = [torch.optim.AdamW(groups, weight_decay=0.01), torch.optim.SparseAdam([table], lr=args.lr)]
    steps = args.epochs * sum(1 for _ in buckets(lengths, args.tokens, 16, 48, random.Random(0)))
    schedules = [torch.optim.lr_scheduler.LambdaLR(o, lambda s: min((s + 1) / (0.06 * steps), max(0.02, 1 - s / steps))) for o in opts]
    print(f"{len(rows)} rows, {lengths.sum()} pieces an epoch, {steps} steps", flush=True)
    dense = [p for p in model.parameters() if p is not table]
    best, start = 0.0, time.time()
    for epoch in range(args.epochs):
        model.train()
        total = 0.0
        for step, batch in enumerate(buckets(lengths, args.tokens, 16, 48, rng)):
            loss = loss_of(model(*pad([seqs[k] for k in batch])), {k: v[batch] for k, v in gold.items()})
            loss.backward()
            nn.utils.clip_grad_norm_(dense, 1.0)
            for o, s in zip(opts, schedules, strict=True):
                o.step()
                s.step()
                o.zero_grad(set_to_none=True)
            total += loss.item()
            if step % 100 == 99:
                print(f"epoch {epoch + 1} step {step + 1} loss {total / (step + 1):.3f} {time.time() - start:.0f} s", flush=True)
        score = dev_report(model, tok, args.max_len, f"epoch {epoch + 1}, {time.time() - start:.0f} s")
        if score > best:
            best = score
            torch.save({k: v.bfloat16() for k, v in model.state_dict().items()}, args.work / f"{args.name}.pt")
    print(f"best mean causes micro-F1 on dev {best:.4f}, {time.time() - start:.0f} s", flush=True)


def load_teacher(work: pathlib.Path, name: str) -> Teacher:
    """A trained teacher from WORK/<name>.pt."""
    model = Teacher(load_body(work / "aligned"))
    model.load_state_dict({k: v.float() for k, v in torch.load(work / f"{name}.pt").items()})
    return model.eval()


def save_soft(path: pathlib.Path, out: dict[str, np.ndarray], **more: np.ndarray) -> None:
    """Write an npz; polarity as [n, 32, 3]."""
    np.savez(path, **{k: v.reshape(-1, 32, 3) if k == "pol" else v for k, v in out.items()}, **more)


def soft(args: argparse.Namespace) -> None:
    """Soft labels: dev, the labelled training rows (ids saved beside them), then the unlabelled comments until the time is up."""
    tok = TeacherTokenizer(args.work / "aligned")
    model = load_teacher(args.work, args.name)
    for name, rows in (("dev", common.load("dev")), ("train_own", permitted("train", "own"))):
        if name in args.sets:
            save_soft(args.work / f"soft_{name}.npz", predict(model, tok([r["text"] for r in rows], args.max_len)), id=np.array([r["id"] for r in rows]))
            print(name, len(rows), flush=True)
    if "indomain" not in args.sets:
        return
    texts = pd.read_parquet(args.indomain).text.tolist()
    out = {k: np.zeros((len(texts), s), dtype=np.float16) for k, s in SIZES.items()}
    done = np.zeros(len(texts), dtype=bool)
    if args.resume:
        with np.load(args.work / "soft_indomain.npz") as old:
            done = old["done"]
            out = {k: old[k].reshape(len(texts), -1) for k in SIZES}
    order = np.random.default_rng(0).permutation(len(texts))
    order = order[~done[order]]
    before = done.sum()
    start = time.time()
    for i in range(0, len(order), 6000):
        if time.time() - start > args.minutes * 60:
            break
        part = order[i : i + 6000]
        predict(model, tok([texts[k] for k in part], args.max_len), out, part)
        done[part] = True
        print(f"{done.sum()} comments, {(done.sum() - before) / (time.time() - start):.0f} a second", flush=True)
        if (i // 6000) % 4 == 3:
            save_soft(args.work / "soft_indomain.npz", out, done=done)
    save_soft(args.work / "soft_indomain.npz", out, done=done)
    print(f"soft_indomain: {done.sum()} of {len(done)} in {time.time() - start:.0f} s", flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["train", "soft", "dev"])
    parser.add_argument("--work", type=pathlib.Path, default=WORK)
    parser.add_argument("--indomain", type=pathlib.Path, default=pathlib.Path("/work/exp/indomain.parquet"))
    parser.add_argument("--init", default="aligned", help="folder under WORK to start from")
    parser.add_argument("--name", default="teacher")
    parser.add_argument("--sets", nargs="+", default=["dev", "train_own", "indomain"])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--fold", type=int, default=-1, help="0 or 1: leave out every second row (out-of-fold predictions)")
    parser.add_argument("--max-len", type=int, default=96)
    parser.add_argument("--tokens", type=int, default=1536, help="pieces a batch, about")
    parser.add_argument("--lr", type=float, default=1.5e-4)
    parser.add_argument("--lr-heads", type=float, default=1e-3)
    parser.add_argument("--layer-decay", type=float, default=0.95)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--resume", action="store_true", help="soft: go on with the rows not done yet (same teacher)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(2)
    if args.command == "dev":
        dev_report(load_teacher(args.work, args.name), TeacherTokenizer(args.work / "aligned"), args.max_len, args.name)
    else:
        {"train": train, "soft": soft}[args.command](args)


if __name__ == "__main__":
    main()
