"""What this package offers to pnn-core."""

from __future__ import annotations

from typing import Any

from pnn_core import hookimpl, later


@hookimpl
def pnn_devices() -> list[Any]:
    """Return the virtual tank."""
    from pnn_fluid.bench import TankBench

    return [TankBench]


@hookimpl
def pnn_twins() -> list[Any]:
    """Return the tank's model."""
    return [later("pnn_fluid.twin:TankTwin")]
