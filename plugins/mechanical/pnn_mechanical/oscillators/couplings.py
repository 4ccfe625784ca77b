"""M = Q - 1 of the couplings C, compiled, and the way back of its gradient."""

# ruff: noqa: ANN001, ANN201  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["couple", "pull_couplings"]

compiled = njit(fastmath=True, error_model="numpy", cache=True)

TILE = 32
"""Edge of the squares in which a matrix and its transpose are visited together."""


@compiled
def couple(drawn, stray, own, matrix):
    """Write M = Q - 1 of C = drawn + stray; see `schematic`.

    Args:
        drawn: C as set.
        stray: Added to it.
        own: Whether C_ii counts.
        matrix: Written.
    """
    count, half = len(drawn), drawn.dtype.type(0.5)
    sums = np.zeros(count, drawn.dtype)
    for top in range(0, count, TILE):
        for left in range(0, top + 1, TILE):
            for i in range(top, min(top + TILE, count)):
                for j in range(left, min(left + TILE, i)):
                    one = drawn[i, j] + stray[i, j]
                    mean = half * (one + drawn[j, i] + stray[j, i])
                    matrix[i, j] = mean
                    matrix[j, i] = mean
                    sums[i] += mean
                    sums[j] += mean
    for i in range(count):
        if own:
            sums[i] += drawn[i, i] + stray[i, i]
        matrix[i, i] = -sums[i] - 1


@compiled
def pull_couplings(pulled, own, slopes):
    """Write the gradient in C, given that in M as if its elements were independent."""
    count, half = len(pulled), pulled.dtype.type(0.5)
    for top in range(0, count, TILE):
        for left in range(0, top + 1, TILE):
            for i in range(top, min(top + TILE, count)):
                for j in range(left, min(left + TILE, i)):
                    both = half * (pulled[i, j] + pulled[j, i])
                    both -= half * (pulled[i, i] + pulled[j, j])
                    slopes[i, j] = both
                    slopes[j, i] = both
    for i in range(count):
        slopes[i, i] = -pulled[i, i] if own else 0
