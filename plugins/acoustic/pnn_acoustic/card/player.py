"""The process that holds the sound card; `pnn_acoustic.card.stream` starts it.

A sound library that loses its server may hang or abort. Here it takes nothing with it
but the sound, and Python code that is busy elsewhere cannot delay a block of samples.

Asked through stdin, answers through stdout: a line of JSON, then the bytes it counts.
It imports neither numpy nor torch, so it starts fast. It is silent between waveforms,
and it ends when stdin does.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from array import array
from time import monotonic, perf_counter
from typing import Any, BinaryIO

from pnn_acoustic.card.choice import Refusal, chosen, full_name, library, listed

FRAME = 4
"""Bytes of a sample."""

PORTAUDIO = {-9985: "busy", -9998: "channels", -9997: "rate", -9993: "pair"}
"""What paDeviceUnavailable and its siblings mean here; portaudio.h, PaErrorCode."""

RATE_ERROR = 1e-3
"""Of the rate that PortAudio says it runs at; real clocks are ten times better."""


class Job:
    """One waveform on its way: what is played, and what has been recorded so far."""

    def __init__(self, played: bytes, frames: int, input_bytes: int) -> None:
        self.played, self.frames, self.at = memoryview(played), frames, 0
        self.recorded = bytearray(frames * input_bytes)
        self.marks = array("d")
        self.flags: list[str] = []
        self.done = threading.Event()


class Player:
    """A full-duplex stream that runs all the time, and a waveform now and then."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.sounddevice = library()
        self.stall_s = settings["stall_s"]
        self.channels = settings["input_channel"], settings["output_channel"]
        self.total = 0
        self.job: Job | None = None
        self.stream = self._opened(settings)

    def _opened(self, settings: dict[str, Any]) -> Any:
        devices, default = listed(self.sounddevice), self.sounddevice.default.device
        ports = ("input", "output")
        pair = [
            chosen(settings[port], default[side], devices, port)
            for side, port in enumerate(ports)
        ]
        both = [(port, devices[index]) for port, index in zip(ports, pair, strict=True)]
        names = {port: full_name(device) for port, device in both}
        try:
            stream = self.sounddevice.RawStream(
                samplerate=settings["sample_rate_hz"],
                device=pair,
                channels=self.channels,
                dtype="float32",
                latency=settings["buffer_s"],
                callback=self._callback,
            )
            stream.start()
        except self.sounddevice.PortAudioError as error:
            code = error.args[1] if len(error.args) > 1 else 0
            raise Refusal(
                PORTAUDIO.get(code, "other"),
                text=str(error),
                rates=[device["rate_hz"] for _, device in both],
                channels=[device[port] for port, device in both],
                **names,
            ) from None
        if abs(stream.samplerate / settings["sample_rate_hz"] - 1) > RATE_ERROR:
            raise Refusal("rate", rates=2 * [stream.samplerate], **names)
        self.opened = {"opened": names}
        return stream

    def _callback(
        self, heard: Any, played: Any, frames: int, time: Any, flags: Any
    ) -> None:
        job = self.job
        begin, count = 0, 0
        if job is not None:
            inputs, outputs = (FRAME * n for n in self.channels)
            begin, count = job.at, min(frames, job.frames - job.at)
            end = begin + count
            played[: count * outputs] = job.played[begin * outputs : end * outputs]
            job.recorded[begin * inputs : end * inputs] = heard[: count * inputs]
            job.marks.extend((perf_counter(), self.total, time.currentTime))
            if flags:
                job.flags.append(str(flags))
            job.at = end
            if end == job.frames:
                self.job = None
                job.done.set()
        if count < frames:
            silent = (frames - count) * FRAME * self.channels[1]
            played[len(played) - silent :] = bytes(silent)
        self.total += frames

    def play(self, played: bytes, frames: int, out: BinaryIO) -> None:
        """Play a waveform, and answer when it is over, or will never be."""
        job = self.job = Job(played, frames, FRAME * self.channels[0])
        last, since = -1, monotonic()
        while not job.done.wait(0.2):
            answer(out, {"at": job.at})
            if job.at != last:
                last, since = job.at, monotonic()
            elif not self.stream.active:
                return answer(out, {"refused": "gone"})
            elif monotonic() - since > self.stall_s:
                return answer(out, {"refused": "stalled"})
        return answer(out, {"flags": job.flags}, bytes(job.recorded), bytes(job.marks))


def answer(out: BinaryIO, head: dict[str, Any], *parts: bytes) -> None:
    """Send one answer."""
    line = json.dumps(head | {"bytes": [len(part) for part in parts]})
    out.write(line.encode() + b"\n" + b"".join(parts))
    out.flush()


def serve(settings: dict[str, Any], out: BinaryIO) -> None:
    """Open the stream, then play one waveform after the other until stdin ends."""
    player = Player(settings)
    answer(out, player.opened)
    bytes_per_frame = FRAME * player.channels[1]
    while line := sys.stdin.buffer.readline():
        frames = json.loads(line)["frames"]
        played = sys.stdin.buffer.read(frames * bytes_per_frame)
        if len(played) < frames * bytes_per_frame:
            break
        threading.Thread(
            target=player.play, args=(played, frames, out), daemon=True
        ).start()
    player.job = None
    leave_within(0.5)
    player.stream.abort()


def leave_within(seconds: float) -> None:
    """End this process by then: a sound library that lost its server may hang."""
    threading.Timer(seconds, os._exit, (1,)).start()


def main() -> None:
    """Serve the settings given as JSON, or list the devices if they are `null`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's affair
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever libraries print stays out of the answers
    settings = json.loads(sys.argv[1])
    try:
        if settings is None:
            answer(out, {"devices": listed(library())})
        else:
            serve(settings, out)
    except Refusal as refusal:
        answer(out, refusal.answer)
    except Exception as error:  # the driver says it in its own words
        answer(out, {"refused": "other", "text": f"{type(error).__name__}: {error}"})
    leave_within(0.5)
    if "sounddevice" in sys.modules:
        sys.modules["sounddevice"]._terminate()  # JACK waits for one who just goes
    os._exit(0)


if __name__ == "__main__":
    main()
