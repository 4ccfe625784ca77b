"""Exposure control: once, when the device is opened, with every pixel open."""

from __future__ import annotations

import numpy as np

from pnn_core.errors import DeviceError
from pnn_optical.lab.readout import DIMMER, Readout

__all__ = ["choose_exposure"]

AIM = 0.7
"""Part of the scale that the brightest spectrum shall fill."""

TRIALS = 4


def choose_exposure(readout: Readout, longest_s: float) -> float:
    """Return the exposure at which the brightest spectrum fills its part of the scale.

    No pattern is brighter than every pixel open, as long as their phases agree.

    Args:
        readout: At an exposure that does not saturate.
        longest_s: The longest that may be chosen.

    Raises:
        DeviceError: If every exposure tried saturates.
    """
    spectrometer = readout.spectrometer
    shortest_s, limit_s = spectrometer.exposure_limits_s
    longest_s = max(min(longest_s, limit_s), shortest_s)
    full, every_pixel = spectrometer.full_scale, np.ones(readout.shaper.pixels)
    exposure_s = spectrometer.exposure_s
    for _ in range(TRIALS):
        readout.expose(exposure_s)
        dark = readout.dark().counts
        readout.show(every_pixel)
        counts = readout.counts(readout.settings.averages)
        if readout.is_saturated(counts):
            exposure_s = max(exposure_s / DIMMER, shortest_s)
            continue
        lit = readout.bins.lit
        light, level = (counts - dark)[lit].max(), dark[lit].max()
        aimed_s = exposure_s * AIM * full / (light + level)
        if abs(aimed_s / exposure_s - 1) < 0.2:
            return exposure_s
        exposure_s = float(np.clip(aimed_s, shortest_s, longest_s))
        if exposure_s in (shortest_s, longest_s):
            break
    readout.expose(exposure_s)
    readout.dark()
    readout.show(every_pixel)
    if readout.is_saturated(readout.counts(readout.settings.averages)):
        raise DeviceError(
            f"{spectrometer.where} saturates at {exposure_s:g} s with every pixel "
            f"open; its shortest exposure is {shortest_s:g} s.\n"
            f"  Put a filter in front of it, or dim the laser."
        )
    return exposure_s
