import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from cxtext.schema import CommentBatch
from cxtext.text import TextAnnotator


def annotated(texts):
    batch = CommentBatch(list(texts))
    TextAnnotator()(batch)
    return batch


def test_fills_its_columns_and_no_others():
    batch = annotated(["<b>Anna</b> was lovely", "服务很差", "нет", ""])
    assert set(batch.columns) == set(TextAnnotator.provides)
    assert [row.text for row in batch["normalised"]] == [" Anna was lovely", "服务很差", "нет", ""]
    assert batch["language"] == ["en", "zh", "ru", "other"]
    assert batch["meaningful"] == [True, True, False, False]


@given(st.lists(st.text(st.characters()), max_size=5))
def test_a_row_does_not_depend_on_its_neighbours(texts):
    together = annotated(texts)
    for row, text in enumerate(texts):
        alone = annotated([text])
        assert [together[name][row] for name in TextAnnotator.provides] == [alone[name][0] for name in TextAnnotator.provides]


def test_import_is_light():
    heavy = "{'numpy', 'pandas', 'pyarrow', 'yaml', 'torch'}"
    subprocess.run([sys.executable, "-c", f"import cxtext.text, sys; assert not {heavy} & set(sys.modules)"], check=True)
