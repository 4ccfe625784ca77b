"""Faults that tests provoke in the virtual board."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

__all__ = ["Faults"]

TIMED_OUT = -200474


@dataclass
class Faults:
    """What is to go wrong, and how often.

    Args:
        errors: For a call, the DAQmx error code with which it fails, and how often.
        hanging: Calls that do not return until it is reset; "*" for all.
        times: How many records are still "cut" by a sample, or "saturated".
    """

    errors: dict[str, tuple[int, int]] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    times: dict[str, int] = field(default_factory=dict)
    calm: threading.Event = field(default_factory=threading.Event)

    def provoke(self, kind: str, call: str = "", code: int = 0, times: int = 1) -> None:
        """Prepare a fault: "error", "hang", "cut" or "saturated"."""
        if kind == "error":
            self.errors[call] = (code, times)
        elif kind == "hang":
            self.hanging.add(call)
        else:
            self.times[kind] = times

    def reset(self) -> None:
        """Let calls that hang return, and forget every fault."""
        self.calm.set()
        self.errors, self.hanging, self.times = {}, set(), {}
        self.calm = threading.Event()

    def at(self, call: str) -> int | None:
        """Hang if the call is to; return the code with which it is to fail, if any."""
        if {call, "*"} & self.hanging:
            self.calm.wait()
            return TIMED_OUT
        code, times = self.errors.get(call, (0, 0))
        if times <= 0:
            return None
        self.errors[call] = (code, times - 1)
        return code

    def spend(self, kind: str) -> bool:
        """Whether this record suffers from a fault; counts it."""
        left = self.times.get(kind, 0)
        self.times[kind] = max(0, left - 1)
        return left > 0
