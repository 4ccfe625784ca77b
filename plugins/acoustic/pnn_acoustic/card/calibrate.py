"""Timing calibration: what the sound card and the plate do to a chirp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_acoustic.card.alignment import arrival, impulse_response, noise_of, onset
from pnn_acoustic.card.band import resampled_from_hz
from pnn_acoustic.card.settings import PlateConfig
from pnn_acoustic.card.stream import Recording
from pnn_acoustic.card.timing import (
    FIT,
    Calibration,
    Timing,
    clock_rate_hz,
    effective_bits,
)
from pnn_core.errors import DeviceError

Array = NDArray[np.floating[Any]]

__all__ = ["Calibrator"]

REPEATS = 8

HEARD = 12.0
"""Peak of a response, in units of its noise, from which on a chirp is heard."""

RATE_ERROR = 0.04
"""Of the measured rate, relative; 44.1 and 48 kHz are 8 % apart."""


@dataclass
class Calibrator:
    """Finds latency, jitter, gain, noise and rate of a path of sound.

    One chirp, and silence as long as the latency may be, finds it; then chirps one
    guard apart give the details.

    Args:
        owner: Who to name in messages.
        config: Of the device.
        pilot: The chirp, in volts [sample].
        play: Plays volts [sample]; returns the volts recorded meanwhile.
    """

    owner: str
    config: PlateConfig
    pilot: Array
    play: Callable[[Array], tuple[Array, Recording]]

    def calibrated(self) -> Calibration:
        """Return the calibration.

        Raises:
            DeviceError: If the chirp is not heard, or arrives at ever other times, or
                the card runs at another rate.
        """
        for _ in range(self.config.retries + 1):
            coarse, marks = self._coarse_latency()
            found = self._detailed(coarse, marks)
            if found:
                return found
        raise DeviceError(
            f"{self.owner} hears its {REPEATS} chirps out of rhythm, or each unlike "
            f"the others (correlation below {FIT:g}), {self.config.retries + 1} times "
            f"in a row.\n  The stream loses samples, or there is much noise: raise "
            f"buffer_s, close other programs, raise pilot_v."
        )

    def _coarse_latency(self) -> tuple[int, Array]:
        """Return the latency, and the marks of the time it took to find it."""
        config, limit = self.config, self.config.count(self.config.latency_limit_s)
        for lead, reach in ((config.guard, limit // 2), (limit, limit)):
            begin, end = lead, lead + len(self.pilot)
            waveform = np.zeros(end + reach + config.guard, np.float32)
            waveform[begin:end] = self.pilot
            recorded, recording = self.play(waveform)
            recorded[:begin] = 0  # of an earlier waveform, after a stream has slipped
            response = impulse_response(recorded, waveform)[:reach]
            noise = noise_of(response)
            if np.abs(response).max() > HEARD * noise:
                return onset(response, noise), recording.marks
        raise DeviceError(
            f"{self.owner} does not hear its chirp of {config.pilot_v:g} V within "
            f"{config.latency_limit_s:g} s: {recorded.std():.2g} V RMS came back.\n"
            f"  Is the amplifier on, the microphone powered, each plug in its "
            f"channel? Then raise pilot_v or the gain, or latency_limit_s."
        )

    def _detailed(self, coarse: int, marks: Array) -> Calibration | None:
        """Return the calibration, or None if the chirps are not alike."""
        guard, length = self.config.guard, len(self.pilot)
        margin, reach, period = guard // 3, guard // 4, guard + length
        train = np.zeros(guard + REPEATS * period + coarse + guard, np.float32)
        chirps = train[guard:][: REPEATS * period].reshape(REPEATS, period)
        chirps[:, :length] = self.pilot
        recorded, recording = self.play(train)

        first = guard + coarse - margin
        answers = recorded[first:][: REPEATS * period].reshape(REPEATS, period)
        mean = answers.mean(axis=0)
        response = impulse_response(mean, np.pad(self.pilot, (0, guard)), circular=True)
        begin = onset(response, noise_of(response))
        template = mean[begin : begin + length + reach]
        ends = begin - reach, begin + length + 2 * reach
        if ends[0] < 0 or ends[1] > period:
            return None
        shifts, fits = np.array(
            [arrival(answer[slice(*ends)], template, reach) for answer in answers]
        ).T
        if fits.min() < FIT or np.ptp(shifts) > 1:
            return None

        response = np.roll(response, -begin)
        marks = np.concatenate([marks, recording.marks])
        rate_hz = clock_rate_hz(marks, self.config.sample_rate_hz)
        self._check_rate(rate_hz, response)
        noise_v = float((answers - mean).std() * np.sqrt(REPEATS / (REPEATS - 1)))
        response = response[: period - begin]
        timing = Timing(
            latency_samples=coarse - margin + begin,
            jitter_samples=float(shifts.std(ddof=1)),
            gain=float(np.linalg.norm(response)),
            noise_v=noise_v,
            effective_bits=effective_bits(noise_v, self.config.input_full_scale_v),
            rate_hz=rate_hz,
        )
        return Calibration(timing, template, response, reach)

    def _check_rate(self, rate_hz: float | None, response: Array) -> None:
        """Raise if the card runs at another rate, or its sound is resampled."""
        asked_hz = self.config.sample_rate_hz
        if rate_hz is not None and abs(rate_hz / asked_hz - 1) > RATE_ERROR:
            raise DeviceError(
                f"{self.owner} asked for {asked_hz:g} Hz, and the card runs at "
                f"{rate_hz:.0f} Hz by the computer's clock.\n  Set the card or its "
                f"server to {asked_hz:g} Hz, or sample_rate_hz to the rate it has."
            )
        below_hz = resampled_from_hz(response, asked_hz)
        if below_hz and self.config.check_rate:
            raise DeviceError(
                f"{self.owner} asked for {asked_hz:g} Hz and hears nothing above "
                f"{below_hz / 2:g} Hz: its sound is resampled from a lower rate.\n"
                f"  Set the card or its server to {asked_hz:g} Hz, or sample_rate_hz "
                f"to the rate it has; or check_rate = false, if the plate ends there."
            )
