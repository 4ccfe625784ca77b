"""PulseAudio's simple interface, https://freedesktop.org/software/pulseaudio/doxygen."""

from __future__ import annotations

import ctypes
from ctypes import Structure, byref, c_char_p, c_int, c_uint8, c_uint32

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

__all__ = ["PulseStream"]

PLAYBACK, RECORD, FLOAT32LE = 1, 2, 5


class _SampleSpec(Structure):
    _fields_ = [("format", c_int), ("rate", c_uint32), ("channels", c_uint8)]


class _BufferAttr(Structure):
    _fields_ = [
        (name, c_uint32)
        for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    ]


class PulseStream:
    """One direction of one channel, at the server that PULSE_SERVER names.

    Args:
        device: A sink to play to, or a sink's monitor to record from.
        rate_hz: Of the samples.
        block: Samples handed over at once.
        ahead: Samples that a player holds before they sound; 0 to record.

    Raises:
        OSError: If the server does not let it.
    """

    def __init__(self, device: str, rate_hz: int, block: int, ahead: int = 0) -> None:
        self.library = ctypes.CDLL("libpulse-simple.so.0")
        self.library.pa_simple_new.restype = ctypes.c_void_p
        spec = _SampleSpec(FLOAT32LE, rate_hz, 1)
        held = 4 * (ahead + block)
        attr = _BufferAttr(2**32 - 1, held, 4 * ahead, 4 * block, 4 * block)
        error = c_int()
        self.handle = ctypes.c_void_p(
            self.library.pa_simple_new(
                None, b"plate", PLAYBACK if ahead else RECORD, device.encode(),
                b"plate", byref(spec), None, byref(attr), byref(error),
            )
        )  # fmt: skip
        if not self.handle:
            raise OSError(f"{device}: {self._told(error)}")

    def read(self, block: Samples) -> None:
        """Fill a block with what comes next."""
        self._pass("pa_simple_read", block)

    def write(self, block: Samples) -> None:
        """Play a block after what was written before."""
        self._pass("pa_simple_write", block)

    def close(self) -> None:
        """Let go of the server, at once."""
        self.library.pa_simple_free(self.handle)

    def _pass(self, function: str, block: Samples) -> None:
        error, data = c_int(), block.ctypes.data_as(ctypes.c_void_p)
        size = ctypes.c_size_t(block.nbytes)
        if getattr(self.library, function)(self.handle, data, size, byref(error)) < 0:
            raise OSError(self._told(error))

    @staticmethod
    def _told(error: c_int) -> str:
        strerror = ctypes.CDLL("libpulse.so.0").pa_strerror
        strerror.restype = c_char_p
        return str(strerror(error), "utf-8", "replace")
