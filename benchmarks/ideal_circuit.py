"""Ideal backpropagation: the circuit's twin with the parts that were really built.

Possible only where the device is simulated, and useful as the upper bound:
physics-aware training with this twin has the exact gradient of the noiseless rig.
"""

from __future__ import annotations

import torch
from pnn_electronic.bench import CircuitBench
from pnn_electronic.schematic import Parts
from pnn_electronic.twin import CircuitTwin

__all__ = ["ideal_twin"]


def ideal_twin(bench: CircuitBench) -> CircuitTwin:
    """Return the twin of an open bench that knows its parts and its steps."""
    twin = CircuitTwin(bench, substeps=bench.config.substeps)
    built, drawn = vars(bench.parts), vars(Parts())
    ratio = {name: built[name] / drawn[name] for name in drawn if drawn[name]}
    values = (
        ratio["resistance_ohm"],
        1 / ratio["inductance_h"],
        1 / ratio["capacitance_f"],
        ratio["beta_a_per_v2"],
        ratio["lambda_per_v"],
        ratio["drive_gain"],
        ratio["gate_gain"],
    )
    opened, planned = (p["gate_bias_v"] - p["threshold_v"] for p in (built, drawn))
    with torch.no_grad():
        twin.log_ratio.copy_(torch.tensor(values).log())
        twin.log_probe.fill_(ratio["probe_gain"]).log_()
        twin.gate_offset_v.fill_(opened - planned)
        twin.probe_offset_v.fill_(built["probe_offset_v"])
    return twin
