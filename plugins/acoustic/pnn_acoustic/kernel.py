"""The compiled integrator: loudspeaker and plate, many examples side by side.

Motor, with coil current i, coil displacement x = sum_n s_n q_n and velocity v
(Klippel, Loudspeaker nonlinearities, J. Audio Eng. Soc. 54, 907 (2006)):

    L di/dt = u - R i - Bl(x) v
    F = Bl(x) i - K(x) x - r v - M dv/dt          the force that reaches the plate

Plate, in modal coordinates q_n of mass m (Leissa, NASA SP-160, 1969), stretched by
its own deflection (Berger, J. Appl. Mech. 22, 465 (1955)):

    q_n'' = -(omega_n^2 + tau S k_n^2) q_n - 2 zeta_n omega_n q_n' + s_n F / m
    S = sum_n k_n^2 q_n^2

Since dv/dt = sum_n s_n q_n'' is itself linear in F, F has a closed form: the coil's
mass couples the modes without a matrix. Steps are classical fourth-order Runge-Kutta.

Arrays are flat, with the lanes of one quantity side by side and constant distances
between quantities, because that is what lets the compiler vectorise.
"""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit, prange

__all__ = ["LANES", "integrate", "simulate"]

LANES = 16
"""Examples that one thread integrates in step: two AVX2 registers of float32."""

# Where each quantity of the coil starts, and each quantity of one mode.
CURRENT, CURRENT_NEXT, CURRENT_NOW = 0, LANES, 2 * LANES
X, V, STRETCH, ELASTIC, TENSION, VOLTS = (LANES * slot for slot in range(3, 9))
Q, Q_NEXT, Q_NOW, P, P_NEXT, P_NOW, MODE = (LANES * slot for slot in range(7))

compiled = njit(fastmath=True, error_model="numpy", cache=True)


@compiled
def _force(coil, z, motor, plate):
    """Write the force on the plate, and the tension that stiffens it."""
    spring, damping, shape, _, squared = plate
    for j in range(5 * LANES):
        coil[X + j] = 0
    for n in range(len(spring)):
        w, c, s, k = spring[n], damping[n], shape[n], squared[n]
        m = n * MODE
        for j in range(LANES):
            q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
            coil[X + j] += s * q
            coil[V + j] += s * p
            coil[STRETCH + j] += k * q * q
            coil[ELASTIC + j] += s * (w * q + c * p)
            coil[TENSION + j] += s * k * q
    b0, b1, b2, k0, k1, k2 = motor[:6]
    friction, mass, yielding, tau = motor[6], motor[7], motor[8], motor[9]
    for j in range(LANES):
        x = coil[X + j]
        bl = b0 + x * (b1 + x * b2)
        push = bl * coil[CURRENT_NOW + j] - friction * coil[V + j]
        push -= x * (k0 + x * (k1 + x * k2))
        stretch = tau * coil[STRETCH + j]
        restoring = coil[ELASTIC + j] + stretch * coil[TENSION + j]
        coil[STRETCH + j] = stretch
        coil[ELASTIC + j] = yielding * (push + mass * restoring)


@compiled
def _advance(coil, z, motor, plate, weight, ahead, last):
    """Add one stage's slopes to the step, and move to where the next is taken."""
    spring, damping, _, accept, squared = plate
    b0, b1, b2, resistance, per_henry = (
        motor[0],
        motor[1],
        motor[2],
        motor[10],
        motor[11],
    )
    for j in range(LANES):
        x = coil[X + j]
        bl = b0 + x * (b1 + x * b2)
        drop = resistance * coil[CURRENT_NOW + j] + bl * coil[V + j]
        slope = (coil[VOLTS + j] - drop) * per_henry
        end = coil[CURRENT_NEXT + j] + weight * slope
        coil[CURRENT_NEXT + j] = end
        coil[CURRENT_NOW + j] = end if last else coil[CURRENT + j] + ahead * slope
        if last:
            coil[CURRENT + j] = end
    for n in range(len(spring)):
        w, c, e, k = spring[n], damping[n], accept[n], squared[n]
        m = n * MODE
        for j in range(LANES):
            q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
            a = e * coil[ELASTIC + j] - (w + k * coil[STRETCH + j]) * q - c * p
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
def _listen(coil, z, plate, pickup, heard):
    """Write the sound pressure: modal accelerations and velocities, weighted."""
    spring, damping, _, accept, squared = plate
    for j in range(LANES):
        heard[j] = 0
    for n in range(len(spring)):
        w, c, e, k = spring[n], damping[n], accept[n], squared[n]
        m = n * MODE
        near, far = pickup[0, n], pickup[1, n]
        for j in range(LANES):
            q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
            a = e * coil[ELASTIC + j] - (w + k * coil[STRETCH + j]) * q - c * p
            heard[j] += near * a + far * p


@compiled
def integrate(volts, motor, plate, pickup, step_s, substeps, heard):
    """Play volts [sample, lane] from rest; write what is heard at each hold's end.

    Args:
        volts: Held for `substeps` steps each.
        motor: Bl's and K's coefficients (3 and 3), friction r, mass M, the share
            1 / (1 + M sum s^2 / m) of a force that reaches the plate, tau, R and 1 / L.
        plate: omega^2, 2 zeta omega, s, s / m and k^2, each [mode].
        pickup: What is heard per modal acceleration and velocity, each [mode].
        step_s: Length of a Runge-Kutta step.
        substeps: Steps per hold.
        heard: Written, [sample, lane].

    Returns:
        The final state: the coil's current [lane], q and q' [mode, lane].
    """
    number = volts.dtype.type
    coil = np.zeros(9 * LANES, number)
    z = np.zeros(plate.shape[1] * MODE, number)
    half, third, sixth = step_s / number(2), step_s / number(3), step_s / number(6)
    for t in range(len(volts)):
        for j in range(LANES):
            coil[VOLTS + j] = volts[t, j]
        for _ in range(substeps):
            _force(coil, z, motor, plate)
            _advance(coil, z, motor, plate, sixth, half, False)
            _force(coil, z, motor, plate)
            _advance(coil, z, motor, plate, third, half, False)
            _force(coil, z, motor, plate)
            _advance(coil, z, motor, plate, third, step_s, False)
            _force(coil, z, motor, plate)
            _advance(coil, z, motor, plate, sixth, step_s, True)
        _force(coil, z, motor, plate)
        _listen(coil, z, plate, pickup, heard[t])
    state = z.reshape((plate.shape[1], 6, LANES))
    return coil[:LANES], state[:, 0], state[:, 3]


@njit(fastmath=True, error_model="numpy", cache=True, parallel=True)
def simulate(volts, motor, plate, pickup, step_s, substeps, heard):
    """Play volts [block, sample, lane], each block on one thread."""
    for block in prange(len(volts)):
        integrate(volts[block], motor, plate, pickup, step_s, substeps, heard[block])
