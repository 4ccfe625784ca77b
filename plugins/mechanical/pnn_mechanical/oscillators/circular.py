"""Sine and cosine together, as compiled loops can use them on many numbers at once.

Angles are reduced by multiples of pi in two parts (Cody and Waite, Software Manual for
the Elementary Functions, Prentice-Hall, 1980), and Taylor's series does the rest: to
2e-7 and 4e-14 in single and double precision, up to 1,000 rad.
"""

# ruff: noqa: ANN001, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

from collections.abc import Callable
from math import factorial, pi
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

__all__ = ["CAREFUL", "circular"]

CAREFUL = {"arcp", "contract", "ninf", "nnan", "nsz"}
"""Liberties the compiler may take; reordering sums would undo the reduction."""

COARSE = 3.140625
"""Of pi, its first 8 bits: multiples of it are exact."""

inlined = njit(fastmath=CAREFUL, error_model="numpy", inline="always")


def circular(x: Any) -> Any:
    """Return sin x and cos x, in the precision of x; in compiled code only."""
    raise NotImplementedError


def series(coefficients: list[Any]) -> Callable[[Any], Any]:
    """Return the compiled polynomial with these coefficients, lowest order first."""
    first, *rest = coefficients
    if not rest:
        return inlined(lambda z: first)
    inner = series(rest)
    return inlined(lambda z: first + z * inner(z))


def built(number: Any, terms: int) -> Callable[[Any], tuple[Any, Any]]:
    """Return what computes both in a precision, by so many terms beyond the first."""
    orders = range(1, terms + 1)
    sine = series([number((-1) ** n / factorial(2 * n + 1)) for n in orders])
    cosine = series([number((-1) ** n / factorial(2 * n)) for n in orders])
    half, one, two = number(0.5), number(1), number(2)
    inverse, coarse, fine = number(1 / pi), number(COARSE), number(pi - COARSE)

    def both(x):
        turns = np.floor(x * inverse + half)
        r = (x - turns * coarse) - turns * fine
        z = r * r
        sign = one - two * (turns - two * np.floor(turns * half))
        return sign * (r + r * z * sine(z)), sign * (one + z * cosine(z))

    return both


SINGLE, DOUBLE = built(np.float32, 7), built(np.float64, 11)
"""At pi / 2 what is left out is below 1e-10, and 1e-18."""


@overload(circular, inline="always")
def _circular(x):
    return SINGLE if x == types.float32 else DOUBLE
