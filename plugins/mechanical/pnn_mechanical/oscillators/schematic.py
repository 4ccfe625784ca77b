"""What the drawing of the oscillators says; bench and twin share this and no more.

With q the angles, time in units of 1 / omega, omega a lone oscillator's frequency:

    q'' = -sin q + Q sin q + e,     J = (C + C^T) / 2
    Q_ij = J_ij,     Q_ii = -sum over j != i of J_ij

Couplings C and drives e are trained. Equal angles do not feel the couplings. Params
hold C in their first rows and e in the last one.
"""

from __future__ import annotations

__all__ = ["STEP", "STEPS", "params_shape"]

STEP = 0.1
"""Of the Runge-Kutta method, in units of 1 / omega."""

STEPS = 5


def params_shape(oscillators: int) -> tuple[int, int]:
    """Return the shape of C, and of e below it."""
    return oscillators + 1, oscillators
