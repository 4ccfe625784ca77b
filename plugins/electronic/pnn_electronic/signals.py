"""The signals of every device that plays the circuit."""

from __future__ import annotations

from pydantic import Field

import pnn_core as pnn
from pnn_electronic.schematic import (
    DELAY_SAMPLES,
    DRIVE_V,
    FULL_SCALE_V,
    RATE_HZ,
    SAMPLES,
)

__all__ = ["SignalConfig", "inputs", "outputs"]


class SignalConfig(pnn.Config):
    """Settings that every device of the circuit has."""

    samples: int = Field(SAMPLES, ge=2, le=65536, description="Length of a record.")
    sample_rate_hz: float = Field(
        RATE_HZ, ge=1e4, le=1e7, description="Rate of generator and digitiser."
    )
    delay_samples: int = Field(
        DELAY_SAMPLES,
        ge=0,
        le=65536,
        description="Start of the digitiser after the generator.",
    )


def inputs(config: SignalConfig) -> pnn.SignalSpec:
    """Return the spec of the generator's volts, one per sample."""
    return _waveform(config, DRIVE_V)


def outputs(config: SignalConfig) -> pnn.SignalSpec:
    """Return the spec of the digitiser's volts, one per sample.

    Output n is taken at the end of hold n + delay_samples.
    """
    delay_s = config.delay_samples / config.sample_rate_hz
    return _waveform(config, FULL_SCALE_V, delay_s)


def _waveform(
    config: SignalConfig, limit_v: float, start_s: float = 0.0
) -> pnn.SignalSpec:
    return pnn.SignalSpec(
        shape=(config.samples,),
        unit="V",
        low=-limit_v,
        high=limit_v,
        sample_rate_hz=config.sample_rate_hz,
        start_s=start_s,
    )
