"""What this package offers to pnn-core."""

from __future__ import annotations

from typing import Any

from pnn_core import hookimpl, later


@hookimpl
def pnn_devices() -> list[Any]:
    """Return the virtual crystal, and the instruments of a real one."""
    from pnn_optical.bench import ShgBench

    return [ShgBench, later("pnn_optical.lab.device:ShgDevice")]


@hookimpl
def pnn_servers() -> list[Any]:
    """Return the virtual rig behind its instruments' protocols."""
    return [later("pnn_optical.rig.server:OpticalRig")]


@hookimpl
def pnn_twins() -> list[Any]:
    """Return the thin crystal."""
    return [later("pnn_optical.twin:ThinCrystalTwin")]


@hookimpl
def pnn_encoders() -> list[Any]:
    """Return a spectrum shared with trained values, and a digital linear map."""
    return [
        later("pnn_optical.encoders:SpectrumEncoder"),
        later("pnn_optical.encoders:DigitalLinearEncoder"),
    ]
