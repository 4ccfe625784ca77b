"""Settings of the real plate."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

import pnn_core as pnn

__all__ = ["PlateConfig"]


class PlateConfig(pnn.Config):
    """Settings of the plate at a sound card.

    The guard is the time in which a full-scale burst at the slowest mode fades to the
    noise: tau ln(1.1 V / 2 mV) = 45 ms, with tau = 7.2 ms by the schematic, the coil's
    friction included, plus a tenth. At the virtual plate 0.05 s leave 0.03 mV RMS of a
    random example to the next one, and 0.3 mV at worst of a burst at a mode.
    """

    samples: int = Field(196, ge=2, le=65536, description="Length of a record.")
    sample_rate_hz: float = Field(
        48e3, ge=8e3, le=192e3, description="Rate of both converters."
    )
    delay_samples: int = Field(
        48, ge=0, le=65536, description="Start of the recorder after the player."
    )
    output: int | str | None = Field(
        None, description="Sound device that plays: index, or part of its name."
    )
    input: int | str | None = Field(
        None, description="Sound device that records: index, or part of its name."
    )
    output_channel: int = Field(
        1, ge=1, le=256, description="Channel of the amplifier, from 1."
    )
    input_channel: int = Field(
        1, ge=1, le=256, description="Channel of the microphone, from 1."
    )
    output_full_scale_v: float = Field(
        5.0, gt=0, le=100, description="Amplifier's volts at digital full scale."
    )
    input_full_scale_v: float = Field(
        1.0, gt=0, le=100, description="Recorder's volts at digital full scale."
    )
    limit_v: float = Field(
        5.0, gt=0, le=100, description="Highest voltage that may be played."
    )
    rms_limit_v: float = Field(
        2.0, gt=0, le=100, description="Highest RMS of a waveform, guards included."
    )
    fade_samples: int = Field(
        0,
        ge=0,
        le=4096,
        description="Rise and fall of each example; 0 plays it as it is.",
    )
    guard_s: float = Field(
        0.05,
        gt=1e-3,
        le=10,
        description="Silence between examples, for the plate to ring down.",
    )
    segment_s: float = Field(
        20.0, gt=0.1, le=600, description="Longest waveform; longer batches are split."
    )
    pilot_s: float = Field(
        0.02, gt=2e-3, le=1, description="Length of the chirps that align a waveform."
    )
    pilot_v: float = Field(1.0, gt=0, le=100, description="Peak of the chirps.")
    buffer_s: float = Field(
        0.25,
        ge=1e-3,
        le=10,
        description="Sound that the system keeps ready; more outlasts a busy computer.",
    )
    latency_limit_s: float = Field(
        2.0, gt=0, le=10, description="Largest latency that calibration looks for."
    )
    check_rate: bool = Field(
        True, description="Whether to refuse a card whose sound is resampled."
    )
    clipped_share: float = Field(
        0.1, ge=0, le=1, description="Part of a record that may be at full scale."
    )
    retries: int = Field(
        3, ge=0, le=100, description="How often a faulty example is measured again."
    )
    stall_s: float = Field(
        3.0, gt=0.1, le=600, description="Longest pause of the sound system."
    )
    timing_path: Path | None = Field(
        None, description="JSON file to write the timing calibration to."
    )

    @model_validator(mode="after")
    def _levels_fit(self) -> Self:
        if self.limit_v > self.output_full_scale_v:
            raise ValueError(
                f"limit_v = {self.limit_v:g} V is more than the amplifier gives: "
                f"output_full_scale_v = {self.output_full_scale_v:g} V"
            )
        if self.pilot_v > self.limit_v:
            raise ValueError(
                f"pilot_v = {self.pilot_v:g} V is above limit_v = {self.limit_v:g} V"
            )
        if 2 * self.fade_samples > self.samples:
            raise ValueError(
                f"fade_samples = {self.fade_samples} leaves nothing of "
                f"{self.samples} samples"
            )
        return self

    def count(self, seconds: float) -> int:
        """Return samples in so many seconds."""
        return round(seconds * self.sample_rate_hz)

    @property
    def guard(self) -> int:
        """Samples of silence: at least so many that a record ends before the next."""
        return max(self.count(self.guard_s), self.delay_samples)
