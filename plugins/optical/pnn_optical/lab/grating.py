"""Amplitude by diffraction: what a two-dimensional phase mask does to each colour.

In the Fourier plane of a pulse shaper colours lie side by side. A column of the mask
shows a blazed grating of depth M, and only its first order passes on. Its amplitude is
sin(pi (M - 1)) / (P sin(pi (M - 1) / P)) for a period of P rows, which rises from 0 at
M = 0 to 1 at M = 1, and its phase stays zero where the grating is centred. A mask that
shows nothing therefore blocks the pulse.

Vaughan, Hornung, Feurer and Nelson, "Diffraction-based femtosecond pulse shaping with a
two-dimensional spatial light modulator", Optics Letters 30, 323 (2005); Frumker and
Silberberg, "Phase and amplitude pulse shaping with two-dimensional phase-only spatial
light modulators", JOSA B 24, 2940 (2007).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from pnn_core.signals import Array

__all__ = ["blaze", "depth", "first_order"]

DEPTHS = 4097
"""Points of the table in which the efficiency is inverted."""


def _ramp(rows: int, period: int) -> Array:
    """Return the height of a blazed grating, -1/2 to 1/2 over each period."""
    within: Array = (np.arange(rows) % period + 0.5) / period - 0.5
    return within


def blaze(amplitudes: Array, rows: int, period: int) -> Array:
    """Return the phases [row, column], in radians, that pass these amplitudes on."""
    return 2 * np.pi * np.outer(_ramp(rows, period), depth(amplitudes, period))


def depth(amplitudes: Array, period: int) -> Array:
    """Return the depths of gratings whose first orders have these amplitudes."""
    amplitude, known = _table(period)
    return np.interp(amplitudes, amplitude, known)


def first_order(phases: Array, period: int) -> Array:
    """Return the first order's amplitude behind each column of phases [row, column].

    Rows beyond the last whole period are left out.
    """
    rows = len(phases) // period * period
    carrier = np.exp(-2j * np.pi * _ramp(rows, period))
    order: Array = np.abs(carrier @ np.exp(1j * phases[:rows])) / rows
    return order


@cache
def _table(period: int) -> tuple[Array, Array]:
    """Return amplitudes and the depths they belong to, both rising."""
    depths = np.linspace(0.0, 1.0, DEPTHS)
    short = np.pi * (1 - depths[:-1])
    efficiency = np.sin(short) / (period * np.sin(short / period))
    return np.append(efficiency, 1.0), depths
