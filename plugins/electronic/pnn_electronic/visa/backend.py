"""pyvisa and its backends: found, or missed with what to install."""

from __future__ import annotations

import socket
from typing import Any

from pnn_core.errors import DeviceError

__all__ = ["hasten", "resource_manager"]


def resource_manager(backend: str) -> Any:
    """Return pyvisa's resource manager.

    Raises:
        DeviceError: If pyvisa or its backend is missing, with what to install.
    """
    try:
        import pyvisa
    except ImportError:
        raise DeviceError(
            "electronic-circuit-visa needs pyvisa, which is not installed.\n"
            "  pip install pnn-electronic[visa]"
        ) from None
    try:
        return pyvisa.ResourceManager(backend)
    except (OSError, ValueError) as error:
        raise DeviceError(
            f"pyvisa finds no VISA library for backend {backend!r}: {error}.\n"
            f"  pip install pyvisa-py and set backend = '@py', or install the "
            f"instruments' maker's VISA."
        ) from None


def hasten(link: Any, milliseconds: int) -> None:
    """Send at once, and never wait for ever: pyvisa-py's sockets do neither."""
    held = getattr(link.visalib, "sessions", {}).get(link.session)
    connection = getattr(held, "interface", None)
    if isinstance(connection, socket.socket):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            connection.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds
            )
