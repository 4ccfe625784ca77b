"""The parts that were really built: the schematic, with tolerances and large signals.

Nothing here may be known to a twin. Small-signal tolerances are drawn once per part
seed; large-signal curves follow Klippel, Loudspeaker nonlinearities, J. Audio Eng.
Soc. 54, 907 (2006), which calls a motor's limits the displacements where Bl has
fallen to 82 % and the compliance to 75 % of their values at rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from pnn_acoustic.schematic import (
    AIR_KG_PER_M3,
    Microphone,
    Modes,
    Plate,
    Speaker,
    Vector,
)

__all__ = ["Motor", "Tolerances", "built", "coefficients"]


@dataclass(frozen=True)
class Motor:
    """Large-signal curves: Bl(x) = sum_k force_factor[k] x^k, K(x) = likewise."""

    force_factor: tuple[float, float, float]
    stiffness: tuple[float, float, float]

    @classmethod
    def curved(
        cls, speaker: Speaker, *, bl_limit_m: float, k_limit_m: float, offset_m: float
    ) -> Motor:
        """Return parabolas through Klippel's limits.

        Bl is centred at -offset_m, because the coil rests off the middle of the gap;
        the suspension is centred at rest, where it was clamped.
        """
        sag, rise = 0.18 / bl_limit_m**2, (1 / 0.75 - 1) / k_limit_m**2
        bl, k = speaker.force_factor_n_per_a, speaker.stiffness_n_per_m
        return cls(
            force_factor=(
                bl * (1 - sag * offset_m**2),
                -2 * bl * sag * offset_m,
                -bl * sag,
            ),
            stiffness=(k, 0.0, k * rise),
        )


@dataclass(frozen=True)
class Tolerances:
    """Relative standard deviations of what was built from what was drawn."""

    frequency: float = 0.0
    damping: float = 0.0
    gain: float = 0.0


def built(
    speaker: Speaker, modes: Modes, spread: Tolerances, rng: Generator
) -> tuple[Speaker, Modes]:
    """Return one specimen of the speaker and of the plate's modes.

    Frequencies and dampings are lognormal, so that they stay positive. The gains of a
    mode are its drive shape and its radiation; a real frame is neither quite
    rigid nor quite a hinge, so both err mode by mode.
    """

    def factor(width: float, count: int | None = None) -> Vector:
        return np.exp(width * rng.standard_normal(count))

    count = len(modes.frequency_hz)
    speaker = replace(
        speaker,
        force_factor_n_per_a=speaker.force_factor_n_per_a * float(factor(spread.gain)),
        stiffness_n_per_m=speaker.stiffness_n_per_m * float(factor(2 * spread.gain)),
        friction_kg_per_s=speaker.friction_kg_per_s * float(factor(spread.damping)),
        mass_kg=speaker.mass_kg * float(factor(spread.gain)),
    )
    modes = replace(
        modes,
        frequency_hz=modes.frequency_hz * factor(spread.frequency, count),
        damping=modes.damping * factor(spread.damping, count),
        drive_shape=modes.drive_shape * factor(spread.gain, count),
        radiation_m=modes.radiation_m * factor(spread.gain, count),
    )
    return speaker, modes


def coefficients(
    speaker: Speaker, motor: Motor, plate: Plate, modes: Modes, microphone: Microphone
) -> tuple[Vector, Vector, Vector]:
    """Return the kernel's `motor` [12], `plate` [5, mode] and `pickup` [2, mode].

    Berger's tension, (3 D / 2 h^2) S with S = sum_n k_n^2 q_n^2, divided by rho h, is
    the kernel's tau S: integrate the stretch |grad w|^2 / 2 over the plate, times
    E h / (1 - nu^2) = 12 D / h^2.
    """
    omega = 2 * np.pi * modes.frequency_hz
    accept = modes.drive_shape / plate.modal_mass_kg
    yielding = 1 / (1 + speaker.mass_kg * (modes.drive_shape @ accept))
    stretch = 1.5 * plate.rigidity_n_m / plate.thickness_m**2
    tau = stretch / plate.surface_density_kg_per_m2
    electrical = (speaker.resistance_ohm, 1 / speaker.inductance_h)
    mechanical = (speaker.friction_kg_per_s, speaker.mass_kg, yielding, tau)
    pressure = AIR_KG_PER_M3 / (2 * np.pi) * microphone.sensitivity_v_per_pa
    return (
        np.array([*motor.force_factor, *motor.stiffness, *mechanical, *electrical]),
        np.stack(
            [
                omega**2,
                2 * modes.damping * omega,
                modes.drive_shape,
                accept,
                modes.wavenumber_squared_per_m2,
            ]
        ),
        # i omega q' = q'' at resonance: the integral's imaginary part hears velocity
        pressure * np.stack([modes.radiation_m.real, -omega * modes.radiation_m.imag]),
    )
