"""The spectrometer, as an Ocean Optics HDX answers on its network port.

Messages of the Ocean Binary Protocol have a header of 44 bytes, a payload that small
data leave empty, and a footer of 20 bytes: Ocean Optics, "OBP protocol", as in the
data sheets of its STS, QE Pro and HDX; here what seabreeze asks for.
"""

from __future__ import annotations

import struct
from asyncio import StreamReader, StreamWriter

import numpy as np

from pnn_core.signals import Array
from pnn_optical.rig.table import Faults, Table
from pnn_optical.schematic import LIGHT_M_PER_S, Pulse, Spectrometer

__all__ = ["Hdx"]

HEADER = struct.Struct("<HHHHLL6sBB16sL")
FOOTER = struct.Struct("<16sL")
START, VERSION, END = 0xC0C1, 0x1100, 0xC2C3C4C5
RESPONSE, ACK, ASKS_ACK, NACK = 1, 2, 4, 8
UNKNOWN, INVALID, NOT_READY = 2, 6, 7

PIXELS = 2068
FULL_SCALE = 65535
EXPOSURE_US = (6_000, 10_000_000)
FREE_RUNNING, TRIGGER_MODES = 0, (0, 1, 3, 0xFF)
SERIAL = b"HDX-BENCH"


class RefusalError(Exception):
    """The command cannot be done; its argument is OBP's number for why."""


class Hdx:
    """Answers OBP messages.

    Args:
        table: Where its light comes from.
        faults: "drop" closes the line within the next spectrum, "cut" ends that
            early, "short" leaves pixels out, "hang" answers nothing, "error" refuses.
    """

    name = "spectrometer"

    def __init__(self, table: Table, faults: Faults) -> None:
        self.table, self.faults = table, faults
        self.exposure_s = EXPOSURE_US[0] * 1e-6
        self.trigger_mode = FREE_RUNNING
        bins = table.settings.bins
        self.per_bin = 2000 // bins
        self.left = (PIXELS - bins * self.per_bin) // 2
        self.wavelength = _polynomial(bins, self.per_bin, self.left)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer until the client leaves."""
        while True:
            header = HEADER.unpack(await reader.readexactly(HEADER.size))
            flags, message, short, data, left = *header[2:5:2], *header[8:]
            rest = await reader.readexactly(left)
            data = data[:short] or rest[: -FOOTER.size]
            if self.faults.strikes(self.name, "hang"):
                await reader.read()
            answer, error = b"", 0
            try:
                if self.faults.strikes(self.name, "error"):
                    raise RefusalError(NOT_READY)
                answer = await self.answer(message, data)
            except RefusalError as refusal:
                error = refusal.args[0]
            if error or answer or flags & ASKS_ACK:
                if not self._send(writer, _framed(message, answer, error)):
                    return
                await writer.drain()

    async def answer(self, message: int, data: bytes) -> bytes:
        """Return what a message asks for; commands are answered by nothing."""
        match message:
            case 0x00000100:
                return SERIAL
            case 0x00000101:
                return bytes([len(SERIAL)])
            case 0x00181100:
                return b"\x00"  # coefficients of nonlinearity
            case 0x00180100:
                return bytes([len(self.wavelength)])
            case 0x00180101:
                return struct.pack("<f", self.wavelength[data[0]])
            case 0x00110010:
                self._set_exposure(*struct.unpack("<L", data))
            case 0x00110110:
                self._set_trigger(data[0])
            case 0x00101000:
                return await self.spectrum()
            case _:
                raise RefusalError(UNKNOWN)
        return b""

    async def spectrum(self) -> bytes:
        """Return one spectrum, blue pixels first."""
        if self.trigger_mode != FREE_RUNNING:
            await self.table.trigger.wait()
            self.table.trigger.clear()
        unlit = PIXELS - self.table.settings.bins * self.per_bin
        lit, dark = await self.table.exposed(self.exposure_s, unlit)
        row = (dark[: self.left], lit[::-1].repeat(self.per_bin), dark[self.left :])
        counts = np.rint(np.concatenate(row) * FULL_SCALE).astype("<u2")
        if self.faults.strikes(self.name, "short"):
            counts = counts[:-100]
        return bytes(counts.tobytes())

    def _set_exposure(self, microseconds: int) -> None:
        if not EXPOSURE_US[0] <= microseconds <= EXPOSURE_US[1]:
            raise RefusalError(INVALID)
        self.exposure_s = microseconds * 1e-6

    def _set_trigger(self, mode: int) -> None:
        if mode not in TRIGGER_MODES:
            raise RefusalError(INVALID)
        self.trigger_mode = mode

    def _send(self, writer: StreamWriter, framed: bytes) -> bool:
        """Send a message, or as much of it as shall get through."""
        if len(framed) > PIXELS and self.faults.strikes(self.name, "drop"):
            writer.write(framed[: len(framed) // 2])
            return False
        if len(framed) > PIXELS and self.faults.strikes(self.name, "cut"):
            framed = framed[: len(framed) // 2]
        writer.write(framed)
        return True


def _framed(message: int, data: bytes, error: int) -> bytes:
    """Return an answer as a message."""
    flags = RESPONSE | (NACK if error else ACK)
    short, long = (data, b"") if len(data) <= 16 else (b"", data)
    size = len(long) + FOOTER.size
    words = START, VERSION, flags, error, message, 0, b"", 0, len(short), short, size
    return HEADER.pack(*words) + long + FOOTER.pack(b"", END)


def _polynomial(bins: int, per_bin: int, left: int) -> Array:
    """Return the coefficients of each pixel's wavelength, in nm, by its index."""
    band_hz = Spectrometer().span_hz
    pixel = np.arange(PIXELS)
    place = (pixel - left + 0.5) / (bins * per_bin) - 0.5
    wavelength_nm = 1e9 * LIGHT_M_PER_S / (2 * Pulse().centre_hz - place * band_hz)
    fit = np.polynomial.Polynomial.fit(pixel, wavelength_nm, 3)
    return np.asarray(fit.convert().coef)
