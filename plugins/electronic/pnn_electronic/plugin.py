"""What this package offers to pnn-core."""

from __future__ import annotations

from typing import Any

from pnn_core import hookimpl, later


@hookimpl
def pnn_devices() -> list[Any]:
    """Return the circuit as a virtual bench, in ngspice, and behind two drivers."""
    from pnn_electronic.bench import CircuitBench
    from pnn_electronic.daq.device import CircuitDaq
    from pnn_electronic.spice.device import CircuitSpice
    from pnn_electronic.visa.device import CircuitVisa

    return [CircuitBench, CircuitDaq, CircuitSpice, CircuitVisa]


@hookimpl
def pnn_twins() -> list[Any]:
    """Return the circuit's model."""
    return [later("pnn_electronic.twin:CircuitTwin")]


@hookimpl
def pnn_servers() -> list[Any]:
    """Return the virtual benches behind the drivers' protocols."""
    return [
        later("pnn_electronic.daq.server:DaqServer"),
        later("pnn_electronic.visa.server:VisaServer"),
    ]
