"""Settings of the circuit's VISA driver."""

from __future__ import annotations

from pydantic import Field

from pnn_electronic import signals
from pnn_electronic.schematic import FULL_SCALE_V, Parts

__all__ = ["VisaConfig"]

DRAWN = Parts()

SETTLE_S = 12 * 2 * DRAWN.inductance_h / DRAWN.resistance_ohm
"""Twelve time constants 2 L / R, in which ringing falls to 6e-6 of what it was."""


class VisaConfig(signals.SignalConfig):
    """Settings of generator and digitiser."""

    awg_resource: str = Field("", description="Generator's VISA resource name.")
    scope_resource: str = Field("", description="Digitiser's VISA resource name.")
    awg_dialect: str = Field(
        "keysight-trueform",
        description="Generator's dialect: a shipped one, or the path of a .toml file.",
    )
    scope_dialect: str = Field(
        "keysight-infiniivision",
        description="Digitiser's dialect: a shipped one, or the path of a .toml file.",
    )
    backend: str = Field(
        "@py", description="pyvisa's backend; empty for the installed VISA library."
    )
    range_v: float = Field(
        2 * FULL_SCALE_V,
        gt=0,
        le=100,
        description="Digitiser's range, from the lowest to the highest voltage.",
    )
    settle_s: float = Field(
        SETTLE_S, ge=0, le=1, description="Rest at 0 V after each example."
    )
    trigger_delay_s: float = Field(
        0.0,
        ge=-1e-6,
        le=1e-3,
        description="From the digitiser's trigger to the generator's first sample.",
    )
    timeout_s: float = Field(
        10.0, gt=0, le=600, description="Longest silence of an instrument."
    )
    retries: int = Field(
        2, ge=0, le=10, description="New attempts after a lost connection."
    )
