"""Tasks of the virtual board: DAQmx's task states, for one analog channel each.

States and their transitions follow the NI-DAQmx Help, "Task State Model": a task is
verified, reserved and committed before it runs, and returns there when it is stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from nidaqmx.constants import TerminalConfiguration
from nidaqmx.error_codes import DAQmxErrors as Code
from numpy.typing import NDArray

from pnn_electronic.daq.board import RANGE_V, RATE_HZ, TIMEBASE_HZ, Board
from pnn_electronic.daq.refusal import RefusalError

__all__ = ["Task"]

TERMINALS = {mode.value for mode in TerminalConfiguration} - {
    TerminalConfiguration.PSEUDO_DIFF.value
}


@dataclass
class Task:
    """One task: a channel, its timing, its buffer and its state.

    Args:
        name: What it is called.
        board: Where its channel is.
    """

    name: str
    board: Board
    kind: Literal["ao", "ai", ""] = ""
    channel: str = ""
    limits_v: tuple[float, float] = (0.0, 0.0)
    terminal: int = TerminalConfiguration.DEFAULT.value
    rate_hz: float = 0.0
    samples: int = 0
    clock: str = ""
    trigger: str = ""
    buffer: int = 0
    committed: bool = False
    implicit: bool = False
    running: bool = False
    data: NDArray[Any] = field(default_factory=lambda: np.zeros(0))
    position: int = 0

    def add(
        self, kind: Literal["ao", "ai"], channel: str, low: float, high: float
    ) -> None:
        """Give the task its channel."""
        board = channel.split("/")[0]
        if board != self.board.name:
            raise RefusalError(Code.INVALID_DEVICE_ID, f"There is no device {board!r}.")
        if channel not in self.board.channels(kind):
            raise RefusalError(
                Code.PHYSICAL_CHAN_DOES_NOT_EXIST,
                f"Device {board} has no physical channel {channel!r} of this kind.",
            )
        if channel == self.channel:
            raise RefusalError(Code.CHAN_ALREADY_IN_TASK)
        if not low < high:
            raise RefusalError(Code.MIN_NOT_LESS_THAN_MAX)
        self.kind, self.channel, self.limits_v = kind, channel, (low, high)

    @property
    def clock_hz(self) -> float:
        """The rate that the timebase can give, nearest to the one asked for."""
        return TIMEBASE_HZ / max(1, round(TIMEBASE_HZ / self.rate_hz))

    @property
    def timed(self) -> bool:
        """Whether a sample clock times it; otherwise it is done on demand."""
        return self.samples > 0

    @property
    def done(self) -> bool:
        """Whether everything was played or recorded; also before the start."""
        return not self.running or self.kind == "ao" or len(self.data) >= self.samples

    def verify(self) -> None:
        """Refuse what the board cannot do."""
        if not self.kind:
            raise RefusalError(Code.CAN_NOT_PERFORM_OP_WHEN_NO_CHANS_IN_TASK)
        highest_v, highest_hz = RANGE_V[self.kind], RATE_HZ[self.kind]
        side = self.kind.upper()
        for name, volts in zip(("Min", "Max"), self.limits_v, strict=True):
            if abs(volts) > highest_v:
                raise _unsupported(f"DAQmx_{side}_{name}", volts, highest_v)
        if self.terminal not in TERMINALS:
            raise _unsupported("DAQmx_AI_TermCfg", self.terminal)
        if self.timed and not 0 < self.rate_hz <= highest_hz:
            raise _unsupported("DAQmx_SampClk_Rate", self.rate_hz, highest_hz)
        output = f"/{self.board.name}/ao/" if self.kind == "ai" else None
        clocks = {"", "OnboardClock", output and output + "SampleClock"}
        triggers = {"", output and output + "StartTrigger"}
        for terminal, known in ((self.clock, clocks), (self.trigger, triggers)):
            if terminal not in known:
                raise RefusalError(
                    Code.INVALID_ROUTING_SOURCE_TERMINAL_NAME_ROUTING,
                    f"Terminal {terminal!r} cannot be routed to {self.channel}.",
                )

    def write(self, volts: NDArray[np.float64]) -> None:
        """Put volts into the buffer, or out at once where no clock times them."""
        low, high = self.limits_v
        if len(volts) and not (low <= volts.min() and volts.max() <= high):
            raise RefusalError(
                Code.INVALID_AO_DATA_WRITE,
                f"Data of {volts.min():.6g} to {volts.max():.6g} V lie outside the "
                f"channel's limits, {low:g} to {high:g} V.",
            )
        if not self.timed:
            self.board.play(volts)
            return
        if self.running:
            raise RefusalError(Code.SAMPLES_WILL_NEVER_BE_GENERATED)
        if len(volts) > (self.buffer or self.samples):
            raise RefusalError(Code.SAMPLES_CAN_NOT_YET_BE_WRITTEN)
        if not self.buffer and len(self.data) not in (0, len(volts)):
            raise RefusalError(Code.WRITE_FAILS_BUFFER_SIZE_AUTO_CONFIGURED)
        self.data = volts

    def stop(self) -> None:
        """Return to the state before the start."""
        self.running, self.position = False, 0
        self.committed, self.implicit = self.committed and not self.implicit, False
        if self.kind == "ai":
            self.data = np.zeros(0)


def _unsupported(name: str, asked: float, most: float | None = None) -> RefusalError:
    """Return DAQmx's answer to a property's unsupported value."""
    text = (
        f"Requested value is not a supported value for this property.\n\n"
        f"Property: {name}\nRequested Value: {asked:.8g}"
    )
    if most is not None:
        text += f"\nMaximum Value: {most:.8g}"
    return RefusalError(Code.INVALID_ATTRIBUTE_VALUE, text)
