"""Generator and digitiser as one: play a record, and hear what became of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_electronic.visa.player import Player
from pnn_electronic.visa.recorder import LEAD, Recorder, Taken

Array = NDArray[np.floating[Any]]

__all__ = ["Pair"]


class Pair:
    """A generator whose trigger output triggers a digitiser.

    Args:
        player: The generator.
        recorder: The digitiser.
        late: Samples that the digitiser goes on for, after the record.
    """

    def __init__(self, player: Player, recorder: Recorder, late: int) -> None:
        self.player, self.recorder, self._late = player, recorder, late
        self.is_open = False

    @property
    def longest(self) -> int:
        """The longest record that both memories hold."""
        recorded = self.recorder.dialect.longest - LEAD - self._late
        return min(self.player.dialect.longest, recorded)

    def open(self) -> None:
        """Open both sessions, and set both up, the output off."""
        self.player.open()
        self.recorder.open()
        self.is_open = True

    def drop(self) -> None:
        """Close both sessions as they are, to be opened again."""
        self.is_open = False
        self.player.session.close()
        self.recorder.session.close()

    def close(self) -> None:
        """Switch the output off, and close both sessions; see `Player.close`."""
        try:
            self.player.close()
        finally:
            self.drop()

    def shoot(self, volts: Array) -> Taken:
        """Play a record once, and return what was heard.

        Raises:
            LinkError: If a link fails; the output is as it was.
            DeviceError: If an instrument has an error, or the signal was over-range.
        """
        samples = len(volts) + self._late
        self.player.load(volts)
        self.recorder.arm(samples)
        self.player.play()
        return self.recorder.taken(samples)
