"""Write the model card (``README.md`` in the model folder) and the figures that ``cxtext doctor`` shows.

    python models/recipe/card.py --restricted-results FOLDER

Figures come from ``benchmarks/results/quality.json`` (``python -m benchmarks.quality``); those of the comparison model from a second run with
``--model`` of the model trained with ``--restricted`` and ``-o FOLDER``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from corpora import licence_classes, read_labelled, unlabelled_comments, weak_texts

ROOT = Path(__file__).resolve().parents[2]
SHOWN = {
    "causes_micro_f1": "causes micro-F1",
    "causes_macro_f1": "causes macro-F1",
    "causes_polarity_f1": "cause + polarity micro-F1",
    "primary_cause": "primary cause accuracy",
    "sentiment_macro_f1": "sentiment macro-F1",
    "sentiment_accuracy": "sentiment accuracy",
    "owner_accuracy": "owner accuracy, all rows",
    "owner_coverage": "owner, share routed (not triage)",
    "owner_routed_accuracy": "owner accuracy, routed rows",
    "churn_macro_f1": "churn macro-F1",
    "churn_ap": "churn average precision",
    "stage_macro_f1": "stage macro-F1",
    "intents_micro_f1": "intents micro-F1",
    "advocate_f1": "advocate F1",
    "follow_up_f1": "follow-up F1",
    "ece_sentiment": "ECE sentiment",
    "ece_owner": "ECE owner",
    "ece_churn": "ECE churn",
    "ece_causes": "ECE causes",
}
BY_SOURCE = ("causes_micro_f1", "causes_polarity_f1", "sentiment_accuracy", "owner_accuracy", "churn_macro_f1", "follow_up_f1")
COMPARED = ("causes_micro_f1", "causes_macro_f1", "sentiment_macro_f1", "owner_accuracy", "churn_macro_f1")
LANGUAGES = ("en", "zh", "ru")


def main() -> None:
    """Write the card and the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "default")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    parser.add_argument("--restricted-results", type=Path, help="folder with quality.json of the model trained with --restricted")
    args = parser.parse_args()
    quality = json.loads((args.results / "quality.json").read_text(encoding="utf-8"))
    config = json.loads((args.model / "config.json").read_text(encoding="utf-8"))
    config["figures"] = {
        f"test {SHOWN[name]}, {language}": round(quality["splits"]["test"]["cxtext"][language][name], 3) for name in COMPARED for language in LANGUAGES
    }
    (args.model / "config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    template = (Path(__file__).parent / "card.md").read_text(encoding="utf-8")
    size = sum(path.stat().st_size for path in args.model.iterdir() if path.suffix in (".json", ".safetensors"))
    card = template.format(
        version=config["version"],
        megabytes=f"{size / 1e6:.0f}",
        figures=figures_table(quality),
        sources=source_table(quality),
        restricted=restricted_table(quality, args.restricted_results),
        data=data_table(args.data),
    )
    (args.model / "README.md").write_text(card, encoding="utf-8")
    print(f"written: {args.model / 'README.md'}")


def figures_table(quality: dict) -> str:
    """Every head, per language, dev and test, and tf-idf + LR on test."""
    ours = {split: quality["splits"][split]["cxtext"] for split in ("test", "dev")}
    peer = next((each for name, each in quality["splits"]["test"].items() if name.startswith("tf-idf")), {})
    columns = [(f"test {name}", ours["test"][name]) for name in (*LANGUAGES, "all")] + [(f"dev {name}", ours["dev"][name]) for name in LANGUAGES]
    columns += [(f"tf-idf + LR, test {name}", peer[name]) for name in LANGUAGES if name in peer]
    rows = [[title, *(cell(column.get(name)) for _, column in columns)] for name, title in SHOWN.items()]
    return markdown(["", *(title for title, _ in columns)], rows)


def source_table(quality: dict) -> str:
    """Test figures of each source with at least 20 rows."""
    sources = quality["sources"]["test"]
    rows = [[name, str(each["rows"]), *(cell(each["cxtext"].get(figure)) for figure in BY_SOURCE)] for name, each in sorted(sources.items())]
    return markdown(["source (test)", "rows", *(SHOWN[figure] for figure in BY_SOURCE)], rows)


def restricted_table(quality: dict, folder: Path | None) -> str:
    """The shipped model beside one that also learnt from restricted data."""
    if folder is None:
        return "Not measured for this version."
    other = json.loads((folder / "quality.json").read_text(encoding="utf-8"))["splits"]["test"]["cxtext"]
    ours = quality["splits"]["test"]["cxtext"]
    rows = [[SHOWN[name], *(f"{ours[lang][name]:.3f} → {other[lang][name]:.3f}" for lang in LANGUAGES)] for name in COMPARED]
    return markdown(["shipped → with restricted (test)", *LANGUAGES], rows)


def data_table(data: Path) -> str:
    """How many texts of each source and licence class were learnt from, and how."""
    classes = licence_classes(data) | {"own": "own"}
    labelled = Counter(row["source"] for name in ("train", "own") for row in read_labelled(data, name))
    weak = Counter(text.source for text in weak_texts(data))
    unlabelled = Counter(unlabelled_comments(data)["source"])
    names = sorted(labelled | weak | unlabelled)
    rows = [[name, classes.get(name, ""), *(f"{count[name]:,}" if count[name] else "" for count in (labelled, weak, unlabelled))] for name in names]
    total = ["all", "", *(f"{sum(count.values()):,}" for count in (labelled, weak, unlabelled))]
    return markdown(["source", "licence class", "labelled comments", "weakly labelled texts", "unlabelled comments"], [*rows, total])


def cell(value: float | None) -> str:
    """A figure."""
    return "" if value is None else f"{value:.3f}".removeprefix("0") if value < 1 else f"{value:.3f}"


def markdown(header: list[str], rows: list[list[str]]) -> str:
    """A table."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows])


if __name__ == "__main__":
    main()
