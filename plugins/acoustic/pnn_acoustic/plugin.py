"""What this package offers to pnn-core."""

from __future__ import annotations

from typing import Any

from pnn_core import hookimpl, later


@hookimpl
def pnn_devices() -> list[Any]:
    """Return the virtual plate, and the real one."""
    from pnn_acoustic.bench import PlateBench

    return [PlateBench, later("pnn_acoustic.card.device:PlateDevice")]


@hookimpl
def pnn_twins() -> list[Any]:
    """Return the plate's models."""
    return [
        later("pnn_acoustic.twin:PlateTwin"),
        later("pnn_acoustic.motion_twin:MotionTwin"),
    ]


@hookimpl
def pnn_servers() -> list[Any]:
    """Return the virtual plate behind a sound server."""
    return [later("pnn_acoustic.sound_bench.server:SoundBench")]
