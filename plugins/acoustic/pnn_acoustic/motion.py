"""The twin's compiled integrator of coil and plate.

With u held over a sample, current i, modal displacements q and velocities p:

    di/dt = (u - R i - Bl(x) v) / L
    dq/dt = p
    dp/dt = e F - (w + k tau S) q - c p
    F = y (Bl(x) i - K(x) x - r v + M (E + tau S T))

with x = s.q, v = s.p, S = k.q^2, T = (s k).q and E = s.(w q + c p): a moving coil
(Klippel, J. Audio Eng. Soc. 54, 907 (2006)) on a plate that its deflection stretches
(Berger, J. Appl. Mech. 22, 465 (1955)). What is heard is near.dp/dt + far.p. Steps are
classical fourth-order Runge-Kutta.
"""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit, prange

from pnn_acoustic.places import (
    COIL,
    FORCE,
    I_NEXT,
    I_NOW,
    I_START,
    LANES,
    MODE,
    P_NEXT,
    P_NOW,
    Q_NEXT,
    Q_NOW,
    RESTORING,
    STAGE,
    STRETCH,
    TENSION,
    VOLTS,
    P,
    Q,
    V,
    X,
    amplify,
    compiled,
    fractions,
)

__all__ = ["force", "hold", "push_forward"]


@compiled
def force(coil, z, motor, plate, kept):
    """Write the sums over the modes and the force on the plate; keep the state."""
    spring, damping, shape, _, squared = plate
    for j in range(X, STAGE):
        coil[j] = 0
    for n in range(len(spring)):
        w, c, s, k = spring[n], damping[n], shape[n], squared[n]
        m, at = n * MODE, STAGE + n * 2 * LANES
        for j in range(LANES):
            q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
            kept[at + j], kept[at + LANES + j] = q, p
            coil[X + j] += s * q
            coil[V + j] += s * p
            coil[STRETCH + j] += k * q * q
            coil[TENSION + j] += s * k * q
            coil[RESTORING + j] += s * (w * q + c * p)
    b0, b1, b2, k0, k1, k2, r, mass, y, tau, _, _ = motor
    for j in range(LANES):
        x = coil[X + j]
        push = (b0 + x * (b1 + x * b2)) * coil[I_NOW + j] - r * coil[V + j]
        push -= x * (k0 + x * (k1 + x * k2))
        coil[RESTORING + j] += tau * coil[STRETCH + j] * coil[TENSION + j]
        coil[FORCE + j] = y * (push + mass * coil[RESTORING + j])
    for j in range(STAGE):
        kept[j] = coil[j]


@compiled
def _advance(coil, z, motor, plate, weight, ahead, last):
    """Add one stage's slopes to the step, and move to where the next is taken."""
    spring, damping, _, accept, squared = plate
    b0, b1, b2, _, _, _, _, _, _, tau, resistance, per_henry = motor
    for j in range(LANES):
        x = coil[X + j]
        drop = resistance * coil[I_NOW + j] + (b0 + x * (b1 + x * b2)) * coil[V + j]
        slope = (coil[VOLTS + j] - drop) * per_henry
        end = coil[I_NEXT + j] + weight * slope
        coil[I_NEXT + j] = end
        coil[I_NOW + j] = end if last else coil[I_START + j] + ahead * slope
        if last:
            coil[I_START + j] = end
    for n in range(len(spring)):
        w, c, e, k = spring[n], damping[n], accept[n], squared[n]
        m = n * MODE
        for j in range(LANES):
            q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
            a = e * coil[FORCE + j] - (w + k * tau * coil[STRETCH + j]) * q - c * p
            q_end, p_end = (
                z[m + Q_NEXT + j] + weight * p,
                z[m + P_NEXT + j] + weight * a,
            )
            z[m + Q_NEXT + j], z[m + P_NEXT + j] = q_end, p_end
            if last:
                z[m + Q + j], z[m + P + j] = q_end, p_end
                z[m + Q_NOW + j], z[m + P_NOW + j] = q_end, p_end
            else:
                z[m + Q_NOW + j] = z[m + Q + j] + ahead * p
                z[m + P_NOW + j] = z[m + P + j] + ahead * a


@compiled
def _listen(coil, z, motor, plate, pickup, heard):
    """Write what the microphone hears."""
    spring, damping, _, accept, squared = plate
    tau = motor[9]
    for j in range(LANES):
        heard[j] = 0
    for n in range(len(spring)):
        w, c, e, k = spring[n], damping[n], accept[n], squared[n]
        m, near, far = n * MODE, pickup[0, n], pickup[1, n]
        for j in range(LANES):
            q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
            a = e * coil[FORCE + j] - (w + k * tau * coil[STRETCH + j]) * q - c * p
            heard[j] += near * a + far * p


@compiled
def hold(coil, z, motor, plate, step_s, substeps, tape):
    """Step through one sample; keep every stage's sums and state."""
    half, third, sixth = fractions(step_s)
    for stage in range(4 * substeps):
        force(coil, z, motor, plate, tape[stage])
        part = stage % 4
        weight = sixth if part == 0 or part == 3 else third
        ahead = step_s if part == 2 else half
        _advance(coil, z, motor, plate, weight, ahead, part == 3)


@compiled
def _play(volts, motor, plate, pickup, step_s, substeps, delay, kept, heard):
    """Play one block [sample, lane] forwards, see `push_forward`."""
    coil = np.zeros(COIL, volts.dtype)
    z = np.zeros(plate.shape[1] * MODE, volts.dtype)
    tape = np.empty((4 * substeps, kept.shape[1]), volts.dtype)
    for t in range(len(kept)):
        force(coil, z, motor, plate, kept[t])
        if t > delay:
            _listen(coil, z, motor, plate, pickup, heard[t - delay - 1])
        if t + 1 < len(kept):
            amplify(coil, volts, t)
            hold(coil, z, motor, plate, step_s, substeps, tape)


@njit(error_model="numpy", cache=True, parallel=True)
def push_forward(volts, motor, plate, pickup, step_s, substeps, delay, kept, heard):
    """Play volts [block, sample, lane] from rest, and write what is heard.

    Args:
        volts: Held for a sample each.
        motor: Coefficients named `MOTOR`.
        plate: Coefficients named `PLATE`, each [mode].
        pickup: Coefficients named `PICKUP`, each [mode].
        step_s: Length of a Runge-Kutta step.
        substeps: Steps per sample.
        delay: Samples before the recorder starts.
        kept: Written, the states [block, samples + delay + 1, state].
        heard: Written, [block, sample, lane].
    """
    for b in prange(len(volts)):
        at = kept[b], heard[b]
        _play(volts[b], motor, plate, pickup, step_s, substeps, delay, *at)
