"""doc"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

LANES = 16
SLOTS = 6
L = LANES


@njit(fastmath=True, error_model="numpy", cache=True)
def _block(volts, motor, plate, pickup, step_s, substeps, trace):
    number = volts.dtype.type
    modes = plate.shape[1]
    spring, damping, drive, push, stretch = plate
    samples = volts.shape[0]
    z = np.zeros(modes * SLOTS * LANES, number)
    coil = np.zeros(9 * LANES, number)
    r_e, l_inv, friction, m_coil, yielding = motor[0], motor[1], motor[2], motor[3], motor[4]
    b0, b1, b2, k0, k1, k2, tau = motor[5], motor[6], motor[7], motor[8], motor[9], motor[10], motor[11]
    half, third, sixth = step_s * number(0.5), step_s / number(3), step_s / number(6)
    I, IN, IW, X, V, S, F, G, U = 0, L, 2 * L, 3 * L, 4 * L, 5 * L, 6 * L, 7 * L, 8 * L
    Q, QN, QW, P, PN, PW = 0, L, 2 * L, 3 * L, 4 * L, 5 * L
    for t in range(samples):
        for j in range(LANES):
            coil[U + j] = volts[t, j]
        for sub in range(substeps):
            for stage in range(4):
                ahead = step_s if stage == 2 else half
                weight = sixth if stage == 0 or stage == 3 else third
                for j in range(5 * LANES):
                    coil[X + j] = 0
                for n in range(modes):
                    d, w, c, k = drive[n], spring[n], damping[n], stretch[n]
                    m = n * SLOTS * LANES
                    for j in range(LANES):
                        a, b = z[m + QW + j], z[m + PW + j]
                        coil[X + j] += d * a
                        coil[V + j] += d * b
                        coil[S + j] += k * a * a
                        coil[F + j] += d * (w * a + c * b)
                        coil[G + j] += d * k * a
                for j in range(LANES):
                    x, v, i = coil[X + j], coil[V + j], coil[IW + j]
                    bl = b0 + x * (b1 + x * b2)
                    free = bl * i - x * (k0 + x * (k1 + x * k2)) - friction * v
                    s = tau * coil[S + j]
                    coil[S + j] = s
                    coil[F + j] = yielding * (free + m_coil * (coil[F + j] + s * coil[G + j]))
                    di = (coil[U + j] - r_e * i - bl * v) * l_inv
                    i = coil[IN + j] + weight * di
                    coil[IN + j] = i
                    if stage < 3:
                        coil[IW + j] = coil[I + j] + ahead * di
                    else:
                        coil[I + j] = i
                        coil[IW + j] = i
                for n in range(modes):
                    w, c, k, e = spring[n], damping[n], stretch[n], push[n]
                    m = n * SLOTS * LANES
                    if stage < 3:
                        for j in range(LANES):
                            b = z[m + PW + j]
                            a = e * coil[F + j] - (w + coil[S + j] * k) * z[m + QW + j] - c * b
                            z[m + QN + j] += weight * b
                            z[m + PN + j] += weight * a
                            z[m + QW + j] = z[m + Q + j] + ahead * b
                            z[m + PW + j] = z[m + P + j] + ahead * a
                    else:
                        for j in range(LANES):
                            b = z[m + PW + j]
                            a = e * coil[F + j] - (w + coil[S + j] * k) * z[m + QW + j] - c * b
                            b = z[m + QN + j] + weight * b
                            a = z[m + PN + j] + weight * a
                            z[m + Q + j] = b
                            z[m + QN + j] = b
                            z[m + QW + j] = b
                            z[m + P + j] = a
                            z[m + PN + j] = a
                            z[m + PW + j] = a
        for j in range(LANES):
            trace[t, j] = coil[X + j]


@njit(fastmath=True, error_model="numpy", cache=True, parallel=True)
def simulate(volts, motor, plate, pickup, step_s, substeps, trace):
    """volts [block, sample, lane]."""
    for block in prange(volts.shape[0]):
        _block(volts[block], motor, plate, pickup, step_s, substeps, trace[block])
