import numpy as np
import pytest

from cxtext.classifiers.stable import multiply, sigmoid, softmax, sum_by


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 257, 700])
def test_multiply_is_a_product_whose_rows_do_not_depend_on_their_neighbours(rows):
    random = np.random.default_rng(rows)
    left, right = random.normal(size=(rows, 37)).astype(np.float32), random.normal(size=(37, 11)).astype(np.float32)
    product = multiply(left, right)
    assert np.allclose(product, left.astype(float) @ right.astype(float), atol=1e-4)
    order = random.permutation(rows)
    assert np.array_equal(multiply(left[order], right), product[order])
    for row in range(0, rows, 97):
        assert np.array_equal(multiply(left[row : row + 1], right)[0], product[row])


def test_sum_by_sums_each_group():
    assert sum_by(np.array([0, 1, 3]), np.arange(5, dtype=np.float32)[:, None]).ravel().tolist() == [0.0, 3.0, 7.0]
    assert sum_by(np.array([], dtype=int), np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_extreme_logits_do_not_overflow():
    with np.errstate(over="raise", invalid="raise"):
        assert sigmoid(np.array([-1e4, 0, 1e4], np.float32)).tolist() == pytest.approx([0, 0.5, 1], abs=1e-6)
        assert softmax(np.array([[1e4, -1e4]], np.float32))[0, 0] == 1.0
