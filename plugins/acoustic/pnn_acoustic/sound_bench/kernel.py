"""The compiled integrator for one sound without end: the modes side by side.

Equations and steps are those of `pnn_acoustic.kernel`, which says where they come from.
That one takes many examples from rest; this one takes a single waveform block by block,
and leaves in its state what the next block starts from.

Waiting for one sum over modes after another is what takes the time. So one pass moves
the modes and sums what the next pass needs, and what only depends on q is ready early.
Arrays are flat for the same reason as there: [group, quantity, mode of the group].
"""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["at_rest", "grouped", "hear"]

GROUP = 16
"""Modes that advance in step: two AVX2 registers of float32."""

# Where a group's quantities start: of its state, and of its coefficients.
Q, Q_NEXT, Q_NOW, P, P_NEXT, P_NOW, STATE = (GROUP * slot for slot in range(7))
SPRING, DAMPING, SHAPE, ACCEPT, SQUARED, NEAR, FAR, PULL, DRAG, PART = (
    GROUP * slot for slot in range(10)
)

SILENT = 1e-20
"""Less, in m, m/s or A, is rest: subnormal numbers would be slow."""

compiled = njit(fastmath=True, error_model="numpy", cache=True)
inlined = njit(fastmath=True, error_model="numpy", forceinline=True)


def grouped(motor, plate, pickup):
    """Return coefficients by group, from `pnn_acoustic.parts.coefficients`.

    The last two sum up to the part of the force that is linear in q and p.
    """
    spring, damping, shape = plate[:3]
    friction, mass, yielding = motor[6:9]
    pull = yielding * mass * shape * spring
    drag = yielding * shape * (mass * damping - friction)
    rows = np.stack([*plate, *pickup, pull, drag])
    groups = -(-rows.shape[1] // GROUP)
    padded = np.zeros((len(rows), groups * GROUP), rows.dtype)
    padded[:, : rows.shape[1]] = rows
    return padded.reshape(len(rows), groups, GROUP).transpose(1, 0, 2).ravel()


def at_rest(parts):
    """Return the modes' state at rest."""
    return np.zeros(len(parts) // PART * STATE, parts.dtype)


@inlined
def _move(z, parts, force, stretch, weight, ahead, last):
    """Add one stage's slopes to the step, move to where the next is taken, and sum.

    Returns:
        x, v, the force linear in q and p, the stretch S / tau, and sum s k^2 q.
    """
    number = z.dtype.type
    x = v = linear = squares = tension = number(0)
    for g in range(len(z) // STATE):
        m, c = g * STATE, g * PART
        for j in range(GROUP):
            q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
            a = parts[c + ACCEPT + j] * force - parts[c + DAMPING + j] * p
            a -= (parts[c + SPRING + j] + parts[c + SQUARED + j] * stretch) * q
            q_end = z[m + Q_NEXT + j] + weight * p
            p_end = z[m + P_NEXT + j] + weight * a
            if last:
                q_end = q_end if abs(q_end) > number(SILENT) else number(0)
                p_end = p_end if abs(p_end) > number(SILENT) else number(0)
                z[m + Q + j], z[m + P + j] = q_end, p_end
                q, p = q_end, p_end
            else:
                q, p = z[m + Q + j] + ahead * p, z[m + P + j] + ahead * a
            z[m + Q_NEXT + j], z[m + P_NEXT + j] = q_end, p_end
            z[m + Q_NOW + j], z[m + P_NOW + j] = q, p
            s, k = parts[c + SHAPE + j], parts[c + SQUARED + j] * q
            x += s * q
            v += s * p
            linear += parts[c + PULL + j] * q + parts[c + DRAG + j] * p
            squares += k * q
            tension += s * k
    return x, v, linear, squares, tension


@inlined
def _force(sums, current, motor):
    """Return the force on the plate, the coil's back-voltage and the stretch."""
    x, v, linear, squares, tension = sums
    b0, b1, b2, k0, k1, k2 = motor[0], motor[1], motor[2], motor[3], motor[4], motor[5]
    mass, yielding, stretch = motor[7], motor[8], motor[9] * squares
    bl = b0 + x * (b1 + x * b2)
    push = bl * current - x * (k0 + x * (k1 + x * k2)) + mass * stretch * tension
    return linear + yielding * push, bl * v, stretch


@inlined
def _pressure(z, parts, force, stretch):
    """Return what is heard: modal accelerations and velocities, weighted."""
    heard = z.dtype.type(0)
    for g in range(len(z) // STATE):
        m, c = g * STATE, g * PART
        for j in range(GROUP):
            q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
            a = parts[c + ACCEPT + j] * force - parts[c + DAMPING + j] * p
            a -= (parts[c + SPRING + j] + parts[c + SQUARED + j] * stretch) * q
            heard += parts[c + NEAR + j] * a + parts[c + FAR + j] * p
    return heard


@compiled
def hear(volts, motor, parts, step_s, substeps, current, z, heard):
    """Play volts [sample] from where the last block ended; write what is heard.

    Args:
        volts: Held for `substeps` steps each.
        motor: As for `pnn_acoustic.kernel.integrate`.
        parts: Plate and pickup, from `grouped`.
        step_s: Length of a Runge-Kutta step.
        substeps: Steps per hold.
        current: The coil's current [1], read and written.
        z: The modes' state, read and written.
        heard: Written, [sample], at each hold's end.
    """
    number = volts.dtype.type
    half, third, sixth = step_s / number(2), step_s / number(3), step_s / number(6)
    none, resistance, per_henry = number(0), motor[10], motor[11]
    i = current[0]
    sums = _move(z, parts, none, none, none, none, True)
    force, back, stretch = _force(sums, i, motor)
    for t in range(len(volts)):
        u = volts[t]
        for _ in range(substeps):
            slope = (u - resistance * i - back) * per_henry
            i_end, i_now = i + sixth * slope, i + half * slope
            sums = _move(z, parts, force, stretch, sixth, half, False)
            force, back, stretch = _force(sums, i_now, motor)
            slope = (u - resistance * i_now - back) * per_henry
            i_end, i_now = i_end + third * slope, i + half * slope
            sums = _move(z, parts, force, stretch, third, half, False)
            force, back, stretch = _force(sums, i_now, motor)
            slope = (u - resistance * i_now - back) * per_henry
            i_end, i_now = i_end + third * slope, i + step_s * slope
            sums = _move(z, parts, force, stretch, third, step_s, False)
            force, back, stretch = _force(sums, i_now, motor)
            slope = (u - resistance * i_now - back) * per_henry
            i_end += sixth * slope
            i = i_end if abs(i_end) > number(SILENT) else none
            sums = _move(z, parts, force, stretch, sixth, none, True)
            force, back, stretch = _force(sums, i, motor)
        heard[t] = _pressure(z, parts, force, stretch)
    current[0] = i
