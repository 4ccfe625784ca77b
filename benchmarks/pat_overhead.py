"""What a physics-aware step costs beyond its device and its twin.

Four ways to do the same step are timed in turn, round after round, in one process and
one thread: the parts alone (params from theta, device.run, twin forward and backward),
the physical layer, the bare parts (measure without its checks, params as they are), and
the plain autograd function that the field copies, which has no check either. Layers are
a 196-sample waveform map at three batch sizes; the scalar map is one number.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy's and torch's threads would compete

from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np
import torch
from harness import record
from torch import Tensor

import pnn_core as pnn

ROUNDS = 400


class Waveforms(pnn.Device):
    """A filter and a saturating amplifier, in numpy."""

    name = "overhead-waveforms"
    virtual = True
    inputs = pnn.SignalSpec((196,), "V", -1.0, 1.0)
    params = pnn.SignalSpec((196,), "V", -1.0, 1.0)
    outputs = pnn.SignalSpec((196,), "V", -1.0, 1.0)

    def connect(self) -> None:
        """Draw the filter."""
        rng = np.random.default_rng(0)
        self.matrix = (rng.standard_normal((196, 196)) / 14).astype(np.float32)

    def measure(self, inputs, params):  # noqa: ANN001, ANN201  see Device
        """Filter, shift and saturate."""
        return np.tanh(inputs @ self.matrix + params)


class Scalar(Waveforms):
    """One number."""

    name = "overhead-scalar"
    inputs = pnn.SignalSpec((1,), "V", -1.0, 1.0)
    params = pnn.SignalSpec((1,), "V", -1.0, 1.0)
    outputs = pnn.SignalSpec((1,), "V", -1.0, 1.0)

    def connect(self) -> None:
        """State the gain."""
        self.matrix = np.full((1, 1), 0.7, np.float32)


class ExactTwin(pnn.Twin):
    """The same map in torch."""

    name = "overhead"

    def __init__(self, device: Waveforms) -> None:
        super().__init__(device)
        self.matrix = torch.nn.Parameter(torch.from_numpy(device.matrix))

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Filter, shift and saturate."""
        return torch.tanh(inputs @ self.matrix + params)


class Plain(torch.autograd.Function):
    """Physics-aware training without a check, as in the usual formulation."""

    @staticmethod
    def forward(ctx, inputs, params, device, twin):  # noqa: ANN001, ANN205
        """Measure."""
        ctx.save_for_backward(inputs, params)
        ctx.twin = twin
        outputs = device.measure(inputs.detach().numpy(), params.detach().numpy())
        return torch.from_numpy(outputs)

    @staticmethod
    def backward(ctx, grad_outputs):  # noqa: ANN001, ANN205
        """Differentiate the twin."""
        with torch.enable_grad():
            inputs, params = (t.detach().requires_grad_() for t in ctx.saved_tensors)
            predicted = ctx.twin(inputs, params)
        return (
            *torch.autograd.grad(predicted, (inputs, params), grad_outputs),
            None,
            None,
        )


def steps(device: Waveforms, batch: int) -> dict[str, Callable[[], None]]:
    """Return the four ways to make one step, each a function to time."""
    twin = ExactTwin(device)
    layer = pnn.PhysicalLayer(device, twin)
    rng = torch.Generator().manual_seed(0)
    x = 2 * torch.rand(batch, *device.inputs.shape, generator=rng) - 1
    inputs = x.requires_grad_()
    params = layer.params.detach().requires_grad_()
    weights = torch.rand(batch, *device.outputs.shape, generator=rng)

    def parts() -> None:
        held = layer.params
        device.run(inputs.detach().numpy(), held.detach().numpy())
        torch.autograd.grad(twin(inputs, held), (inputs, layer.theta), weights)

    def bare_parts() -> None:
        device.measure(inputs.detach().numpy(), params.detach().numpy())
        torch.autograd.grad(twin(inputs, params), (inputs, params), weights)

    def whole() -> None:
        torch.autograd.grad(layer(inputs), (inputs, layer.theta), weights)

    def plain() -> None:
        outputs = Plain.apply(inputs, params, device, twin)
        torch.autograd.grad(outputs, (inputs, params), weights)

    return {"parts": parts, "bare_parts": bare_parts, "layer": whole, "plain": plain}


def timed(device: Waveforms, batch: int, rounds: int) -> dict[str, float]:
    """Return each way's median seconds, measured in turn."""
    ways = steps(device, batch)
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 20):
        for name, way in ways.items():
            start = perf_counter()
            way()
            if number >= 20:
                taken[name].append(perf_counter() - start)
    return {name: median(times) for name, times in taken.items()}


def main() -> None:
    """Time, print one table, write the result."""
    torch.set_num_threads(1)
    rows, figures = [], {}
    ratios = []
    for batch in (256, 1024, 4096):
        with Waveforms() as device:
            t = timed(device, batch, max(40, ROUNDS * 256 // batch))
        ratios.append(t["layer"] / t["parts"])
        rows.append(
            [
                f"waveform, batch {batch}",
                f"{1e3 * t['parts']:.2f} ms",
                f"{t['layer'] / t['parts']:.3f}",
                f"{t['layer'] / t['bare_parts']:.3f}",
                f"{t['plain'] / t['bare_parts']:.3f}",
            ]
        )
        figures[f"parts_batch_{batch}_s"] = t["parts"]
        figures[f"layer_batch_{batch}_ratio"] = t["layer"] / t["parts"]
        figures[f"layer_to_bare_batch_{batch}_ratio"] = t["layer"] / t["bare_parts"]
        figures[f"plain_batch_{batch}_ratio"] = t["plain"] / t["bare_parts"]
    with Scalar() as device:
        t = timed(device, 1, 4 * ROUNDS)
    rows.append(
        [
            "scalar",
            f"{1e6 * t['parts']:.0f} µs",
            f"+{1e6 * (t['layer'] - t['parts']):.0f} µs",
            f"+{1e6 * (t['layer'] - t['bare_parts']):.0f} µs",
            f"+{1e6 * (t['plain'] - t['bare_parts']):.0f} µs",
        ]
    )
    figures |= {
        "layer_ratio": max(ratios),
        "scalar_parts_s": t["parts"],
        "scalar_overhead_s": t["layer"] - t["parts"],
        "scalar_overhead_to_bare_s": t["layer"] - t["bare_parts"],
        "scalar_plain_overhead_s": t["plain"] - t["bare_parts"],
    }
    record(
        "pat_overhead",
        [
            "step",
            "device + twin",
            "layer / parts",
            "layer / bare parts",
            "plain function / bare parts",
        ],
        rows,
        figures,
    )


if __name__ == "__main__":
    main()
