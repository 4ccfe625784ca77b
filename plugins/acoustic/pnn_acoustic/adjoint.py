"""The adjoint of the twin's integrator: gradients, by playing backwards in time.

The Runge-Kutta steps of `pnn_acoustic.motion` are transposed, last step first: the
gradient is that of the discrete steps, not of the differential equation, and so is
exact. States are kept at the start of each sample, and the steps between are taken
again (Griewank and Walther, Evaluating Derivatives, 2nd ed. (2008), chapter 12).

Numba's cache does not see a change in the files imported here: touch this one too.
"""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit, prange

from pnn_acoustic.motion import hold
from pnn_acoustic.places import (
    COIL,
    FITTED,
    LANES,
    MODE,
    U_BAR,
    W_BAR,
    amplify,
    begin,
    compiled,
    fractions,
    recall,
)
from pnn_acoustic.pull import pull, pull_heard

__all__ = ["pull_back"]


@compiled
def _unplay(volts, motor, plate, pickup, step_s, substeps, delay, kept, bars, fit):
    """Play one block backwards, see `pull_back`."""
    heard_bar, volts_bar, motor_bar, modes_bar = bars
    coil = np.zeros(COIL, volts.dtype)
    z = np.zeros(plate.shape[1] * MODE, volts.dtype)
    tape = np.empty((4 * substeps, kept.shape[1]), volts.dtype)
    half, third, sixth = fractions(step_s)
    for t in range(len(kept) - 2, -1, -1):
        if t >= delay:
            recall(coil, z, kept[t + 1])
            heard = heard_bar[t - delay]
            pull_heard(coil, z, motor, plate, pickup, kept[t + 1], heard, sixth, fit)
        recall(coil, z, kept[t])
        begin(coil, z)
        amplify(coil, volts, t)
        hold(coil, z, motor, plate, step_s, substeps, tape)
        for stage in range(4 * substeps - 1, -1, -1):
            part = stage % 4
            weight = third if part == 2 or part == 3 else sixth
            ahead = step_s if part == 3 else half
            pull(coil, z, motor, plate, tape[stage], weight, ahead, part == 0, fit)
        if t < len(volts):
            for j in range(LANES):
                volts_bar[t, j] = coil[U_BAR + j]
    for k in range(len(motor)):
        for j in range(LANES):
            motor_bar[k] += coil[FITTED + k * LANES + j]
    for n in range(plate.shape[1]):
        for k in range(7):
            for j in range(LANES):
                modes_bar[k, n] += z[n * MODE + W_BAR + k * LANES + j]


@njit(error_model="numpy", cache=True, parallel=True)
def pull_back(volts, motor, plate, pickup, step_s, substeps, delay, kept, fit, bars):
    """Turn d loss / d heard into d loss / d volts, motor, plate and pickup.

    Arguments as in `push_forward`; `fit` tells whether those of the coefficients are
    wanted. `bars` are d loss / d heard [block, sample, lane] and, written into zeros,
    those of volts, alike, of motor [block, 12], and of plate and pickup together
    [block, 7, mode].
    """
    for b in prange(len(volts)):
        mine = bars[0][b], bars[1][b], bars[2][b], bars[3][b]
        _unplay(
            volts[b], motor, plate, pickup, step_s, substeps, delay, kept[b], mine, fit
        )
