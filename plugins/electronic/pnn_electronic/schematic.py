"""What the drawing of the circuit says: nominal parts, and the rig's ranges.

Bench and twin share this file and nothing else. The parts that were really built
deviate from it: see `pnn_electronic.parts`.

A resistor and an inductor lead to a capacitor; the channel of a junction transistor
lies across it. The generator drives the resistor through one buffer, and the gate
through another.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, pi, sqrt

__all__ = ["DELAY_SAMPLES", "DRIVE_V", "FULL_SCALE_V", "RATE_HZ", "SAMPLES", "Parts"]

DRIVE_V = 5.0
"""Range of the generator, on either side of 0 V."""

FULL_SCALE_V = 5.0
"""Range of the digitiser, on either side of 0 V."""

SAMPLES = 196
"""Length of a record: an image of 14 x 14 pixels."""

RATE_HZ = 1e6
"""Rate of generator and digitiser."""

DELAY_SAMPLES = 14
"""Start of the digitiser after the generator: a row of the image."""


@dataclass(frozen=True)
class Parts:
    """Values of the circuit's parts; the defaults are the drawing's.

    The resonance is at 50 kHz with a quality of 10: ringing falls to 1/e in 63 samples,
    between four and five rows of an image. A row is about three quarters of a period,
    so that `DELAY_SAMPLES` after a hold its ringing is at an extreme.

    The transistor is a 2N3819, biased near its cut-off.
    """

    resistance_ohm: float = 31.6
    """With the inductor's winding and the buffer's output."""
    inductance_h: float = 1e-3
    capacitance_f: float = 10e-9
    threshold_v: float = -3.0
    beta_a_per_v2: float = 1.304e-3
    lambda_per_v: float = 2.25e-3
    drive_gain: float = 0.2
    gate_gain: float = 1.0
    """Of the gate's buffer, relative to the driven voltage."""
    gate_bias_v: float = -3.13
    probe_gain: float = 1.0
    probe_offset_v: float = 0.0

    def least_steps(self, sample_rate_hz: float) -> int:
        """Return the fewest Runge-Kutta steps per sample to be trusted.

        Sixteen in a period of the resonance: the error is then below 1e-3, and beyond
        2.8 sqrt(L C) a step grows without bound (Hairer and Wanner, Solving Ordinary
        Differential Equations II, 2nd ed. (1996), section IV.2).
        """
        period_s = 2 * pi * sqrt(self.inductance_h * self.capacitance_f)
        return ceil(16 / (period_s * sample_rate_hz))
