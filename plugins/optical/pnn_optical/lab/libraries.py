"""The libraries that the drivers need, and what to do where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from pnn_core.errors import DeviceError

__all__ = ["found", "required"]

PACKAGES = {
    "seabreeze": ("seabreeze", "spectrometers"),
    "usb": ("pyusb", "spectrometers, by seabreeze"),
    "slmsuite": ("slmsuite", "phase masks"),
    "pyvisa": ("pyvisa", "amplitude masks"),
    "pyvisa_py": ("pyvisa-py", "amplitude masks, without a vendor's VISA"),
}
"""Module: its package, and what it drives."""

REMEDY = "pip install 'pnn-optical[lab]'"


def required(*modules: str) -> Any:
    """Import modules, and return the first.

    Raises:
        DeviceError: If one is missing, saying how to get it.
    """
    tops = {name.partition(".")[0] for name in modules}
    missing = [PACKAGES[top][0] for top in sorted(tops) if find_spec(top) is None]
    if missing:
        raise DeviceError(
            f"optical-shg needs {' and '.join(missing)}, missing here.\n  {REMEDY}"
        )
    return next(map(import_module, modules))


def found() -> Iterator[str]:
    """Yield a line for each library: its version, or how to get it."""
    for package, drives in PACKAGES.values():
        try:
            yield f"{package} {version(package)}: {drives}"
        except PackageNotFoundError:
            yield f"{package} is missing, for {drives}: {REMEDY}"
