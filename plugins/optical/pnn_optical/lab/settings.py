"""What a lab may say of its instruments, and of how they are used."""

from __future__ import annotations

from pydantic import Field

from pnn_optical.lab.mask import MaskSettings
from pnn_optical.lab.readout import ReadoutSettings
from pnn_optical.lab.slm import SlmSettings
from pnn_optical.lab.spectrometer import OceanSettings
from pnn_optical.signals import Ports

__all__ = ["LabSettings"]


class LabSettings(Ports, ReadoutSettings):
    """Settings of the instruments."""

    spectrometer: OceanSettings = Field(
        default_factory=OceanSettings, description="Where the spectrometer is."
    )
    shaper: SlmSettings | MaskSettings = Field(
        default_factory=SlmSettings,
        discriminator="kind",
        description="Which shaper it is, and where.",
    )
    blue_first: bool = Field(
        False, description="Whether the shaper's first pixel is the bluest."
    )
    settle_s: float = Field(
        0.02, ge=0, le=10, description="Wait after each change of the shaper."
    )
    settle_tolerance: float = Field(
        0.02, gt=0, le=0.5, description="Relative change after it that is allowed."
    )
    lengthen_settle: bool = Field(
        False, description="Whether to wait longer where settle_s is too short."
    )
    longest_settle_s: float = Field(
        2.0, gt=0, le=60, description="Time after which light must have settled."
    )
    fixed_exposure_s: float | None = Field(
        None, gt=0, description="Exposure; none chooses it when opened."
    )
    longest_exposure_s: float = Field(
        1.0, gt=0, description="The longest exposure that may be chosen."
    )
    timeout_s: float = Field(
        5.0, gt=0, le=600, description="How long an instrument may stay silent."
    )
    retries: int = Field(
        1, ge=0, le=10, description="How often what was lost is asked for again."
    )
