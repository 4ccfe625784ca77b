"""The parts that were really built: the schematic, with tolerances.

Nothing here may be known to a twin.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydantic import Field

import pnn_core as pnn
from pnn_electronic.schematic import Parts

__all__ = ["PartConfig", "built"]


class PartConfig(pnn.Config):
    """How far what was built strays from what was drawn.

    A transistor's cut-off voltage varies several times over within its data sheet, so
    the rig has a trimmer: the gate's bias is set against the specimen's own cut-off,
    and only the trimmer's error remains.
    """

    tolerance: float = Field(
        0.05, ge=0, le=0.3, description="Tolerance of R, L and C, to either side."
    )
    beta_spread: float = Field(
        0.3, ge=0, le=1, description="Relative spread of the transistor's beta."
    )
    trim_v: float = Field(
        0.05, ge=0, le=1, description="RMS error of the gate's trimmed bias."
    )
    gain_spread: float = Field(
        0.01, ge=0, le=0.3, description="Relative spread of the amplifiers' gains."
    )
    offset_v: float = Field(
        5e-3, ge=0, le=1, description="RMS offset of the probe's amplifier."
    )
    part_seed: int = Field(0, ge=0, description="Seed of the parts.")


def built(config: PartConfig, drawn: Parts | None = None) -> Parts:
    """Return one specimen of the circuit, as its seed says.

    R, L and C lie anywhere within their tolerance; beta and the gains are lognormal,
    so that they stay positive.
    """
    drawn = drawn or Parts()
    rng = np.random.default_rng(config.part_seed)

    def within(value: float) -> float:
        return value * float(1 + config.tolerance * rng.uniform(-1, 1))

    def about(value: float, spread: float) -> float:
        return value * float(np.exp(spread * rng.standard_normal()))

    return replace(
        drawn,
        resistance_ohm=within(drawn.resistance_ohm),
        inductance_h=within(drawn.inductance_h),
        capacitance_f=within(drawn.capacitance_f),
        beta_a_per_v2=about(drawn.beta_a_per_v2, config.beta_spread),
        drive_gain=about(drawn.drive_gain, config.gain_spread),
        gate_gain=about(drawn.gate_gain, config.gain_spread),
        gate_bias_v=drawn.gate_bias_v + float(config.trim_v * rng.standard_normal()),
        probe_gain=about(drawn.probe_gain, config.gain_spread),
        probe_offset_v=float(config.offset_v * rng.standard_normal()),
    )
