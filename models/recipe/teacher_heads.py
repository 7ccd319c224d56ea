"""Fine-tune the aligned encoder on the labelled comments (all tasks and languages jointly) and write soft labels.

`train` keeps the epoch with the best mean causes micro-F1 on dev; test is never read. `soft` predicts for a parquet file
with a `text` column (rows in random blocks, so that an interrupted or time-limited run is an unbiased part; `done` marks them)
or for labelled files, and saves float16 probabilities.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import time

import numpy as np
import torch
from corpora import read_labelled, unlabelled_comments
from labels import gold_arrays
from report import show_dev
from student import EXCLUSIVE, FLAGS, SIZES
from teacher_model import DATA, WORK, TeacherTokenizer, buckets, load_body, pad
from torch import nn
from torch.nn import functional as fn

WEIGHTS = {
    "causes": 1.0, "cause_polarity": 0.7, "sentiment": 1.0, "owner": 1.0, "churn": 0.7, "advocate": 0.5, "intents": 0.5, "stage": 0.5, "follow_up": 0.5,
}  # fmt: skip


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
    parts = {head: fn.cross_entropy(logits[head], gold[head]) for head in EXCLUSIVE}
    for head in FLAGS:
        parts[head] = fn.binary_cross_entropy_with_logits(logits[head], gold[head], reduction="none").sum(1).mean()
    parts["cause_polarity"] = fn.cross_entropy(logits["cause_polarity"].reshape(-1, 3), gold["cause_polarity"].view(-1), ignore_index=-1)
    return sum(WEIGHTS[head] * part for head, part in parts.items())


def predict(model: Teacher, seqs: list[np.ndarray], out: dict[str, np.ndarray] | None = None, index: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Logits of every head, computed in order of length; written into `out` at `index` when given."""
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
                out[k][index[take]] = v.numpy().astype(np.float16)
            i += len(take)
    return out


def dev_report(model: Teacher, tok: TeacherTokenizer, max_len: int, tag: str) -> float:
    """Print the dev table; mean causes micro-F1 over the languages."""
    rows = read_labelled(DATA, "dev")
    print(tag)
    return show_dev(rows, {head: v.astype(np.float32) for head, v in predict(model, tok([row["text"] for row in rows], max_len)).items()})


def train(args: argparse.Namespace) -> None:
    """Multi-task fine-tuning with linear decay; the best epoch's weights go to WORK/<name>.pt."""
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    tok = TeacherTokenizer(args.work / "aligned")
    rows = read_labelled(DATA, "train") + read_labelled(DATA, "own")
    gold = {head: torch.from_numpy(v) for head, v in gold_arrays(rows).items()}
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


def soft(args: argparse.Namespace) -> None:
    """Soft labels of the unlabelled comments, in random order until the time is up; `done` says which have one."""
    tok = TeacherTokenizer(args.work / "aligned")
    model = load_teacher(args.work, args.name)
    texts = unlabelled_comments(DATA)["text"].tolist()
    out = {head: np.zeros((len(texts), size), dtype=np.float16) for head, size in SIZES.items()}
    done = np.zeros(len(texts), dtype=bool)
    if args.resume:
        with np.load(args.work / "soft_teacher.npz") as old:
            done = old["done"]
            out = {head: old[head] for head in SIZES}
    order = np.random.default_rng(0).permutation(len(texts))
    order = order[~done[order]]
    start = time.time()
    for i in range(0, len(order), 6000):
        if time.time() - start > args.minutes * 60:
            break
        part = order[i : i + 6000]
        logits = predict(model, tok([texts[k] for k in part], args.max_len))
        for head, values in logits.items():
            out[head][part] = probabilities(head, values.astype(np.float32))
        done[part] = True
        np.savez(args.work / "soft_teacher.npz", **out, done=done)
        print(f"{done.sum()} of {len(done)} comments, {time.time() - start:.0f} s", flush=True)


def probabilities(head: str, logits: np.ndarray) -> np.ndarray:
    """Logits of a head as probabilities."""
    values = torch.from_numpy(logits)
    if head == "cause_polarity":
        return values.view(-1, 32, 3).softmax(-1).flatten(1).numpy()
    return (values.softmax(-1) if head in EXCLUSIVE else values.sigmoid()).numpy()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["train", "soft", "dev"])
    parser.add_argument("--work", type=pathlib.Path, default=WORK)
    parser.add_argument("--init", default="aligned", help="folder under WORK to start from")
    parser.add_argument("--name", default="teacher")
    parser.add_argument("--epochs", type=int, default=3)
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
