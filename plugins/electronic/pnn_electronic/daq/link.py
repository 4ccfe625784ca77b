"""The link to a board, here or on another machine, and what keeps its output safe."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_electronic.daq.pair import Codes, Pair, add_output, writer
from pnn_electronic.daq.settings import DaqConfig

__all__ = ["Link"]


class Link:
    """A board's output and input, played as one pair of tasks.

    The pair is kept until the record's length changes: configuring one takes several
    times as long as playing with it.
    """

    def __init__(self, config: DaqConfig) -> None:
        self.config = config
        self.channel: Any = None
        self.tasks: list[Any] = []
        self.pair: Pair | None = None
        self.reached = False

    def connect(self) -> None:
        """Reach the board, set its output to 0 V, and check the settings.

        Raises:
            ImportError: If nidaqmx is not installed, or gRPC where it is needed.
        """
        if self.config.host is not None:
            from pnn_electronic.daq.remote import patient_channel

            self.channel = patient_channel(self.config)
        self.rest()
        self.reached = True
        self._paired(2)

    def play(self, record: NDArray[np.float64]) -> Codes:
        """Play a record in volts, and return the input's codes, one per sample."""
        return self._paired(len(record)).play(record)

    def volts(self, codes: Codes) -> NDArray[np.float32]:
        """Return the codes of the last record as volts."""
        assert self.pair is not None
        return self.pair.volts(codes)

    def rest(self) -> None:
        """Clear the tasks, and set the output to 0 V."""
        self.clear()
        task = self._new_task()
        add_output(task, self.config)
        writer(task).write_one_sample(0.0, self.config.timeout_s)
        self.clear()

    def clear(self) -> None:
        """Give the channels back. A link that fails is not tried again.

        A task that cannot be cleared keeps its channel, which the next one reports.
        """
        tasks, self.tasks, self.pair = self.tasks, [], None
        for task in tasks:
            from nidaqmx import DaqError

            with suppress(DaqError):
                task.close()

    def close(self) -> None:
        """Leave the output at 0 V and release everything, whatever fails."""
        try:
            if self.reached:
                self.rest()
        finally:
            try:
                self.clear()
            finally:
                channel, self.channel, self.reached = self.channel, None, False
                if channel is not None:
                    channel.close()

    def _paired(self, length: int) -> Pair:
        if self.pair is None or self.pair.length != length:
            self.clear()
            self.pair = Pair(self.config, self._new_task, length)
        return self.pair

    def _new_task(self) -> Any:
        """Create a task, which `clear` closes."""
        import nidaqmx

        options = None
        if self.channel is not None:
            options = nidaqmx.GrpcSessionOptions(self.channel, "")
        task = nidaqmx.Task(grpc_options=options)
        self.tasks.append(task)
        return task
