"""Records: how a batch of examples becomes one waveform, and is found in it again.

An update of the output and a conversion of the input happen at the same edge of the
sample clock, so that conversion k still sees the end of hold k - 1::

    output   0 | v_0 v_1 ... v_last | 0 0 ... 0 | v_0 ...
    input    . | .   y_0 ...   y_(last-1) y_last ...          (lag 1, no delay)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

__all__ = ["Layout"]


@dataclass(frozen=True)
class Layout:
    """One sample at rest, then examples, each followed by a rest at 0 V.

    Args:
        samples: Samples of one example.
        settle: Samples of rest after each example.
        delay: Holds by which the first output is taken after the first input.
        lag: Conversions from a hold to the one that sees its end.
    """

    samples: int
    settle: int
    delay: int
    lag: int = 1

    @property
    def period(self) -> int:
        """Samples from one example to the next."""
        return self.samples + max(self.settle, self.delay + self.lag, 1)

    def length(self, count: int) -> int:
        """Return the samples of a record of `count` examples."""
        return 1 + count * self.period

    def chunk(self, batch: int, limit: int) -> int:
        """Return how many examples to put into each of the fewest equal records."""
        most = max(1, (limit - 1) // self.period)
        return -(-batch // -(-batch // most))

    def pack(self, volts: Array, count: int) -> NDArray[np.float64]:
        """Return a record [time] of `count` examples; those not given are at rest."""
        record = np.zeros(self.length(count))
        record[1:].reshape(count, -1)[: len(volts), : self.samples] = volts
        return record

    def unpack(self, record: NDArray[Any], batch: int) -> NDArray[Any]:
        """Return what was converted of the first `batch` examples [example, sample]."""
        first = 1 + self.delay + self.lag
        rows = np.lib.stride_tricks.sliding_window_view(record[first:], self.samples)
        return rows[:: self.period][:batch]
