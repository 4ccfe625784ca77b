"""The optical rig as a server: two instruments with the crystal between them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from importlib.util import find_spec
from typing import Any, Literal

from pydantic import Field

import pnn_core as pnn
from pnn_core.errors import DeviceError
from pnn_optical.rig.table import TableSettings

__all__ = ["OpticalRig"]

START_S = 60.0
ANSWER_S = 10.0
TIME_CONSTANTS = 10
"""After which a shaper has settled to 5e-5."""


class OpticalRig(pnn.Server):
    """A pulse shaper and a spectrometer on TCP, with laser and crystal between them.

    The spectrometer speaks Ocean Optics' binary protocol, as an HDX does. The shaper
    is a phase mask behind slmsuite's remote protocol, or a row of liquid crystals that
    speaks SCPI. Both run in a program of their own, which sees one optical table.
    """

    name = "optical"
    device = "optical-shg"

    class Config(TableSettings):
        """Settings of the virtual rig."""

        shaper: Literal["slm", "mask"] = Field(
            "slm",
            description="A phase mask for slmsuite, or an amplitude mask for SCPI.",
        )

    config: Config
    process: subprocess.Popen[str] | None = None

    @classmethod
    def missing(cls) -> str | None:
        """Return what the device lacks to reach it."""
        needed = {"seabreeze": "seabreeze", "usb": "pyusb"}
        missing = [name for module, name in needed.items() if find_spec(module) is None]
        if not missing:
            return None
        return f"{', '.join(missing)} not installed.\n  pip install 'pnn-optical[lab]'"

    def start(self) -> None:
        """Start the instruments' process; see `Server.start`."""
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pnn_optical.rig.serve",
                self.config.model_dump_json(),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        try:
            self.ports = self._heard(START_S)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process; see `Server.stop`."""
        process, self.process = self.process, None
        if process:
            process.kill()
            process.communicate()

    def settings(self) -> dict[str, Any]:
        """Return addresses and sizes; see `Server.settings`."""
        port = self.ports["shaper"]
        slm: dict[str, Any] = {
            "options": {"name": "shaper", "host": "127.0.0.1", "port": port}
        }
        mask: dict[str, Any] = {"resource": f"TCPIP0::127.0.0.1::{port}::SOCKET"}
        shaper = {"slm": slm, "mask": mask}[self.config.shaper]
        return {
            "pixels": self.config.pixels,
            "bins": self.config.bins,
            "settle_s": TIME_CONSTANTS * self.config.shaper_tau_s,
            "spectrometer": {"host": "127.0.0.1", "port": self.ports["spectrometer"]},
            "shaper": {"kind": self.config.shaper, **shaper},
        }

    def provoke(self, instrument: str, fault: str, times: int = 1) -> None:
        """Let something go wrong on "shaper" or "spectrometer".

        Args:
            instrument: Where.
            fault: "drop", "hang", "error"; for the spectrometer "cut" and "short" too.
            times: How often.
        """
        self.order(fault=[instrument, fault, times])

    def order(self, **changes: Any) -> dict[str, Any]:
        """Change something on the table, and return how things stand.

        Args:
            **changes: `laser`, the light's factor; `dark_level`, in full scales;
                `tau_s`, the shaper's; `trigger`, which starts an exposure.

        Returns:
            "open", the largest transmission; "shots" and "patterns" so far; and
            "clients" by instrument.
        """
        if not (self.process and self.process.stdin):
            raise DeviceError(f"{self.name} does not run.\n  Start it first.")
        self.process.stdin.write(json.dumps(changes) + "\n")
        self.process.stdin.flush()
        return self._heard(ANSWER_S)

    def _heard(self, seconds: float) -> dict[str, Any]:
        """Return the process's next answer."""
        assert self.process
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if ready and (line := self.process.stdout.readline()):
            return dict(json.loads(line))
        self.process.kill()
        _, told = self.process.communicate()
        raise DeviceError(
            f"{self.name}'s process said nothing within {seconds:g} s.\n"
            + "\n".join(f"  {line}" for line in told.splitlines()[-5:] or ["It hangs."])
        )
