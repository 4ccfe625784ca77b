"""The compiled rig: servos, plungers and gauges around the water.

Numba's cache does not see a change in the file imported here: touch this one too.
"""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit, prange

from pnn_fluid.water import HALF, LANES, ROW, W, advance, compiled

__all__ = ["LANES", "simulate"]


@compiled
def drive(plunger, servo, thickness_m, asked, step_s, inflow):
    """Move the plungers [end, 2, lane] for one step, and write what they push in."""
    for end in range(2):
        a, thick = servo[end], thickness_m[end] / step_s
        for j in range(LANES):
            s, v, aim = plunger[end, 0, j], plunger[end, 1, j], asked[end, j]
            after = a[0, 0] * s + a[0, 1] * v + a[0, 2] * aim
            plunger[end, 0, j] = after
            plunger[end, 1, j] = a[1, 0] * s + a[1, 1] * v + a[1, 2] * aim
            inflow[end, j] = thick * (after - s)


@compiled
def play(asked, servo, thickness_m, gauges, depth, constants, step_s, substeps, heard):
    """Play one block, see `simulate`."""
    g, friction, cell_m = constants
    tank = np.zeros((len(depth) + 1) * ROW, asked.dtype)
    plunger = np.zeros((2, 2, LANES), asked.dtype)
    inflow = np.zeros((2, LANES), asked.dtype)
    for t in range(len(asked)):
        for _ in range(substeps):
            drive(plunger, servo, thickness_m, asked[t], step_s, inflow)
            advance(tank, depth, g, friction, step_s, cell_m, inflow)
        for k in range(len(gauges)):
            share = gauges[k] / cell_m + HALF  # of rows, the mirrored one first
            i = int(share)
            share -= np.float32(i)
            for j in range(LANES):
                here, next_ = tank[i * ROW + W + j], tank[i * ROW + ROW + W + j]
                heard[t, k, j] = here + share * (next_ - here)


@njit(fastmath=True, error_model="numpy", cache=True, parallel=True)
def simulate(
    asked, servo, thickness_m, gauges, depth, constants, step_s, substeps, heard
):
    """Play asked strokes [block, sample, end, lane] from rest, a block on a thread.

    Args:
        asked: Strokes that the servos are told, each held for `substeps` steps.
        servo: Per end, what a step makes of (stroke, speed, asked): [end, 2, 3].
        thickness_m: Per end, of the plunger.
        gauges: Where they stand, from the first end wall.
        depth: Depth at rest, at the faces.
        constants: Gravity, friction and a cell's length.
        step_s: Length of a step.
        substeps: Steps per hold.
        heard: Written: the surface at each hold's end, [block, sample, gauge, lane].
    """
    for block in prange(len(asked)):
        play(
            asked[block],
            servo,
            thickness_m,
            gauges,
            depth,
            constants,
            step_s,
            substeps,
            heard[block],
        )
