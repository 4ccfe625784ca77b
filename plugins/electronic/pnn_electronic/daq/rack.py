"""The rack: every task of the virtual board, and which of them has which converter."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from nidaqmx.error_codes import DAQmxErrors as Code
from numpy.typing import NDArray

from pnn_electronic.daq.board import Board
from pnn_electronic.daq.refusal import RefusalError
from pnn_electronic.daq.task import Task

__all__ = ["Rack"]


class Rack:
    """Tasks that share a board: a converter belongs to one of them at a time.

    An output task's start plays its whole record at once, faster than real time. An
    input task that waits for the output's clock then has its samples.
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        self.tasks: dict[str, Task] = {}
        self.created = 0
        self.changed = threading.Condition()

    def create(self, name: str) -> tuple[Task, bool]:
        """Return the task of that name, and whether it is new."""
        if name in self.tasks:
            return self.tasks[name], False
        name = name or f"_unnamedTask<{self.created}>"
        self.created += 1
        return self.tasks.setdefault(name, Task(name, self.board)), True

    def find(self, name: str) -> Task:
        """Return a task that exists."""
        if name not in self.tasks:
            raise RefusalError(Code.INVALID_TASK, f"There is no task {name!r}.")
        return self.tasks[name]

    def commit(self, task: Task) -> None:
        """Verify a task, and reserve its converter for it."""
        task.verify()
        for other in self.tasks.values():
            if other is not task and other.committed and other.kind == task.kind:
                raise RefusalError(
                    Code.PAL_RESOURCE_RESERVED,
                    f"The {task.kind} converter of {self.board.name} is reserved by "
                    f"task {other.name}.",
                )
        task.committed = True

    def release(self, task: Task) -> None:
        """Abort a task, and give its converter back."""
        task.stop()
        task.committed = False

    def reset(self) -> None:
        """Forget tasks and faults, as a restart does; the output goes to 0 V."""
        self.board.faults.reset()
        with self.changed:
            self.tasks, self.board.held_v = {}, 0.0

    def start(self, task: Task) -> None:
        """Start a task; an output plays, to the inputs that wait for its clock."""
        if task.running:
            raise RefusalError(Code.CAN_NOT_PERFORM_OP_WHILE_TASK_RUNNING)
        task.implicit = not task.committed
        self.commit(task)
        if task.kind == "ai":
            task.running, task.position, task.data = True, 0, np.zeros(0, np.int16)
            if not task.clock.endswith("ao/SampleClock"):
                held = np.full(task.samples + 1, self.board.held_v, np.float64)
                self._record(task, held, task.clock_hz)
            return
        if task.timed:
            if not len(task.data):
                raise RefusalError(Code.OUTPUT_BUFFER_EMPTY)
            played = self.board.play(task.data)
            for other in self.tasks.values():
                if other.running and other.clock.endswith("ao/SampleClock"):
                    self._record(other, played, task.clock_hz)
            task.running = True
        self.changed.notify_all()

    def read(self, task: Task, count: int, timeout_s: float) -> NDArray[np.int16]:
        """Return the next samples, once they are there."""
        if task.kind != "ai":
            raise RefusalError(Code.INVALID_TASK, f"{task.name} has no input.")
        if not task.running:
            self.start(task)
        if task.position + count > task.samples:
            raise RefusalError(Code.SAMPLES_WILL_NEVER_BE_AVAILABLE, read=0)
        end = task.position + count
        patience = timeout_s if timeout_s >= 0 else None
        if not self.changed.wait_for(lambda: len(task.data) >= end, patience):
            read = len(task.data) - task.position
            raise RefusalError(Code.SAMPLES_NOT_YET_AVAILABLE, read=read)
        start, task.position = task.position, end
        return task.data[start:end]

    def write(self, task: Task, volts: NDArray[np.float64], auto_start: bool) -> None:
        """Write to a task's buffer, or put the volts out at once."""
        if task.kind != "ao":
            raise RefusalError(Code.INVALID_TASK, f"{task.name} has no output.")
        reserved = task.committed
        self.commit(task)
        task.committed = reserved
        task.write(volts)
        if task.timed and auto_start:
            self.start(task)

    def wait(self, task: Task, timeout_s: float) -> None:
        """Wait until a task is done."""
        if not self.changed.wait_for(lambda: task.done, max(0.0, timeout_s)):
            raise RefusalError(Code.WAIT_UNTIL_DONE_DOES_NOT_INDICATE_DONE)

    def _record(self, task: Task, played: NDArray[Any], rate_hz: float) -> None:
        task.data = self.board.convert(played[: task.samples + 1], rate_hz)
