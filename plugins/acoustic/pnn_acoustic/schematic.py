"""What the drawing of the rig says: nominal parts, and textbook modes of the plate.

Bench and twin share this file and nothing else. The parts that were really built
deviate from it: see `pnn_acoustic.parts`.

The plate is a titanium sheet, simply supported by a rigid frame that is also the
baffle. The voice coil of a miniature loudspeaker, its cone cut away, is bonded to
one point of the sheet; a microphone stands in front of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

__all__ = ["AIR_KG_PER_M3", "SOUND_M_PER_S", "Microphone", "Modes", "Plate", "Speaker"]

AIR_KG_PER_M3 = 1.204
"""Density of dry air at 20 degrees Celsius, 101325 Pa (ISO 2533)."""

SOUND_M_PER_S = 343.2
"""Speed of sound in the same air."""


@dataclass(frozen=True)
class Speaker:
    """Lumped moving-coil motor at small signals (Thiele, JAES 19, 382 (1971)).

    The order of magnitude is that of 8 ohm speakers of 28 to 40 mm.
    """

    resistance_ohm: float = 8.0
    inductance_h: float = 1e-4
    force_factor_n_per_a: float = 1.2
    stiffness_n_per_m: float = 1500.0
    friction_kg_per_s: float = 0.15
    mass_kg: float = 0.3e-3


@dataclass(frozen=True)
class Microphone:
    """Electret capsule and preamplifier, in the coordinates of the plate.

    A capsule of 12.5 mV/Pa and a gain of 12; 6.7 Pa (110 dB SPL) then give 1 V.
    """

    x_m: float = 15e-3
    y_m: float = 11e-3
    distance_m: float = 10e-3
    sensitivity_v_per_pa: float = 0.15
    saturation_v: float = 1.0


@dataclass(frozen=True)
class Plate:
    """Rectangular Kirchhoff plate, simply supported, by default grade 2 titanium."""

    length_m: float = 40e-3
    width_m: float = 34e-3
    thickness_m: float = 0.3e-3
    youngs_modulus_pa: float = 105e9
    poisson_ratio: float = 0.34
    density_kg_per_m3: float = 4510.0
    loss_factor: float = 0.015
    drive_x_m: float = 12e-3
    drive_y_m: float = 13e-3

    @property
    def rigidity_n_m(self) -> float:
        """Return D = E h^3 / 12 (1 - nu^2)."""
        stiffness = self.youngs_modulus_pa * self.thickness_m**3
        return stiffness / (12 * (1 - self.poisson_ratio**2))

    @property
    def surface_density_kg_per_m2(self) -> float:
        """Return rho h."""
        return self.density_kg_per_m3 * self.thickness_m

    @property
    def modal_mass_kg(self) -> float:
        """Return a quarter of the plate's mass: the mean square of sin sin is 1/4."""
        return self.surface_density_kg_per_m2 * self.length_m * self.width_m / 4

    def modes(self, count: int, microphone: Microphone) -> Modes:
        """Return the `count` lowest modes.

        f_mn = (pi / 2) sqrt(D / rho h) (m^2 / a^2 + n^2 / b^2), with the shape
        sin(m pi x / a) sin(n pi y / b); Leissa, Vibration of Plates, NASA SP-160
        (1969), section 4.1. The loss factor eta damps each mode by zeta = eta / 2.
        """
        m, n = (i.ravel() for i in np.mgrid[1 : count + 1, 1 : count + 1])
        squared = (np.pi * m / self.length_m) ** 2 + (np.pi * n / self.width_m) ** 2
        lowest = np.argsort(squared, kind="stable")[:count]
        m, n, squared = m[lowest], n[lowest], squared[lowest]
        speed = np.sqrt(self.rigidity_n_m / self.surface_density_kg_per_m2)
        return Modes(
            m=m,
            n=n,
            wavenumber_squared_per_m2=squared,
            frequency_hz=speed * squared / (2 * np.pi),
            damping=np.full(count, self.loss_factor / 2),
            drive_shape=self.shapes(m, n, self.drive_x_m, self.drive_y_m),
            radiation_m=self._radiation_m(m, n, speed * squared, microphone),
        )

    def shapes(self, m: Vector, n: Vector, x_m: float, y_m: float) -> Vector:
        """Return every mode's deflection at a point, its largest being 1."""
        across = np.sin(m * np.pi * x_m / self.length_m)
        return across * np.sin(n * np.pi * y_m / self.width_m)

    def _radiation_m(
        self, m: Vector, n: Vector, omega: Vector, microphone: Microphone
    ) -> NDArray[np.complex128]:
        """Return each mode's Rayleigh integral, at its own frequency.

        I = integral of shape exp(-j omega (r - r_0) / c) / r over the plate, so that
        p = rho_0 I / 2 pi times the modal acceleration (Fahy and Gardonio, Sound and
        Structural Vibration, 2nd ed. (2007), section 3.3). The time of flight
        r_0 / c is left out: the recorder's latency is set to it.
        """
        cells = 64
        at = (np.arange(cells) + 0.5) / cells
        x, y = at[:, None] * self.length_m, at[None, :] * self.width_m
        height = microphone.distance_m
        r = np.sqrt((x - microphone.x_m) ** 2 + (y - microphone.y_m) ** 2 + height**2)
        area = self.length_m * self.width_m / cells**2
        sums = []
        for row, column, speed in zip(m, n, omega, strict=True):
            shape = np.sin(row * np.pi * at)[:, None] * np.sin(column * np.pi * at)
            delayed = np.exp(-1j * speed / SOUND_M_PER_S * (r - height)) / r
            sums.append((shape * delayed).sum() * area)
        return np.array(sums)


@dataclass(frozen=True)
class Modes:
    """The plate's modes, lowest first; every field has shape [mode]."""

    m: Vector
    n: Vector
    wavenumber_squared_per_m2: Vector
    frequency_hz: Vector
    damping: Vector
    drive_shape: Vector
    radiation_m: NDArray[np.complex128]
