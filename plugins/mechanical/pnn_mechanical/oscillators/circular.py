"""Sine and cosine together, as compiled loops can use them on many numbers at once.

Angles are reduced by multiples of pi / 2 in two parts (Cody and Waite, Software Manual
for the Elementary Functions, Prentice-Hall, 1980), and Taylor's series does the rest:
to rounding, and at 1,000 rad still to 1e-7 and 4e-14 in single and double precision.
"""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

from math import factorial, pi
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

__all__ = ["CAREFUL", "circular"]

CAREFUL = {"arcp", "contract", "ninf", "nnan", "nsz"}
"""Liberties the compiler may take; reordering sums would undo the reduction."""

TERMS = 9
COARSE = 1.5703125
"""Of pi / 2, its first 8 bits: multiples of it are exact."""


def numbers(number: Any) -> tuple[Any, ...]:
    """Return the constants, each converted by `number`."""
    sines = [(-1) ** n / factorial(2 * n + 1) for n in range(1, TERMS)]
    cosines = [(-1) ** n / factorial(2 * n) for n in range(1, TERMS)]
    reduction = [2 / pi, 0.5, COARSE, pi / 2 - COARSE]
    return tuple(number(x) for x in (*reduction, *sines, *cosines))


def constants(x):
    """Return the constants in the precision of x, to compiled code only."""
    raise NotImplementedError


@overload(constants, inline="always")
def _constants(x):
    found = numbers(np.float32 if x == types.float32 else np.float64)
    return lambda x: found


@njit(fastmath=CAREFUL, error_model="numpy", inline="always")
def circular(x):
    """Return sin x and cos x."""
    c = constants(x)
    turns = np.floor(x * c[0] + c[1])
    r = (x - turns * c[2]) - turns * c[3]
    z = r * r
    sine = c[4] + z * (
        c[5]
        + z * (c[6] + z * (c[7] + z * (c[8] + z * (c[9] + z * (c[10] + z * c[11])))))
    )
    sine = r + r * z * sine
    cosine = c[12] + z * (
        c[13]
        + z
        * (c[14] + z * (c[15] + z * (c[16] + z * (c[17] + z * (c[18] + z * c[19])))))
    )
    cosine = z * cosine + (c[1] + c[1])
    quarter = turns - 4 * np.floor(turns * c[1] * c[1])
    odd = (quarter == 1) | (quarter == 3)
    a, b = (cosine, sine) if odd else (sine, cosine)
    return a if quarter < 2 else -a, -b if (quarter == 1) | (quarter == 2) else b
