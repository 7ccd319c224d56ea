import json
import shutil

import pytest

import cxtext
from cxtext.model import ENCODER, HEADS, TOKENIZER, default_folder, load_model


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(default_folder(), tmp_path / "model")


@pytest.mark.parametrize("name", [ENCODER, HEADS, TOKENIZER, "config.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(cxtext.ModelError, match=name.replace(".", r"\.") + " is missing"):
        load_model(folder)


@pytest.mark.parametrize("name", [ENCODER, HEADS, TOKENIZER])
def test_a_damaged_file_is_named(folder, name):
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(cxtext.ModelError, match=name.replace(".", r"\.") + " is damaged"):
        load_model(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda config: config.update(format=99), "layout 99"),
        (lambda config: config.pop("calibrations"), "lacks calibrations"),
        (lambda config: config["files"].pop(HEADS), "lacks a file"),
        (lambda config: config["calibrations"].pop("churn"), "does not fit together"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(folder, change, words):
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(cxtext.ModelError, match=words):
        cxtext.load(folder).analyze("late")


def test_a_config_that_is_no_json_is_refused(folder):
    (folder / "config.json").write_text("{")
    with pytest.raises(cxtext.ModelError, match="config.json is damaged"):
        load_model(folder)


def test_a_copied_folder_reads_the_same(cx, folder):
    text = "Never again, the room was filthy"
    assert cxtext.load(folder).analyze(text) == cx.analyze(text)


def test_the_folder_is_small_and_holds_no_pickle():
    files = [path for path in default_folder().iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 40_000_000
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".md"}


def test_the_labels_are_those_of_the_taxonomy(cx):
    assert cx.model.heads.labels["causes"] == cx.taxonomy.cause_ids
    assert cx.owners == cx.taxonomy.owner_ids
    assert cx.model.config["taxonomy_version"] == cx.taxonomy.version
