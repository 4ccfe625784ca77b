"""The compiled coupling of fundamental and harmonic, moment by moment."""

from __future__ import annotations

from typing import Any

from numba import njit
from numpy.typing import NDArray

__all__ = ["kick"]

Fields = NDArray[Any]


@njit(fastmath=True, error_model="numpy", cache=True)
def kick(a_1: Fields, a_2: Fields, half: float) -> None:
    """Couple both waves in place, with a strength of 2 `half`.

    With m = a_1 in the kick's middle, H = ((0, conj m), (m, 0)) and q = `half`, the
    waves are multiplied by (1 + i q H) / (1 - i q H) = ((1 - p) + 2 i q H) / (1 + p),
    where p = |q m|^2: unitary, whatever m is.
    """
    one = a_1.real.dtype.type(1)
    q = a_1.real.dtype.type(half)
    for row in range(a_1.shape[0]):
        for moment in range(a_1.shape[1]):
            x, y = a_1[row, moment], a_2[row, moment]
            xr, xi, yr, yi = x.real, x.imag, y.real, y.imag
            mr = xr - q * (xr * yi - xi * yr)
            mi = xi + q * (xr * yr + xi * yi)
            p = q * q * (mr * mr + mi * mi)
            over = one / (one + p)
            stay, swap = (one - p) * over, (q + q) * over
            gr, gi = -swap * mi, swap * mr
            a_1[row, moment] = complex(
                stay * xr - gr * yr - gi * yi, stay * xi - gr * yi + gi * yr
            )
            a_2[row, moment] = complex(
                stay * yr + gr * xr - gi * xi, stay * yi + gr * xi + gi * xr
            )
