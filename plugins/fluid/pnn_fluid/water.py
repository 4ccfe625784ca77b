"""A step of the compiled flow: many tanks side by side.

With w the surface above its rest, d the depth at rest, h = w + d, and q the discharge
per width, the shallow-water equations in balanced form are

    dw/dt + dq/dx = 0
    dq/dt + d/dx (q^2 / h + g w^2 / 2 + g w d) = g w dd/dx - f q |q| / h^2

(Rogers, Borthwick and Taylor, J. Comput. Phys. 192, 422 (2003)): over any bottom, a
level surface is an exact solution of the discrete steps too. Steps are MUSCL-Hancock's,
with van Leer's monotonised central slopes and the flux of Harten, Lax and van Leer
(Toro, Shock-Capturing Methods for Free-Surface Flows (2001)). A plunger at an end wall
pushes its volume into the tank; the surface there follows from the Riemann invariant
that arrives at the wall.
"""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["HALF", "LANES", "ROW", "Q", "W", "advance", "compiled"]

LANES = 16
"""Tanks that one thread advances in step: two AVX2 registers of float32."""

W, Q, U, W_WEST, W_EAST, U_WEST, U_EAST, MASS, PUSH = (LANES * k for k in range(9))
"""Where a cell keeps surface, discharge, velocity, and what is at its faces.

One array holds all of it, at constant distances: else compilers do not see that rows
do not overlap, and leave the lanes one by one. MASS and PUSH are the flux eastwards.
The first and last row are not water but what the walls mirror.
"""

ROW = 9 * LANES

ZERO, HALF, ONE = np.float32(0), np.float32(0.5), np.float32(1)
"""Literals would turn single precision into double; these keep either."""

compiled = njit(fastmath=True, error_model="numpy", cache=True)


@compiled
def limited(a, b):
    """Return the slope between differences a and b, none at an extremum."""
    middle = HALF * (a + b)
    up = max(ZERO, min(middle, min(a + a, b + b)))
    return up + min(ZERO, max(middle, max(a + a, b + b)))


@compiled
def thrust(u, w, d, g):
    """Return the flux of momentum at velocity u, surface w and depth at rest d."""
    return (w + d) * u * u + g * w * (HALF * w + d)


@compiled
def mirror(tank, depth):
    """Write velocities, and beyond each wall what a mirror would show."""
    cells = len(depth) - 1
    for i in range(1, cells + 1):
        at, middle = i * ROW, HALF * (depth[i - 1] + depth[i])
        for j in range(LANES):
            tank[at + U + j] = tank[at + Q + j] / (tank[at + W + j] + middle)
    for wall, inner in ((0, 1), (cells + 1, cells)):
        beyond, at = wall * ROW, inner * ROW
        for j in range(LANES):
            tank[beyond + W + j] = tank[at + W + j]
            tank[beyond + U + j] = -tank[at + U + j]


@compiled
def predict(tank, depth, g, ratio):
    """Write each cell's surface and velocity at both faces, half a step later."""
    for i in range(len(depth) - 1):
        before, west, east = i * ROW, depth[i], depth[i + 1]
        at, after = before + ROW, before + 2 * ROW
        slope = g * (east - west)
        for j in range(LANES):
            w, u = tank[at + W + j], tank[at + U + j]
            wa, wb = tank[before + W + j], tank[after + W + j]
            ua, ub = tank[before + U + j], tank[after + U + j]
            dw = HALF * limited(w - wa, wb - w)
            du = HALF * limited(u - ua, ub - u)
            w1, u1, w2, u2 = w - dw, u - du, w + dw, u + du
            h1, h2 = w1 + west, w2 + east
            rise = (h1 * u1 - h2 * u2) * ratio
            push = thrust(u1, w1, west, g) - thrust(u2, w2, east, g)
            push = (push + slope * w) * ratio
            tank[at + W_WEST + j], tank[at + W_EAST + j] = w1 + rise, w2 + rise
            tank[at + U_WEST + j] = (h1 * u1 + push) / (h1 + rise)
            tank[at + U_EAST + j] = (h2 * u2 + push) / (h2 + rise)


@compiled
def between(tank, depth, g):
    """Write the flux through each inner face: Harten, Lax and van Leer."""
    for i in range(1, len(depth) - 1):
        at, d = i * ROW, depth[i]
        for j in range(LANES):
            w1, u1 = tank[at + W_EAST + j], tank[at + U_EAST + j]
            w2, u2 = tank[at + ROW + W_WEST + j], tank[at + ROW + U_WEST + j]
            h1, h2 = w1 + d, w2 + d
            c1, c2 = np.sqrt(g * h1), np.sqrt(g * h2)
            left = min(ZERO, min(u1 - c1, u2 - c2))
            right = max(ZERO, max(u1 + c1, u2 + c2))
            q1, q2, per_span = h1 * u1, h2 * u2, ONE / (right - left)
            both = left * right
            mass = right * q1 - left * q2 + both * (w2 - w1)
            m1, m2 = thrust(u1, w1, d, g), thrust(u2, w2, d, g)
            push = right * m1 - left * m2 + both * (q2 - q1)
            tank[at + MASS + j] = mass * per_span
            tank[at + PUSH + j] = push * per_span


@compiled
def at_walls(tank, depth, g, inflow):
    """Write the flux through both ends, where plungers push inflow [end, lane] in."""
    cells = len(depth) - 1
    for end in range(2):
        wall = end * cells
        d, at, inner = depth[wall], wall * ROW, (wall + 1 - end) * ROW
        inward = ONE if end == 0 else -ONE
        for j in range(LANES):
            q = inflow[end, j]
            h = tank[inner + W_WEST + end * LANES + j] + d
            u = tank[inner + U_WEST + end * LANES + j]
            arriving = np.sqrt(g * h) - HALF * inward * u
            for _ in range(2):
                c = arriving + HALF * q / h
                h = c * c / g
            tank[at + MASS + j] = inward * q
            tank[at + PUSH + j] = thrust(q / h, h - d, d, g)


@compiled
def advance(tank, depth, g, friction, step_s, cell_m, inflow):
    """Advance surface and discharge by one step.

    Args:
        tank: The state [(1 + cell + 1) * ROW], changed.
        depth: Depth at rest, at the faces.
        g: Gravity.
        friction: f, of the bottom.
        step_s: Length of the step.
        cell_m: Length of a cell.
        inflow: What the plungers push in, per width and second, [end, lane].
    """
    ratio, drag = step_s / cell_m, step_s * friction
    mirror(tank, depth)
    predict(tank, depth, g, HALF * ratio)
    between(tank, depth, g)
    at_walls(tank, depth, g, inflow)
    for i in range(len(depth) - 1):
        before, at, middle = i * ROW, (i + 1) * ROW, HALF * (depth[i] + depth[i + 1])
        slope = HALF * g * (depth[i + 1] - depth[i])
        for j in range(LANES):
            rise = tank[before + MASS + j] - tank[at + MASS + j]
            push = tank[before + PUSH + j] - tank[at + PUSH + j]
            push += slope * (tank[at + W_WEST + j] + tank[at + W_EAST + j])
            w = tank[at + W + j] + ratio * rise
            q, h = tank[at + Q + j] + ratio * push, w + middle
            tank[at + W + j] = w
            tank[at + Q + j] = q / (ONE + drag * abs(q) / (h * h))
