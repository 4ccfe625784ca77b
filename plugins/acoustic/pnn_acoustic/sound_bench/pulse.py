"""The plate at a PulseAudio server of its own: slow, with the latency of a desktop.

What is played into the sink `drive` goes through the plate into the sink `mic`, whose
monitor is the microphone. Null sinks keep time by the computer's clock. A PortAudio
client finds both as one ALSA device called "plate", through ALSA_CONFIGURATION.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from pnn_acoustic.sound_bench.live import LivePlate
from pnn_acoustic.sound_bench.process import ended, patiently, started
from pnn_acoustic.sound_bench.simple import PulseStream
from pnn_acoustic.sound_bench.wire import Wire

__all__ = ["pulse_environment", "pulse_plate"]

BLOCK_S, AHEAD_S = 0.02, 0.2
"""The plate answers block by block, so much later that a busy computer may dawdle."""

ALSA_CONFIGURATION = """\
</usr/share/alsa/alsa.conf>
pcm.plate {
  type asym
  playback.pcm { type pulse device "drive" }
  capture.pcm { type pulse device "mic.monitor" }
}
"""


def pulse_environment(folder: Path) -> dict[str, str]:
    """Return what leads a client to the server, and keeps its files in `folder`."""
    return {
        "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
        "PULSE_SERVER": f"unix:{folder / 'native'}",
        "PULSE_COOKIE": str(folder / "cookie"),
        "PULSE_RUNTIME_PATH": str(folder / "runtime"),
        "PULSE_STATE_PATH": str(folder / "state"),
        "JACK_NO_START_SERVER": "1",  # PortAudio asks for it as well
    }


@contextmanager
def pulse_plate(
    folder: Path, plate: LivePlate, wire: Wire, *, died: Callable[[], None]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a PulseAudio server with the plate at it, and yield the server's process.

    Args:
        folder: For its socket and all that it writes.
        plate: What sounds.
        wire: What carries its sound.
        died: Called, in another thread, when the server is gone.
    """
    rate_hz = int(plate.rig.config.sample_rate_hz)
    (folder / "asound.conf").write_text(ALSA_CONFIGURATION)
    block, ahead = int(BLOCK_S * rate_hz), int(AHEAD_S * rate_hz)
    form = f"rate={rate_hz} channels=1 format=float32le norewinds=1"
    modules = [
        f"module-null-sink sink_name=drive {form}",
        f"module-null-sink sink_name=mic {form}",
        f"module-native-protocol-unix auth-anonymous=1 socket={folder / 'native'}",
    ]
    command = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no"]
    command += ["--exit-idle-time=-1", "--disable-shm=yes"]
    command += [word for module in modules for word in ("-L", module)]
    server = started(
        command,
        os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
    )
    stopping = threading.Event()
    try:
        drive = patiently(lambda: PulseStream("drive.monitor", rate_hz, block), server)
        mic = PulseStream("mic", rate_hz, block, ahead)

        def answer() -> None:
            played = np.zeros(block, np.float32)
            try:
                mic.write(np.zeros(ahead, np.float32))
                while not stopping.is_set():
                    drive.read(played)
                    mic.write(wire.carry(played, plate.play(played)))
            except OSError:
                died()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield server
        finally:
            stopping.set()
            thread.join()
            drive.close()
            mic.close()
    finally:
        ended(server)
