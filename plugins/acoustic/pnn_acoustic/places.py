"""Where the twin's integrator keeps what it works on, and moves within it.

Everything of the coil lies in one flat array and everything of the modes in another,
each quantity with its lanes side by side, because that is what lets the compiler
vectorise.
"""

# ruff: noqa: ANN001, ANN201  (numba infers types, for both precisions)
from __future__ import annotations

from numba import njit

LANES = 32
"""Examples side by side, for the compiler to vectorise over."""

MOTOR = ("b0", "b1", "b2", "k0", "k1", "k2", "r", "M", "y", "tau", "R", "1/L")
PLATE = ("w", "c", "s", "e", "k")
PICKUP = ("near", "far")

# Places in the coil's workspace: what a stage leaves behind, state, and adjoints.
I_NOW, X, V, STRETCH, TENSION, RESTORING, FORCE = (LANES * n for n in range(7))
STAGE = 7 * LANES
I_START, I_NEXT, VOLTS, I_KAPPA, I_LAMBDA, I_SUM, U_BAR = (
    LANES * n for n in range(7, 14)
)
F_BAR, G_BAR, X_BAR, V_BAR, S_BAR, T_BAR = (LANES * n for n in range(14, 20))
FITTED = 20 * LANES
COIL = FITTED + len(MOTOR) * LANES

# Places in the workspace of one mode.
Q_NOW, P_NOW, Q, P, Q_NEXT, P_NEXT = (LANES * n for n in range(6))
Q_KAPPA, P_KAPPA, Q_LAMBDA, P_LAMBDA, Q_SUM, P_SUM = (LANES * n for n in range(6, 12))
W_BAR, C_BAR, SHAPE_BAR, E_BAR, K_BAR, NEAR_BAR, FAR_BAR = (
    LANES * n for n in range(12, 19)
)
MODE = 19 * LANES

compiled = njit(fastmath=True, error_model="numpy", cache=True)


def kept_size(modes: int) -> int:
    """Return the length of a kept state: sums, then q and p of each mode."""
    return STAGE + 2 * modes * LANES


@compiled
def fractions(step_s):
    """Return a half, a third and a sixth, in the precision of the step."""
    number = type(step_s)
    return step_s / number(2), step_s / number(3), step_s / number(6)


@compiled
def recall(coil, z, kept):
    """Return to a state that was kept."""
    for j in range(STAGE):
        coil[j] = kept[j]
    for n in range(len(z) // MODE):
        at, m = STAGE + n * 2 * LANES, n * MODE
        for j in range(LANES):
            z[m + Q_NOW + j] = kept[at + j]
            z[m + P_NOW + j] = kept[at + LANES + j]


@compiled
def begin(coil, z):
    """Start a step from the state that was just recalled."""
    for j in range(LANES):
        coil[I_START + j] = coil[I_NEXT + j] = coil[I_NOW + j]
    for n in range(len(z) // MODE):
        m = n * MODE
        for j in range(LANES):
            q, p = z[m + Q_NOW + j], z[m + P_NOW + j]
            z[m + Q + j], z[m + P + j] = q, p
            z[m + Q_NEXT + j], z[m + P_NEXT + j] = q, p


@compiled
def amplify(coil, volts, t):
    """Apply what is played at sample t, and nothing after the last."""
    for j in range(LANES):
        coil[VOLTS + j] = volts[t, j] if t < len(volts) else 0
        coil[U_BAR + j] = 0
