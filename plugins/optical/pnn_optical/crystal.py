"""Second-harmonic generation in a crystal of finite length.

Coupled-wave equations: Boyd, Nonlinear Optics, 3rd ed. (2008), section 2.7, for
broadband fields as in Weiner, Ultrafast Optics (2009), chapter 5. With fields a in
square roots of W/m^2,

    da_1/dz = D_1 a_1 + i kappa conj(a_1) a_2,    da_2/dz = D_2 a_2 + i kappa a_1^2,
    kappa = sqrt(2) omega d / (n sqrt(n' eps_0 c^3)),

where D multiplies each frequency by i k(omega), all orders of dispersion included. A
plane wave: no diffraction, no walk-off; kappa is taken at the centre.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from pydantic import Field
from scipy.constants import c, epsilon_0

import pnn_core as pnn
from pnn_optical import schematic
from pnn_optical.grid import Grid
from pnn_optical.sellmeier import (
    extraordinary,
    matching_angle_rad,
    ordinary,
    wavenumber_per_m,
)

__all__ = ["CrystalSettings", "DoublingCrystal"]

Fields = NDArray[np.complexfloating[Any, Any]]

ROWS = 32
"""Pulses propagated together: what fits a core's cache."""


class CrystalSettings(pnn.Config):
    """How the crystal deviates from the drawing, and how it is computed."""

    length_error: float = Field(
        0.05, ge=-0.9, le=10, description="Relative error of the crystal's length."
    )
    angle_error_rad: float = Field(
        1e-3, ge=-0.1, le=0.1, description="Error of the crystal's angle, inside it."
    )
    kicks: int = Field(
        3, ge=1, le=512, description="Places where the waves are coupled."
    )


class DoublingCrystal:
    """Doubles the frequency of pulses, by a split step in z.

    Between kicks each frequency turns its phase. A kick couples the waves at each
    moment: its generator, taken at the kick's middle, is Hermitian, and its Cayley
    transform is unitary, so |a_1|^2 + |a_2|^2 is kept to rounding. Kicks sit at Gauss'
    nodes, which integrates a weak harmonic exactly to a high order in z.

    Args:
        grid: Of frequencies.
        settings: Deviations from the drawing.
        drawing: Nominal crystal.
        dtype: Precision of the fields.
    """

    def __init__(
        self,
        grid: Grid,
        settings: CrystalSettings,
        drawing: schematic.Crystal = schematic.Crystal(),  # noqa: B008  immutable
        dtype: type[np.complexfloating[Any, Any]] = np.complex64,
    ) -> None:
        centre_hz = grid.pulse.centre_hz
        angle_rad = matching_angle_rad(grid.pulse.centre_m) + settings.angle_error_rad
        self.grid, self.dtype = grid, dtype
        self.length_m = drawing.length_m * (1 + settings.length_error)
        step_hz = 1e-3 * centre_hz
        slow, fast = wavenumber_per_m(centre_hz + step_hz * np.array([-1.0, 1.0]))
        k_1 = wavenumber_per_m(np.array(centre_hz))
        slope = (fast - slow) / (2 * step_hz)
        red, blue = grid.fundamental_hz, grid.harmonic_hz
        fundamental = wavenumber_per_m(centre_hz + red) - k_1 - slope * red
        harmonic = wavenumber_per_m(2 * centre_hz + blue, angle_rad)
        self.mismatch_per_m = harmonic - 2 * k_1 - slope * blue

        node, weight = np.polynomial.legendre.leggauss(settings.kicks)
        distance = np.diff(np.r_[-1, node, 1]) * self.length_m / 2
        turn = np.exp(1j * distance[:, None, None] * [fundamental, self.mismatch_per_m])
        self.turns = turn.astype(dtype)
        index = ordinary(grid.pulse.centre_m)
        index_2 = extraordinary(grid.pulse.centre_m / 2, angle_rad)
        omega = 2 * np.pi * centre_hz
        self.kappa = float(
            np.sqrt(2 / (index_2 * epsilon_0 * c**3))
            * omega * drawing.nonlinearity_m_per_v / index
        )  # fmt: skip
        self.kicks = [
            float(k) for k in self.kappa * weight * self.length_m / 4
        ]  # half a kick each

    def propagate(self, fields: Fields) -> tuple[Fields, Fields]:
        """Return fundamental and harmonic [batch, point] behind the crystal.

        Args:
            fields: Of the fundamental, [batch, line]; see `Grid`.
        """
        from pnn_optical.kick import kick  # numba takes a second to load

        shape = (len(fields), self.grid.points)
        first, second = np.zeros(shape, self.dtype), np.zeros(shape, self.dtype)
        first[:, : self.grid.lines] = fields
        for row in range(0, len(fields), ROWS):
            a_1, a_2 = first[row : row + ROWS], second[row : row + ROWS]
            for (turn_1, turn_2), half in zip(self.turns, self.kicks, strict=False):
                moments_1 = scipy.fft.fft(a_1 * turn_1, overwrite_x=True)
                moments_2 = scipy.fft.fft(a_2 * turn_2, overwrite_x=True)
                kick(moments_1, moments_2, half)
                a_1 = scipy.fft.ifft(moments_1, overwrite_x=True)
                a_2 = scipy.fft.ifft(moments_2, overwrite_x=True)
            first[row : row + ROWS] = a_1 * self.turns[-1, 0]
            second[row : row + ROWS] = a_2 * self.turns[-1, 1]
        return first, second
