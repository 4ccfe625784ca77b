"""Chirps, what they tell about the path of the sound, and when they arrive."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_acoustic.card.segment import faded

Array = NDArray[np.floating[Any]]

__all__ = ["arrival", "chirp", "impulse_response", "noise_of", "onset"]

FADE = 1 / 32
"""Part of a chirp in which it rises, and in which it falls."""

RISE = 0.1
"""Where a response begins, relative to its peak: 20 dB below (ISO 3382-1, 2009)."""


def chirp(samples: int) -> Array:
    """Return a chirp of unit peak that holds all frequencies in equal parts.

    Made in the frequency domain: flat magnitude, and a group delay that grows linearly
    from a twentieth of its length to nine tenths (Müller and Massarani, Transfer-
    function measurement with sweeps, J. Audio Eng. Soc. 49, 443 (2001), section 4).
    """
    bins = samples // 2 + 1
    place = np.arange(bins) / (bins - 1)
    turn = 2 * np.pi * np.arange(bins) / samples
    delay = samples * (0.05 + 0.85 * place / 2)  # the mean up to each bin
    wave = faded(np.fft.irfft(np.exp(-1j * turn * delay), samples), int(FADE * samples))
    return wave / np.abs(wave).max()


def impulse_response(
    recorded: Array, played: Array, *, circular: bool = False
) -> Array:
    """Return h [lag] of recorded = h * played, by spectral division.

    Division is damped where little was played, by 60 dB below the strongest bin.

    Args:
        recorded: Shape [sample].
        played: Shape [sample].
        circular: Whether both are periods of periodic signals.
    """
    size = len(played) if circular else 2 * len(played)
    spectrum = np.fft.rfft(played, size)
    power = np.abs(spectrum) ** 2
    quotient = np.fft.rfft(recorded, size) * spectrum.conj()
    quotient /= power + 1e-6 * power.max()
    return np.fft.irfft(quotient, size)[: len(played)]


def noise_of(response: Array) -> float:
    """Return the RMS noise of a response that is mostly noise, from its median."""
    return float(np.median(np.abs(response)) / 0.6745)


def onset(response: Array, noise: float) -> int:
    """Return the first lag at which a response rises out of what came before.

    That is 20 dB below its peak, or six times the noise where that is more. A plate
    rings longer than it takes to answer, so its peak says little about its latency.
    """
    size = np.abs(response)
    return int(np.argmax(size >= max(RISE * size.max(), 6 * noise)))


def arrival(recorded: Array, template: Array, reach: int) -> tuple[float, float]:
    """Return when a template arrives, relative to the middle, and how well it fits.

    The normalised cross-correlation peaks there; a parabola through the three values
    around the peak gives the fraction of a sample.

    Args:
        recorded: Shape [len(template) + 2 reach].
        template: What is waited for.
        reach: Largest shift, either way.

    Returns:
        Shift in samples, in [-reach, reach], and the correlation, at most 1.
    """
    lags, size = 2 * reach + 1, 2 * len(recorded)
    spectrum = np.fft.rfft(recorded, size) * np.fft.rfft(template, size).conj()
    energy = np.concatenate([[0.0], np.cumsum(np.square(recorded, dtype=float))])
    energy = energy[len(template) :][:lags] - energy[:lags]
    floor = 1e-12 * energy.max() + np.finfo(float).tiny
    match = np.fft.irfft(spectrum, size)[:lags] / np.sqrt(energy + floor)
    match /= np.linalg.norm(template)
    best = int(match.argmax())
    shift = float(best - reach)
    if 0 < best < lags - 1:
        left, top, right = match[best - 1 : best + 2]
        shift += (left - right) / (2 * (left - 2 * top + right))
    return shift, float(match[best])
