"""One long-lived sound stream, in a process of its own."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pnn_acoustic.card.refusals import refusal
from pnn_core.errors import DeviceError

Samples = NDArray[np.float32]

__all__ = ["Recording", "Stream", "devices"]

PLAYER = [sys.executable, "-P", "-m", "pnn_acoustic.card.player"]

OPENING_S, CLOSING_S = 15.0, 1.0
"""A host API that has not opened, or closed, by then never will."""


@dataclass(frozen=True)
class Recording:
    """What came back for one waveform.

    Args:
        samples: Shape [sample], relative to full scale.
        marks: Shape [block, 3]: the computer's clock (s), samples since the stream
            began, the sound library's clock (s).
        flags: What PortAudio reported in between.
    """

    samples: Samples
    marks: NDArray[np.float64]
    flags: list[str]


class Stream:
    """A full-duplex stream that plays silence but for the waveforms given to it.

    Args:
        owner: Who to name in messages.
        settings: See `player`: output, input, their channels, sample_rate_hz, buffer_s
            and stall_s.
    """

    def __init__(self, owner: str, settings: dict[str, Any]) -> None:
        self.owner, self.settings = owner, settings
        self.process: subprocess.Popen[bytes] | None = None

    def open(self) -> Self:
        """Start the process, and wait until its stream runs.

        Raises:
            DeviceError: If there is no sound to be had; `close` all the same.
            SettingError: If the settings mean no device, or one that cannot do it.
        """
        self.answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.process = _started(self.settings)
        threading.Thread(target=self._listen, daemon=True).start()
        self._answer(OPENING_S)
        return self

    def play(self, waveform: Samples) -> Recording:
        """Play a waveform [sample], relative to full scale, and record meanwhile.

        Raises:
            DeviceError: If the stream has stopped, or no longer moves on.
        """
        frames, column = len(waveform), self.settings["output_channel"] - 1
        block = np.zeros((frames, self.settings["output_channel"]), "<f4")
        block[:, column] = waveform
        line = json.dumps({"frames": frames}).encode() + b"\n"
        threading.Thread(
            target=self._send, args=(line + block.tobytes(),), daemon=True
        ).start()
        while True:
            head, parts = self._answer(self.settings["stall_s"] + 2)
            if "flags" in head:
                break
        heard = np.frombuffer(parts[0], "<f4").reshape(frames, -1)
        return Recording(
            samples=heard[:, self.settings["input_channel"] - 1].copy(),
            marks=np.frombuffer(parts[1], "f8").reshape(-1, 3),
            flags=head["flags"],
        )

    def close(self) -> None:
        """Be silent at once, and let go of the card, whatever state it is in."""
        if self.process is None:
            return
        with suppress(OSError):
            self.process.stdin.close()
        try:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(CLOSING_S)
        finally:
            self.process.kill()
            self.process.wait()

    def _send(self, data: bytes) -> None:
        with suppress(OSError, ValueError):  # it has ended, which the listener reports
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def _listen(self) -> None:
        with self.process.stdout as out:
            while line := out.readline():
                head = json.loads(line)
                self.answers.put((head, [out.read(size) for size in head["bytes"]]))
        self.answers.put(({"refused": "ended"}, []))

    def _answer(self, patience_s: float) -> tuple[dict[str, Any], list[bytes]]:
        """Return the next answer; raise what it refuses, or that there is none."""
        try:
            head, parts = self.answers.get(timeout=patience_s)
        except queue.Empty:
            head, parts = {"refused": "hangs", "seconds": patience_s}, []
        if "refused" in head:
            raise refusal(head, self.settings, self.owner)
        return head, parts


def devices(patience_s: float) -> list[dict[str, Any]]:
    """Return the sound devices that PortAudio knows.

    Raises:
        DeviceError: If there is no PortAudio, or it does not answer in time.
    """
    process = _started(None)
    try:
        out, _ = process.communicate(timeout=patience_s)
        head = json.loads(out)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        head = {"refused": "hangs", "seconds": patience_s}
    finally:
        process.kill()
        process.wait()
    if "refused" in head:
        raise refusal(head, {}, "The sound system")
    return head["devices"]


def _started(settings: dict[str, Any] | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [*PLAYER, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the driver
        )
    except OSError as error:
        raise DeviceError(
            f"The process that plays could not be started: {error}.\n"
            f"  Is {sys.executable} executable, and memory free?"
        ) from error
