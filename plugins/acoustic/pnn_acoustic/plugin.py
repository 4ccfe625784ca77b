"""What this package offers to pnn-core."""

from __future__ import annotations

from typing import Any

from pnn_core import hookimpl, later


@hookimpl
def pnn_devices() -> list[Any]:
    """Return the virtual plate."""
    from pnn_acoustic.bench import PlateBench

    return [PlateBench]


@hookimpl
def pnn_twins() -> list[Any]:
    """Return the plate's model."""
    return [later("pnn_acoustic.twin:PlateTwin")]
