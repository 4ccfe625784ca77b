"""Settings of the DAQmx driver."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pnn_electronic.schematic import DRIVE_V, FULL_SCALE_V, Parts
from pnn_electronic.signals import SignalConfig

__all__ = ["DaqConfig"]

SETTLE_S = round(24 * Parts.inductance_h / Parts.resistance_ohm, 4)
"""Twelve time constants 2 L / R of the drawing: 6e-6 of a ringing is left."""


class DaqConfig(SignalConfig):
    """Settings of board and record."""

    output_channel: str = Field(
        "Dev1/ao0", min_length=1, description="Channel that drives the circuit."
    )
    input_channel: str = Field(
        "Dev1/ai0", min_length=1, description="Channel that reads the circuit."
    )
    voltage_limit_v: float = Field(
        DRIVE_V, gt=0, le=DRIVE_V, description="Largest voltage at the output."
    )
    input_range_v: float = Field(
        FULL_SCALE_V, gt=0, le=100, description="Range of the input, either side."
    )
    terminal: Literal["DEFAULT", "RSE", "NRSE", "DIFF", "PSEUDO_DIFF"] = Field(
        "DEFAULT", description="How the input is referenced."
    )
    settle_s: float = Field(
        SETTLE_S, ge=0, le=10, description="Rest at 0 V after each example."
    )
    slew_limit_v_per_s: float | None = Field(
        None, gt=0, description="Fastest step between samples; none if null."
    )
    lag_samples: int = Field(
        1, ge=0, le=65536, description="Conversions until a hold's end is seen."
    )
    clock_terminal: str | None = Field(
        None,
        description="The output's sample clock; null: /<board>/ao/SampleClock.",
    )
    start_trigger: bool = Field(
        True, description="Whether the input waits for the output's start trigger."
    )
    buffer_samples: int = Field(
        500_000, ge=2, le=10**8, description="Longest record; batches are divided."
    )
    host: str | None = Field(
        None, description="Machine with an NI gRPC Device Server; null: this one."
    )
    port: int = Field(31763, ge=1, le=65535, description="Port of that server.")
    timeout_s: float = Field(
        10.0, gt=0, le=3600, description="Patience beyond a record's length."
    )
    retries: int = Field(
        2, ge=0, le=100, description="Repetitions of a disturbed record."
    )
