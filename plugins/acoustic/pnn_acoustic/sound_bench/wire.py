"""The wire from the plate to the recorder, which fails when it is told to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

__all__ = ["Fault", "Wire"]

NONE = np.zeros(0, np.float32)


@dataclass(frozen=True)
class Fault:
    """What is to fail, and when.

    Args:
        kind: "drop" silences samples. "slip" makes all that follows come later by so
            many samples, or earlier again if negative. "mend" takes all that back.
        samples: How many.
        after: Samples from where the player next leaves silence.
    """

    kind: str
    samples: int = 0
    after: int = 0


class Wire:
    """Carries what is recorded, block by block; faithfully, unless it is told a fault.

    Set `told` from any thread.
    """

    def __init__(self) -> None:
        self.told: Fault | None = None
        self._fault: Fault | None = None
        self._begin: int | None = None
        self._late = NONE

    def carry(self, played: Samples, recorded: Samples) -> Samples:
        """Return what arrives of a block, given what was played meanwhile."""
        if self.told:
            self._fault, self._begin, self.told = self.told, None, None
            if self._fault.kind == "mend":
                self._fault, self._late = None, NONE
        count = len(recorded)
        queue = np.concatenate([self._late, recorded])
        if self._fault and self._begin is None and played.any():
            self._begin = int(np.flatnonzero(played)[0]) + self._fault.after
        if self._fault and self._begin is not None:
            queue = self._failing(self._fault, self._begin, queue, count)
            self._begin -= count
        arriving, self._late = queue[:count], queue[count:]
        return arriving

    def _failing(self, fault: Fault, begin: int, queue: Samples, count: int) -> Samples:
        """Return the queue with what the fault does to the block at its front."""
        end = begin + fault.samples
        if fault.kind == "drop":
            queue[max(begin, 0) : max(end, 0)] = 0
            self._fault = None if end <= count else fault
        elif begin < count:
            late = np.zeros(max(fault.samples, 0), np.float32)
            early = min(max(-fault.samples, 0), len(self._late))
            queue = np.concatenate([queue[:begin], late, queue[begin + early :]])
            self._fault = None
        return queue
