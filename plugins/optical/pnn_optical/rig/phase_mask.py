"""The shaper as a phase mask that slmsuite's remote driver reaches.

A request is JSON, quoted as in web addresses, that ends with a newline, and so is the
answer, [whether it worked, result]; each has a connection of its own. Arrays are
compressed: slmsuite 0.5, `slmsuite.hardware.remote`.
"""

from __future__ import annotations

import base64
import json
import zlib
from asyncio import StreamReader, StreamWriter
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import numpy as np

from pnn_core.signals import Array
from pnn_optical.lab.grating import first_order
from pnn_optical.rig.table import Faults, Table

__all__ = ["PhaseMask"]

NAME = "shaper"
ROWS, PERIOD, COLUMNS, BITS = 32, 8, 2, 10


class PhaseMask:
    """Shows phases; its first order goes on to the crystal.

    Args:
        table: Where its light goes.
        faults: "drop" closes the line instead of an answer, "hang" answers nothing,
            "error" answers that it did not work.
    """

    name = "shaper"

    def __init__(self, table: Table, faults: Faults) -> None:
        self.table, self.faults = table, faults
        self.shape = (ROWS, COLUMNS * table.settings.pixels)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer one request."""
        asked = json.loads(unquote_plus((await reader.readline()).decode()))
        showing = asked["command"] == "_set_phase_hw"
        if showing and self.faults.strikes(self.name, "hang"):
            await reader.read()
        if showing and self.faults.strikes(self.name, "drop"):
            return
        if showing and self.faults.strikes(self.name, "error"):
            answer: list[Any] = [False, "Server error. See the server log for details."]
        else:
            answer = self.answer(asked)
        writer.write(quote_plus(json.dumps(answer)).encode() + b"\n")
        await writer.drain()

    def answer(self, asked: dict[str, Any]) -> list[Any]:
        """Do what is asked."""
        match asked["command"]:
            case "ping":
                return [True, {NAME: "slm"}]
            case "pickle":
                return [True, self.properties()]
            case "_set_phase_hw":
                self.show(_array(asked["kwargs"]["display"]))
                return [True, None]
        return [False, f"{asked['command']} not present."]

    def properties(self) -> dict[str, Any]:
        """Return what the client needs to know of the mask."""
        meta = {"shape": self.shape, "bitdepth": BITS, "pitch_um": [8.0, 8.0]}
        meta |= {"wav_um": 0.78, "wav_design_um": 0.78, "settle_time_s": 0.0}
        try:
            return {"__version__": version("slmsuite"), "__meta__": meta}
        except PackageNotFoundError:
            return {"__meta__": meta}

    def show(self, levels: Array) -> None:
        """Let each pixel pass on what its columns diffract into the first order.

        A level more is 2 pi / 2^bits of phase less.
        """
        phases = -2 * np.pi / 2**BITS * (levels.astype(np.float64) + 1)
        columns = first_order(phases, PERIOD)
        self.table.show(columns.reshape(-1, COLUMNS).mean(1))


def _array(packed: dict[str, Any]) -> Array:
    data = zlib.decompress(base64.b64decode(packed["__zlib__"]))
    return np.frombuffer(data, packed["__dtype__"]).reshape(packed["__shape__"])
