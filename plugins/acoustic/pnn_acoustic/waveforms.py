"""The waveforms that every device of the plate plays and records."""

from __future__ import annotations

import pnn_core as pnn

__all__ = ["played", "recorded"]


def played(samples: int, limit_v: float, sample_rate_hz: float) -> pnn.SignalSpec:
    """Return the spec of the amplifier's volts, one per sample."""
    return pnn.SignalSpec((samples,), "V", -limit_v, limit_v, sample_rate_hz)


def recorded(
    samples: int, limit_v: float, sample_rate_hz: float, delay_samples: int
) -> pnn.SignalSpec:
    """Return the spec of the recorder's volts, from `delay_samples` later."""
    start_s = delay_samples / sample_rate_hz
    return pnn.SignalSpec((samples,), "V", -limit_v, limit_v, sample_rate_hz, start_s)
