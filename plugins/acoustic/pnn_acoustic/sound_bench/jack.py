"""The plate as a client of its own JACK server.

`jackd` runs without sound hardware: its dummy driver only keeps time, and when it
freewheels not even that, so that blocks follow each other as fast as all clients can.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import jack
import numpy as np

from pnn_acoustic.sound_bench.live import LivePlate
from pnn_acoustic.sound_bench.process import ended, patiently, started
from pnn_acoustic.sound_bench.wire import Wire

__all__ = ["jack_plate"]

PORTS = 64
"""Enough for a laboratory; JACK's default would take 107 MB of shared memory."""

QUIET_S, NAP_S = 0.5, 0.01
"""After so long a silence the free-running plate naps, up to so long in every block."""

LEAVE_S = 1.0


@contextmanager
def jack_plate(
    name: str,
    plate: LivePlate,
    wire: Wire,
    *,
    period_samples: int,
    freewheel: bool,
    died: Callable[[], None],
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a JACK server with the plate as its client, and yield the server's process.

    Args:
        name: Of the server.
        plate: What sounds.
        wire: What carries its sound.
        period_samples: Length of a block.
        freewheel: Whether to run as fast as possible instead of in real time.
        died: Called, in another thread, when the server is gone.
    """
    rate_hz = int(plate.rig.config.sample_rate_hz)
    command = ["jackd", "-n", name, "-r", "-S", "--no-mlock", "-p", str(PORTS)]
    command += ["-d", "dummy", "-r", str(rate_hz), "-p", str(period_samples)]
    command += ["-C0", "-P0"]
    jack.set_error_function(lambda message: None)  # it comments on every attempt
    server = started(command)
    try:
        client = patiently(lambda: _client(name), server)
        _sound(client, plate, wire, naps=freewheel)
        client.set_shutdown_callback(lambda status, reason: died())
        try:
            client.activate()
            if freewheel:
                client.set_freewheel(True)
            yield server
        finally:
            _leave(client, server, freewheel)
    finally:
        if ended(server) < 0:
            _tidy(name, command)
        for left in Path("/dev/shm").glob(f"jack_*_{name}_*"):  # of killed clients
            left.unlink(missing_ok=True)


def _tidy(name: str, command: list[str]) -> None:
    """Let a second server free what a killed one held: memory, and one of 8 places."""
    server = started(command)
    with suppress(OSError):
        patiently(lambda: _client(name), server).close()
    ended(server)


def _client(name: str) -> jack.Client:
    try:
        return jack.Client("plate", servername=name, no_start_server=True)
    except jack.JackOpenError as error:
        raise ConnectionError(str(error)) from None


def _leave(
    client: jack.Client, server: subprocess.Popen[bytes], freewheel: bool
) -> None:
    """Close the client, and the server if that takes longer than it should.

    A freewheeling server waits ten seconds for a client that was killed.
    """

    def close() -> None:
        if freewheel:
            client.set_freewheel(False)
        client.deactivate()
        client.close()

    if server.poll() is None:
        thread = threading.Thread(target=close, daemon=True)
        thread.start()
        thread.join(LEAVE_S)
        if thread.is_alive():
            server.kill()


def _sound(client: jack.Client, plate: LivePlate, wire: Wire, naps: bool) -> None:
    """Let the client answer every block it is given."""
    drive = client.inports.register("drive")
    microphone = client.outports.register("microphone")
    quiet_s = 0.0

    @client.set_process_callback
    def process(frames: int) -> None:
        nonlocal quiet_s
        played = drive.get_array()
        microphone.get_array()[:] = wire.carry(played, plate.play(played))
        quiet_s = 0.0 if np.any(played) else quiet_s + frames / client.samplerate
        if naps and quiet_s > QUIET_S:
            time.sleep(min(NAP_S, 1e-3 * quiet_s))
