"""M = Q - 1 of the couplings C, and the way back of its gradient."""

# ruff: noqa: ANN001, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
import torch
from numba import njit
from torch import Tensor

__all__ = ["couple", "pull_couplings"]

compiled = njit(fastmath=True, error_model="numpy", cache=True)


def couple(drawn: Tensor, own: bool) -> Tensor:
    """Return M = Q - 1; see `schematic`.

    Args:
        drawn: C.
        own: Whether C_ii counts.
    """
    matrix = drawn + drawn.T
    _halve(matrix.numpy(), own)
    return matrix


def pull_couplings(pulled: Tensor, own: bool, slopes: Tensor) -> None:
    """Write the gradient in C, given that in M as if its elements were independent."""
    torch.add(pulled, pulled.T, out=slopes)
    _halve_back(pulled.numpy(), own, slopes.numpy())


@compiled
def _halve(matrix, own):
    """Make M of 2 J."""
    half = matrix.dtype.type(0.5)
    for i in range(len(matrix)):
        row = matrix[i]
        total = half * 0
        for j in range(len(row)):
            row[j] *= half
            total += row[j]
        row[i] = (0 if own else row[i]) - total - 1


@compiled
def _halve_back(pulled, own, slopes):
    """Make the gradient in C of twice that in J off the diagonal."""
    half = pulled.dtype.type(0.5)
    owns = half * np.diag(pulled)
    for i in range(len(slopes)):
        row, mine = slopes[i], owns[i]
        for j in range(len(row)):
            row[j] = half * row[j] - (mine + owns[j])
        row[i] = -pulled[i, i] if own else 0
