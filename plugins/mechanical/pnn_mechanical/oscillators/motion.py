"""The bench's integrator: fourth-order Runge-Kutta, with few and large products.

Accelerations depend on angles only, so two stages of a step are known before the other
two: their products with the couplings are made together. The last step makes only what
is read, and needs its second and third stages only in sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

__all__ = ["couplings", "swung"]


def couplings(drawn: Array, self_coupling: bool = False) -> Array:
    """Return Q of C; see `schematic`."""
    matrix = drawn + drawn.T
    matrix *= matrix.dtype.type(0.5)
    if not self_coupling:
        np.fill_diagonal(matrix, 0)
    np.fill_diagonal(matrix, -matrix.sum(1))
    return matrix


def swung(
    angles: Array,
    matrix: Array,
    drive: Array,
    *,
    stretch: float = 1.0,
    steps: int,
    step: float,
    read: int | None = None,
) -> Array:
    """Return the final angles, at rest first, where q'' = (Q - 1) sin(s q) + e.

    Args:
        angles: At first, [batch, oscillator].
        matrix: Q; changed.
        drive: e, [oscillator].
        stretch: s.
        steps: Runge-Kutta steps.
        step: Length of one.
        read: How many, the last ones, to return; all if unset.
    """
    number = angles.dtype.type
    h, s, two = number(step), number(stretch), number(2)
    matrix.flat[:: len(matrix) + 1] -= number(1)
    q, v = angles, np.zeros_like(angles)
    last = slice(-read if read else None, None)
    for n in range(steps - 1):
        ahead = q + h / two * v
        first, second = _pulled([q, ahead] if n else [q], matrix, drive, s)
        third = ahead + h * h / number(4) * first
        fourth = q + h * v + h * h / two * second
        a, b = _pulled([third, fourth], matrix, drive, s)
        q = q + h * v + h * h / number(6) * (first + second + a)
        v = v + h / number(6) * (first + two * (second + a) + b)
    ahead = q + h / two * v
    first, _ = _pulled([q], matrix, drive, s)
    sines = np.sin(s * ahead) + np.sin(s * (ahead + h * h / number(4) * first))
    rest = sines @ matrix[:, last] + two * drive[last]
    return (q + h * v)[:, last] + h * h / number(6) * (first[:, last] + rest)


def _pulled(
    stages: list[Array], matrix: Array, drive: Array, stretch: np.floating[Any]
) -> tuple[Array, Array]:
    """Return the accelerations in two stages of a step; one stage stands for both."""
    angles = np.concatenate(stages) if len(stages) > 1 else stages[0]
    pulled = np.sin(stretch * angles) @ matrix
    pulled += drive
    batch = len(stages[0])
    return pulled[:batch], pulled[-batch:]
