"""The digitising oscilloscope as a driver sees it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pnn_core.errors import DeviceError
from pnn_electronic.visa.dialect import DigitiserDialect
from pnn_electronic.visa.quantities import quantities
from pnn_electronic.visa.session import Session

Array = NDArray[np.floating[Any]]

__all__ = ["LEAD", "Recorder", "Taken"]

LEAD = 8
"""Samples taken before the trigger."""


class Taken(NamedTuple):
    """A record: volts, at regular times after the trigger."""

    volts: Array
    start_s: float
    step_s: float


class Recorder:
    """Takes one record for each trigger.

    Args:
        session: The session, closed.
        dialect: What the digitiser speaks.
        rate_hz: Samples a second.
        range_v: Its range, from the lowest to the highest voltage.
        timeout_s: How long it may take to be armed, or be done after a record.
    """

    def __init__(
        self,
        session: Session,
        dialect: DigitiserDialect,
        rate_hz: float,
        range_v: float,
        timeout_s: float,
    ) -> None:
        self.session, self.dialect = session, dialect
        self.rate_hz, self.range_v, self.timeout_s = rate_hz, range_v, timeout_s
        self._points = 0

    def open(self) -> None:
        """Open the session, and set up."""
        self.session.open()
        self._points = 0
        self.session.tell(self.dialect.setup, self._quantities(1))

    def arm(self, samples: int) -> None:
        """Await a trigger, to take so many samples after it."""
        points = self.dialect.points(samples + LEAD)
        self.session.allow(points / self.rate_hz)
        if points != self._points:
            self.session.tell(self.dialect.record, self._quantities(points))
            self._points = points
        self.session.tell(self.dialect.arm, self._quantities(points), completed=False)
        self.session.wait(self.dialect.armed, self.timeout_s, "It cannot be armed.")

    def taken(self, samples: int) -> Taken:
        """Wait for the record, and return it.

        Raises:
            DeviceError: If it was over-range, or is not what was asked for.
        """
        session, dialect = self.session, self.dialect
        session.wait(
            dialect.done,
            self.timeout_s + self._points / self.rate_hz,
            "Connect the generator's trigger output to the digitiser's trigger input.",
        )
        answers = session.ask(dialect.preamble).split(dialect.separator)
        data = session.fetch(dialect.fetch)
        try:
            scale = {name: float(answers[at]) for name, at in dialect.fields.items()}
            codes = np.frombuffer(data, dialect.codes.format)
        except (IndexError, ValueError) as error:
            raise DeviceError(
                f"{session.name} answered {dialect.preamble} with {answers} and "
                f"{dialect.fetch} with {len(data)} bytes: {error}.\n"
                f"  Correct fields and codes in its dialect."
            ) from None
        if not samples + LEAD <= len(codes) == scale["points"]:
            raise DeviceError(
                f"{session.name} took {scale['points']:.0f} points and sent "
                f"{len(codes)}, where {samples + LEAD} were asked for.\n"
                f"  Correct max_points and granularity in its dialect."
            )
        self._refuse_over_range(codes)
        levels = codes.astype(np.float32) - scale.get("y_reference", 0.0)
        step_s = scale["x_increment_s"]
        return Taken(
            levels * scale["y_increment_v"] + scale.get("y_origin_v", 0.0),
            scale["x_origin_s"] - scale.get("x_reference", 0.0) * step_s,
            step_s,
        )

    def _refuse_over_range(self, codes: NDArray[Any]) -> None:
        limits, name = self.dialect.codes, self.session.name
        hole = self.dialect.hole
        if hole is not None and (codes == hole).any():
            raise DeviceError(
                f"{name} left {(codes == hole).sum()} samples of {len(codes)} empty.\n"
                f"  Its record is longer than what it acquires at this rate."
            )
        clipped = int(((codes <= limits.low) | (codes >= limits.high)).sum())
        if clipped:
            raise DeviceError(
                f"{name} was over-range in {clipped} samples of {len(codes)}: its "
                f"range is {self.range_v:g} V from end to end.\n"
                f"  Raise range_v, or drive the circuit less."
            )

    def _quantities(self, points: int) -> dict[str, float]:
        return quantities(self.rate_hz, points, self.range_v, lead=LEAD)
