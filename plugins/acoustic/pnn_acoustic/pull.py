"""One stage of the twin's integrator, transposed: the chain rule, backwards.

kappa is the gradient in a stage's slopes, lambda that in the state after its step, mu
what a stage hands on to the state it started from. A name with `bar` is the gradient in
what is named.
"""

# ruff: noqa: ANN001, ANN201  (numba infers types, for both precisions)
from __future__ import annotations

from pnn_acoustic.motion import force
from pnn_acoustic.places import (
    C_BAR,
    E_BAR,
    F_BAR,
    FAR_BAR,
    FITTED,
    FORCE,
    G_BAR,
    I_KAPPA,
    I_LAMBDA,
    I_NOW,
    I_SUM,
    K_BAR,
    LANES,
    MODE,
    NEAR_BAR,
    P_KAPPA,
    P_LAMBDA,
    P_NOW,
    P_SUM,
    Q_KAPPA,
    Q_LAMBDA,
    Q_NOW,
    Q_SUM,
    RESTORING,
    S_BAR,
    SHAPE_BAR,
    STAGE,
    STRETCH,
    T_BAR,
    TENSION,
    U_BAR,
    V_BAR,
    VOLTS,
    W_BAR,
    X_BAR,
    V,
    X,
    compiled,
)

__all__ = ["pull", "pull_heard"]


@compiled
def pull(coil, z, motor, plate, kept, weight, ahead, last, fit):
    """Pull kappa back through one stage's slopes, add it up, form the next kappa."""
    spring, damping, shape, accept, squared = plate
    b0, b1, b2, k0, k1, k2, r, mass, y, tau, resistance, per_henry = motor
    for j in range(STAGE):
        coil[j] = kept[j]
    for j in range(2 * LANES):
        coil[F_BAR + j] = 0
    for n in range(len(spring)):
        w, c, e, k = spring[n], damping[n], accept[n], squared[n]
        m, at = n * MODE, STAGE + n * 2 * LANES
        for j in range(LANES):
            q, kappa = kept[at + j], z[m + P_KAPPA + j]
            z[m + Q_NOW + j], z[m + P_NOW + j] = q, kept[at + LANES + j]
            coil[F_BAR + j] += e * kappa
            coil[G_BAR + j] -= k * q * kappa
        if fit:
            for j in range(LANES):
                q, kappa = z[m + Q_NOW + j], z[m + P_KAPPA + j]
                z[m + E_BAR + j] += coil[FORCE + j] * kappa
                z[m + W_BAR + j] -= q * kappa
                z[m + C_BAR + j] -= z[m + P_NOW + j] * kappa
                z[m + K_BAR + j] -= tau * coil[STRETCH + j] * q * kappa
    for j in range(LANES):
        x, v, i = coil[X + j], coil[V + j], coil[I_NOW + j]
        stretch, tension = tau * coil[STRETCH + j], coil[TENSION + j]
        push_bar = y * coil[F_BAR + j]
        restoring_bar = mass * push_bar
        kappa = per_henry * coil[I_KAPPA + j]
        bl, bl_bar = b0 + x * (b1 + x * b2), push_bar * i - kappa * v
        stretch_bar = coil[G_BAR + j] + restoring_bar * tension
        if fit:
            at = FITTED + j
            coil[at] += bl_bar
            coil[at + LANES] += bl_bar * x
            coil[at + 2 * LANES] += bl_bar * x * x
            coil[at + 3 * LANES] -= push_bar * x
            coil[at + 4 * LANES] -= push_bar * x * x
            coil[at + 5 * LANES] -= push_bar * x * x * x
            coil[at + 6 * LANES] -= push_bar * v
            coil[at + 7 * LANES] += push_bar * coil[RESTORING + j]
            coil[at + 8 * LANES] += coil[F_BAR + j] * coil[FORCE + j] / y
            coil[at + 9 * LANES] += stretch_bar * coil[STRETCH + j]
            coil[at + 10 * LANES] -= kappa * i
            drop = resistance * i + bl * v
            coil[at + 11 * LANES] += coil[I_KAPPA + j] * (coil[VOLTS + j] - drop)
        coil[X_BAR + j] = bl_bar * (b1 + (b2 + b2) * x)
        coil[X_BAR + j] -= push_bar * (k0 + x * (k1 + k1 + (k2 + k2 + k2) * x))
        coil[V_BAR + j] = -r * push_bar - kappa * bl
        coil[S_BAR + j] = tau * stretch_bar
        coil[T_BAR + j] = restoring_bar * stretch
        coil[F_BAR + j] = restoring_bar
        coil[U_BAR + j] += kappa
        mu = push_bar * bl - kappa * resistance
        total = coil[I_SUM + j] + mu
        coil[I_SUM + j] = total
        if last:
            coil[I_LAMBDA + j], coil[I_KAPPA + j] = total, weight * total
        else:
            coil[I_KAPPA + j] = weight * coil[I_LAMBDA + j] + ahead * mu
    for n in range(len(spring)):
        w, c, s, k = spring[n], damping[n], shape[n], squared[n]
        m = n * MODE
        if fit:
            for j in range(LANES):
                q, p, elastic = z[m + Q_NOW + j], z[m + P_NOW + j], coil[F_BAR + j]
                z[m + SHAPE_BAR + j] += coil[X_BAR + j] * q + coil[V_BAR + j] * p
                z[m + SHAPE_BAR + j] += elastic * (w * q + c * p)
                z[m + SHAPE_BAR + j] += coil[T_BAR + j] * k * q
                z[m + W_BAR + j] += elastic * s * q
                z[m + C_BAR + j] += elastic * s * p
                z[m + K_BAR + j] += coil[S_BAR + j] * q * q + coil[T_BAR + j] * s * q
        for j in range(LANES):
            q, kappa = z[m + Q_NOW + j], z[m + P_KAPPA + j]
            q_mu = s * (coil[X_BAR + j] + w * coil[F_BAR + j] + k * coil[T_BAR + j])
            q_mu += k * q * (coil[S_BAR + j] + coil[S_BAR + j])
            q_mu -= (w + k * tau * coil[STRETCH + j]) * kappa
            p_mu = s * (coil[V_BAR + j] + c * coil[F_BAR + j])
            p_mu += z[m + Q_KAPPA + j] - c * kappa
            q_sum, p_sum = z[m + Q_SUM + j] + q_mu, z[m + P_SUM + j] + p_mu
            z[m + Q_SUM + j], z[m + P_SUM + j] = q_sum, p_sum
            if last:
                z[m + Q_LAMBDA + j], z[m + P_LAMBDA + j] = q_sum, p_sum
                z[m + Q_KAPPA + j], z[m + P_KAPPA + j] = weight * q_sum, weight * p_sum
            else:
                z[m + Q_KAPPA + j] = weight * z[m + Q_LAMBDA + j] + ahead * q_mu
                z[m + P_KAPPA + j] = weight * z[m + P_LAMBDA + j] + ahead * p_mu


@compiled
def pull_heard(coil, z, motor, plate, pickup, kept, heard_bar, sixth, fit):
    """Pull the gradient of one heard sample back into the state."""
    spring, damping, _, accept, squared = plate
    tau = motor[9]
    force(coil, z, motor, plate, kept)
    for j in range(LANES):
        coil[I_KAPPA + j] = 0
    for n in range(len(spring)):
        w, c, e, k = spring[n], damping[n], accept[n], squared[n]
        m, near, far = n * MODE, pickup[0, n], pickup[1, n]
        for j in range(LANES):
            z[m + Q_KAPPA + j] = 0
            z[m + P_KAPPA + j] = near * heard_bar[j]
            z[m + P_SUM + j] += far * heard_bar[j]
        if fit:
            for j in range(LANES):
                q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
                a = e * coil[FORCE + j] - (w + k * tau * coil[STRETCH + j]) * q - c * p
                z[m + NEAR_BAR + j] += a * heard_bar[j]
                z[m + FAR_BAR + j] += p * heard_bar[j]
    pull(coil, z, motor, plate, kept, sixth, sixth, True, fit)
