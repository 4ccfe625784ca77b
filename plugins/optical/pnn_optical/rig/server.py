"""The optical rig as a server: two instruments with the crystal between them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Literal

from pydantic import Field

import pnn_core as pnn
from pnn_core.program import Program
from pnn_optical.rig.table import TableSettings

__all__ = ["OpticalRig"]

START_S = 120.0
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

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.program = Program(
            self.name,
            "pnn_optical.rig.serve",
            self.config.model_dump_json(),
            environment={"OMP_NUM_THREADS": "1"},
        )
        self.ports: dict[str, int] = {}

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
        self.ports = self.program.start(START_S)

    def stop(self) -> None:
        """End the process; see `Server.stop`."""
        self.program.stop()

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
        return dict(self.program.ask(changes))
