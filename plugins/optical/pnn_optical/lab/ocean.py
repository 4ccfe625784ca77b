"""Connections to spectrometers through seabreeze's own client, on USB or TCP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pnn_optical.lab.libraries import required

if TYPE_CHECKING:
    from pnn_optical.lab.link import Link

__all__ = ["choose_backend", "client", "forget", "linked", "on_usb"]


def choose_backend() -> None:
    """Let seabreeze use its backend that knows networks, too.

    Raises:
        DeviceError: If a library is missing.
    """
    backends = required("seabreeze.backends", "usb")
    if backends.BackendConfig.requested != "pyseabreeze":
        backends.use("pyseabreeze")


def client(handle: Any) -> Any:
    """Return seabreeze's client, connected to what a handle stands for."""
    from seabreeze.pyseabreeze import SeaBreezeDevice
    from seabreeze.spectrometers import Spectrometer

    return Spectrometer(SeaBreezeDevice(handle))


def on_usb(serial: str | None) -> Any:
    """Return the client of a spectrometer on USB, the first one if it may be any."""
    from seabreeze.pyseabreeze import SeaBreezeError
    from seabreeze.pyseabreeze.transport import USBTransport

    for handle in USBTransport.list_devices():
        found = client(handle)
        if serial in (None, found.serial_number):
            return found
        found.close()
    raise SeaBreezeError("no such spectrometer on USB")


def linked(address: tuple[str, int], model: str, limit_s: float) -> Link:
    """Return the link to a model at an address, and let seabreeze know of it."""
    from seabreeze.pyseabreeze.transport import IPv4Transport

    from pnn_optical.lab.link import Link

    IPv4Transport.devices_ip_port[address] = model
    return Link(*address, limit_s)


def forget(link: Link) -> None:
    """Close a link, and let seabreeze forget it."""
    from seabreeze.pyseabreeze.transport import IPv4Transport

    link.close()
    IPv4Transport.devices_ip_port.pop(link.get_address(), None)
