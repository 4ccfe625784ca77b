"""Beta barium borate: refractive indices and the angle of phase matching.

Indices: Tamosauskas, Beresnevicius, Gadonas and Dubietis, Transmittance and phase
matching of BBO crystal in the 3-5 um range, Opt. Mater. Express 8, 1410 (2018):
n^2 - 1 = sum_j B_j lambda^2 / (lambda^2 - C_j), lambda in um, from 0.188 to 5.2 um.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pnn_optical.schematic import LIGHT_M_PER_S

__all__ = ["extraordinary", "matching_angle_rad", "ordinary", "wavenumber_per_m"]

Vector = NDArray[np.float64]

ORDINARY = ((0.90291, 0.003926), (0.83155, 0.018786), (0.76536, 60.01))
PRINCIPAL = ((1.151075, 0.007142), (0.21803, 0.02259), (0.656, 263.0))


def _sellmeier(terms: tuple[tuple[float, float], ...], wavelength_m: Vector) -> Vector:
    squared = (1e6 * wavelength_m) ** 2
    return np.sqrt(1 + sum(b * squared / (squared - c) for b, c in terms))


def ordinary(wavelength_m: ArrayLike) -> Vector:
    """Return the index of the ordinary ray."""
    return _sellmeier(ORDINARY, np.asarray(wavelength_m, dtype=float))


def extraordinary(wavelength_m: ArrayLike, angle_rad: float = np.pi / 2) -> Vector:
    """Return the index of the extraordinary ray at an angle to the optic axis.

    1 / n^2 = cos^2 / n_o^2 + sin^2 / n_e^2: Boyd, Nonlinear Optics, 3rd ed. (2008),
    eq. 2.3.9.
    """
    wavelength_m = np.asarray(wavelength_m, dtype=float)
    principal = _sellmeier(PRINCIPAL, wavelength_m)
    across, along = np.sin(angle_rad), np.cos(angle_rad)
    return 1 / np.hypot(along / ordinary(wavelength_m), across / principal)


def matching_angle_rad(centre_m: float) -> float:
    """Return the angle at which n_e(lambda / 2) = n_o(lambda): type I doubling.

    sin^2 = (1/n_o(l)^2 - 1/n_o(l/2)^2) / (1/n_e(l/2)^2 - 1/n_o(l/2)^2).
    """
    red, blue = ordinary(centre_m) ** -2.0, ordinary(centre_m / 2) ** -2.0
    principal = extraordinary(centre_m / 2) ** -2.0
    return float(np.arcsin(np.sqrt((red - blue) / (principal - blue))))


def wavenumber_per_m(frequency_hz: Vector, angle_rad: float | None = None) -> Vector:
    """Return k of the ordinary ray, or of the extraordinary one at an angle."""
    wavelength_m = LIGHT_M_PER_S / frequency_hz
    if angle_rad is None:
        index = ordinary(wavelength_m)
    else:
        index = extraordinary(wavelength_m, angle_rad)
    return 2 * np.pi * index / wavelength_m
