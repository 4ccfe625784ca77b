"""Usage: what a device has spent, because physical time is the scarce resource."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Usage:
    """What a device spent so far.

    Args:
        runs: Batches measured.
        examples: Examples measured.
        seconds: Wall time inside the device.
        joules: Energy, or None where the device does not declare its power.
    """

    runs: int = 0
    examples: int = 0
    seconds: float = 0.0
    joules: float | None = None

    def add(self, examples: int, seconds: float, power_w: float | None) -> None:
        """Account for one batch."""
        self.runs += 1
        self.examples += examples
        self.seconds += seconds
        if power_w is not None:
            self.joules = (self.joules or 0.0) + power_w * seconds

    def __add__(self, other: Usage) -> Usage:
        known = [j for j in (self.joules, other.joules) if j is not None]
        return Usage(
            self.runs + other.runs,
            self.examples + other.examples,
            self.seconds + other.seconds,
            sum(known) if known else None,
        )

    def __sub__(self, earlier: Usage) -> Usage:
        return Usage(
            self.runs - earlier.runs,
            self.examples - earlier.examples,
            self.seconds - earlier.seconds,
            None if self.joules is None else self.joules - (earlier.joules or 0.0),
        )

    def __str__(self) -> str:
        energy = "" if self.joules is None else f", {self.joules:.3g} J"
        return (
            f"{self.runs} runs, {self.examples} examples, {self.seconds:.1f} s{energy}"
        )
