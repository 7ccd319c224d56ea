"""Arithmetic whose result for a row does not depend on the rows beside it, to the last bit."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

Matrix = NDArray[np.float32]

_BLOCK = 256


def multiply(rows: Matrix, weights: Matrix) -> Matrix:
    """``rows @ weights`` in blocks of one fixed shape.

    A BLAS library chooses its kernel by the shape of the matrices, and kernels differ in the last bit; with one shape there is one kernel.

    Example:
        >>> multiply(np.eye(3, dtype=np.float32), np.arange(6, dtype=np.float32).reshape(3, 2)).tolist()
        [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    """
    product = np.empty((len(rows), weights.shape[1]), dtype=np.float32)
    whole = len(rows) - len(rows) % _BLOCK
    for start in range(0, whole, _BLOCK):
        np.matmul(rows[start : start + _BLOCK], weights, out=product[start : start + _BLOCK])
    if whole < len(rows):
        last = np.zeros((_BLOCK, rows.shape[1]), dtype=np.float32)
        last[: len(rows) - whole] = rows[whole:]
        product[whole:] = (last @ weights)[: len(rows) - whole]
    return product


def sum_by(group_starts: NDArray[np.int64], rows: Matrix) -> Matrix:
    """Sums of consecutive groups of rows; each group begins at one of ``group_starts`` and none is empty.

    Example:
        >>> sum_by(np.array([0, 2]), np.ones((3, 1), dtype=np.float32)).tolist()
        [[2.0], [1.0]]
    """
    from scipy.sparse import csr_matrix

    ends = np.append(group_starts, len(rows))  # a sparse product adds row after row, in one order, and faster than np.add.reduceat
    groups = csr_matrix((np.ones(len(rows), dtype=np.float32), np.arange(len(rows)), ends), shape=(len(group_starts), len(rows)))
    return np.asarray(groups @ rows, dtype=np.float32)


def one_thread_a_product() -> AbstractContextManager[object]:
    """While it lasts, BLAS uses one thread a product: for callers who multiply in several threads of their own."""
    limited: AbstractContextManager[object] = _blas().limit(limits=1, user_api="blas")
    return limited


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def sigmoid(logits: Matrix) -> Matrix:
    """The logistic function, safe for large values."""
    clipped = np.clip(logits, -30.0, 30.0)
    return np.asarray(1.0 / (1.0 + np.exp(-clipped)), dtype=np.float32)


def softmax(logits: Matrix) -> Matrix:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)
