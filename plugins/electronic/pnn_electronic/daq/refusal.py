"""Refusals: what the virtual board says where a real one would not obey."""

from __future__ import annotations

from nidaqmx.error_codes import DAQmxErrors

__all__ = ["RefusalError"]


class RefusalError(Exception):
    """An error of DAQmx, by its own code.

    Args:
        code: DAQmx's error code.
        text: What was refused, and why.
        read: Samples that were read nevertheless, where it was a read.
    """

    def __init__(self, code: int, text: str = "", read: int | None = None) -> None:
        self.code, self.read = int(code), read
        name = DAQmxErrors(self.code).name.replace("_", " ").lower()
        super().__init__(text or name)
