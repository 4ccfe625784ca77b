"""What the drawing of the rig says: a flume between two plungers, and its gauges.

Bench and twin share this file and nothing else. The tank that was really built
deviates from it: see `pnn_fluid.parts`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pnn_core as pnn

__all__ = ["GRAVITY_M_PER_S2", "Signals", "Tank"]

GRAVITY_M_PER_S2 = 9.80665
"""Standard gravity (CGPM, 1901)."""


@dataclass(frozen=True)
class Tank:
    """A rectangular flume with a plunger at each end wall and two wave gauges.

    A plunger is a box that a servo dips into the water: per width it displaces its
    thickness times its stroke. The servo is of second order, natural frequency and
    damping ratio as given.
    """

    length_m: float = 2.5
    width_m: float = 0.3
    depth_m: float = 0.04
    plunger_m: float = 0.05
    servo_hz: float = 0.6
    servo_damping: float = 0.8
    gauges_m: tuple[float, ...] = (0.8, 1.6)
    decay_per_s: float = 0.02

    @property
    def speed_m_per_s(self) -> float:
        """Return the speed of long, low waves, sqrt(g d): Lagrange (1781)."""
        return float((GRAVITY_M_PER_S2 * self.depth_m) ** 0.5)


@dataclass(frozen=True)
class Signals:
    """When and how far the rig plays and records.

    Args:
        samples: Length of a record.
        delay_samples: Start of the recorder after the player.
        sample_rate_hz: Of both.
        stroke_m: Largest stroke, up or down.
        range_m: Largest level that the gauges read, up or down.
    """

    samples: int
    delay_samples: int
    sample_rate_hz: float
    stroke_m: float
    range_m: float

    @property
    def played(self) -> pnn.SignalSpec:
        """Return strokes [plunger, sample], positive into the water."""
        limit, rate_hz = self.stroke_m, self.sample_rate_hz
        return pnn.SignalSpec((2, self.samples), "m", -limit, limit, rate_hz)

    @property
    def recorded(self) -> pnn.SignalSpec:
        """Return levels above rest [gauge, sample]."""
        limit, rate_hz = self.range_m, self.sample_rate_hz
        shape = len(Tank.gauges_m), self.samples
        start_s = self.delay_samples / rate_hz
        return pnn.SignalSpec(shape, "m", -limit, limit, rate_hz, start_s)
