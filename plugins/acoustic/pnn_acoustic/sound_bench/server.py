"""`SoundBench`: the virtual plate behind a real sound server, started and stopped."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

import pnn_core as pnn
from pnn_acoustic.rig import DRIVE_V, FULL_SCALE_V, RigConfig
from pnn_acoustic.sound_bench.needs import lacking
from pnn_core.program import Program

__all__ = ["SoundBench"]

START_S, STOP_S = 60.0, 20.0
"""Patience; the first start of all compiles the integrator."""


class SoundBench(pnn.Server):
    """The virtual plate, reached only through a sound server: JACK or PulseAudio.

    A program of its own plays the rig of `acoustic-plate-bench` to whoever connects.
    JACK is bit-exact, and freewheels: as fast as its clients can. PulseAudio runs in
    real time, with the latency of a desktop.
    """

    name = "acoustic"
    device = "acoustic-plate"

    class Config(RigConfig):
        """Settings of the sound bench, and of the rig behind it."""

        server: Literal["jack", "pulse"] = Field(
            "jack", description="The sound server in between."
        )
        freewheel: bool = Field(
            True, description="JACK runs as fast as it can, not in real time."
        )
        period_samples: Literal[64, 128, 256, 512, 1024, 2048, 4096, 8192] = Field(
            2048, description="Length of JACK's blocks."
        )

    config: Config

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._home: Path | None = None
        self._program: Program | None = None
        self._changing = threading.RLock()  # who kills it may be another thread

    @classmethod
    def missing(cls) -> str | None:
        """Return what JACK and PulseAudio lack here, or None if one of them runs."""
        return lacking("jack") and lacking("pulse") and lacking("jack")

    def start(self) -> None:
        """Start server and plate; again, and at the same place, after a `kill`."""
        with self._changing:
            if not (self._program and self._program.runs):
                self.stop()
                self._start()

    def _start(self) -> None:
        if lacks := lacking(self.config.server):
            raise pnn.DeviceError(f"{self.name} cannot run here: {lacks}")
        if self._home is None:
            self._home = Path(tempfile.mkdtemp(prefix="pnn-sound-"))
        self._home.mkdir(mode=0o700, exist_ok=True)
        program = Program(
            self.name,
            "pnn_acoustic.sound_bench",
            str(self._home),
            self.config.model_dump_json(),
            environment=self.environment(),
        )
        program.start(START_S)
        self._program = program

    def stop(self) -> None:
        """Stop server and plate; see `Server.stop`."""
        with self._changing:
            program, self._program = self._program, None
            if program:
                program.stop(STOP_S)
            if self._home:
                shutil.rmtree(self._home, ignore_errors=True)

    def settings(self) -> dict[str, Any]:
        """Return names and full scales; see `Server.settings`."""
        return {
            "output": "plate",
            "input": "plate",
            "output_full_scale_v": DRIVE_V,
            "input_full_scale_v": FULL_SCALE_V,
            "sample_rate_hz": self.config.sample_rate_hz,
        }

    def environment(self) -> dict[str, str]:
        """Return what leads a client to this server; see `Server.environment`."""
        if self._home is None:
            return {}
        if self.config.server == "pulse":
            from pnn_acoustic.sound_bench.pulse import pulse_environment

            return pulse_environment(self._home)
        return {"JACK_DEFAULT_SERVER": self._home.name, "JACK_NO_START_SERVER": "1"}

    def drop(self, samples: int, *, after: int = 0) -> None:
        """Silence so many samples of a recording.

        Args:
            samples: How many.
            after: Samples from where the player next leaves silence.
        """
        self._tell(f"drop {samples} {after}")

    def slip(self, samples: int, *, after: int = 0) -> None:
        """Make all that follows come later by so many samples, or earlier again.

        Args:
            samples: How many; negative ones take back what slipped before.
            after: Samples from where the player next leaves silence.
        """
        self._tell(f"slip {samples} {after}")

    def mend(self) -> None:
        """Take back what dropped and slipped, and what was still to."""
        self._tell("mend")

    def kill(self) -> None:
        """Kill the sound server, as if it had crashed. `start` starts it again."""
        with self._changing:
            self._running().tell("die")
            self.stop()  # whatever is left of it

    def _tell(self, order: str) -> None:
        self._running().ask(order, START_S)

    def _running(self) -> Program:
        if not (self._program and self._program.runs):
            raise pnn.DeviceError(f"{self.name} does not run.\n  Start it first.")
        return self._program
