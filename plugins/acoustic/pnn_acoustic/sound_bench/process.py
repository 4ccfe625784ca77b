"""Sound servers as child processes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["ended", "patiently", "started"]

Opened = TypeVar("Opened")

POLL_S, STOP_S = 0.01, 2.0


def started(
    command: list[str], environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a program that ends when this process does, however that ends."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", *command],
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def patiently(connect: Callable[[], Opened], server: subprocess.Popen[bytes]) -> Opened:
    """Return what `connect` returns as soon as the server lets it.

    Raises:
        OSError: If the server ends instead.
    """
    while server.poll() is None:
        try:
            return connect()
        except OSError:
            time.sleep(POLL_S)
    return connect()


def ended(server: subprocess.Popen[bytes]) -> int:
    """Ask a program to end, and make it if it does not; return its exit status."""
    server.terminate()
    try:
        return server.wait(STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()
