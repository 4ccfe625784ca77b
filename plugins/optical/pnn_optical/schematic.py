"""What the drawing of the rig says: nominal pulse, shaper, crystal and spectrometer.

Bench and twin share this file and nothing else of the physics.

A mode-locked titanium-sapphire laser near 780 nm; a grating, a lens and a row of
liquid-crystal pixels that dim each slice of its spectrum; a crystal of beta barium
borate cut for frequency doubling, type I; a spectrometer for the blue light.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "FULL_OPEN_S",
    "LIGHT_M_PER_S",
    "Crystal",
    "Pulse",
    "Shaper",
    "Spectrometer",
]

FULL_OPEN_S = 4e-3
"""Exposure for which the brightest bin, every pixel open, fills the scale."""

LIGHT_M_PER_S = 299792458.0
"""Speed of light in vacuum, exact."""


@dataclass(frozen=True)
class Pulse:
    """A Gaussian pulse at its bandwidth limit, as it reaches the crystal.

    4.2 THz are 8.5 nm at 780 nm, and 105 fs at the limit of 0.44 per cycle.
    """

    centre_m: float = 780e-9
    bandwidth_hz: float = 4.2e12
    """Full width of the power spectrum at half its maximum."""
    energy_j: float = 2e-9
    """With every pixel open."""
    waist_m: float = 30e-6
    """Radius of the beam in the crystal, at 1/e^2 of its intensity."""

    @property
    def centre_hz(self) -> float:
        """Return the optical frequency."""
        return LIGHT_M_PER_S / self.centre_m


@dataclass(frozen=True)
class Shaper:
    """Pixels that divide a band around the pulse's centre evenly in frequency."""

    span_hz: float = 9e12


@dataclass(frozen=True)
class Crystal:
    """Beta barium borate, at the angle of perfect phase matching for the centre."""

    length_m: float = 0.5e-3
    nonlinearity_m_per_v: float = 2.0e-12
    """Effective d of type I doubling near 800 nm."""


@dataclass(frozen=True)
class Spectrometer:
    """Bins that divide a band around twice the pulse's centre evenly in frequency."""

    span_hz: float = 8e12
    resolution_hz: float = 2e11
    """Full width of a narrow line at half its maximum: 0.1 nm at 390 nm."""
