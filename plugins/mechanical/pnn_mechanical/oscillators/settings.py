"""Settings of the coupled oscillators: how many, how far, and what is not as drawn."""

from __future__ import annotations

from math import pi

from pydantic import Field

import pnn_core as pnn
from pnn_mechanical.oscillators.schematic import STEP, STEPS

__all__ = ["OscillatorsConfig"]


class OscillatorsConfig(pnn.Config):
    """Settings of the coupled oscillators."""

    oscillators: int = Field(64, ge=2, le=20_000, description="How many there are.")
    read: int | None = Field(
        None, ge=1, description="How many, the last ones, are read; all if unset."
    )
    steps: int = Field(STEPS, ge=1, le=10_000, description="Steps until they are read.")
    step: float = Field(
        STEP, gt=0, le=1, description="Time step, relative to 1 / omega."
    )
    set_limit_rad: float = Field(
        pi, gt=0, description="Largest initial angle, on either side of rest."
    )
    read_limit_rad: float = Field(
        8 * pi, gt=0, description="Largest angle that is read, turns counted."
    )
    coupling_limit: float = Field(
        1.0, gt=0, description="Largest |C| and |e|, relative to gravity's pull."
    )
    self_coupling: bool = Field(
        False, description="Whether C_ii counts too: it then adds -C_ii sin q_i."
    )
    stretch: float = Field(
        0.1, gt=-1, le=1, description="Excess of an angle's effect, relative to it."
    )
    stray_coupling: float = Field(
        0.2, ge=0, description="RMS of couplings nobody drew, relative like C."
    )
    noise_rad: float = Field(0.02, ge=0, description="RMS error of initial angles.")
    seed: int = Field(0, ge=0, description="Seed of stray couplings and of noise.")
