"""What this package offers to pnn-core."""

from __future__ import annotations

from typing import Any

from pnn_core import hookimpl, later


@hookimpl
def pnn_devices() -> list[Any]:
    """Return the coupled oscillators, and the pendula in MuJoCo."""
    from pnn_mechanical.oscillators.bench import OscillatorsBench
    from pnn_mechanical.pendula.device import PendulaBench

    return [OscillatorsBench, PendulaBench]


@hookimpl
def pnn_twins() -> list[Any]:
    """Return the oscillators' model."""
    return [later("pnn_mechanical.oscillators.twin:OscillatorsTwin")]
