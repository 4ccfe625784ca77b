"""What a timing calibration finds, and what later recordings are compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_acoustic.card.alignment import arrival

Array = NDArray[np.floating[Any]]

__all__ = ["FIT", "Calibration", "Timing", "clock_rate_hz", "effective_bits"]

FIT = 0.8
"""Correlation below which a pilot counts as lost; 0.8 is a signal 2.5 dB over noise."""


@dataclass(frozen=True)
class Timing:
    """What a calibration found.

    Args:
        latency_samples: From playing a sample to the onset of its answer.
        jitter_samples: Standard deviation of the arrival, from chirp to chirp.
        gain: RMS out for white noise of RMS 1 in: the root of the response's energy.
        noise_v: RMS of what differs between answers to the same chirp.
        effective_bits: Of the recorder, see `effective_bits`.
        rate_hz: Samples a second by the computer's clock; None where the sound server
            runs in a time of its own.
    """

    latency_samples: int
    jitter_samples: float
    gain: float
    noise_v: float
    effective_bits: float
    rate_hz: float | None


@dataclass(frozen=True)
class Calibration:
    """A timing, and what later pilots and records are compared with.

    Args:
        timing: What was found.
        template: What is recorded when a pilot is played, from its onset [sample].
        response: Impulse response from its onset [lag], volts per volt.
        reach: How far a pilot may be shifted and still be found, in samples.
    """

    timing: Timing
    template: Array
    response: Array
    reach: int

    def pilot(self, recorded: Array, begin: int) -> tuple[float, float]:
        """Return the shift and the fit of the pilot that was played at `begin`."""
        first = begin + self.timing.latency_samples - self.reach
        last = first + len(self.template) + 2 * self.reach
        return arrival(recorded[first:last], self.template, self.reach)

    def shifted(self, samples: int) -> Calibration:
        """Return this calibration with another latency, once the stream has slipped."""
        latency = self.timing.latency_samples + samples
        return replace(self, timing=replace(self.timing, latency_samples=latency))


def effective_bits(noise_v: float, full_scale_v: float) -> float:
    """Return log2(2 full_scale / (sqrt(12) noise)), IEEE Std 1241 (2010), 9.4.

    Its noise is here that of repeats of one signal, without distortion: a plate's
    distortion is not the converter's.
    """
    return float(np.log2(2 * full_scale_v / (np.sqrt(12) * max(noise_v, 1e-12))))


def clock_rate_hz(marks: Array, asked_hz: float) -> float | None:
    """Return the rate of the samples, by the computer's clock.

    None where the sound server does not run in real time: the library's clock then runs
    off from the computer's, and samples come many times faster than they should.

    Args:
        marks: See `Recording`.
        asked_hz: What the rate should be.
    """
    clock, samples, library = (marks - marks[0]).T
    rate_hz = float(np.polyfit(clock, samples, 1)[0])
    together = 0.5 < np.polyfit(clock, library, 1)[0] < 1.5
    return rate_hz if together and asked_hz / 4 < rate_hz < asked_hz * 4 else None
