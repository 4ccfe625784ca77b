"""The physical layer: forward through the device, backward through the twin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch
from torch import Tensor, nn

from pnn_core.device import Device
from pnn_core.errors import DeviceError, TwinError
from pnn_core.twin import Twin, vet

Where = Literal["device", "twin", "identity"]


class PhysicalLayer(nn.Module):
    """One pass through a physical system, usable like any torch layer.

    With `forward_on="device"` this is physics-aware training [1]: the loss is
    computed from what was measured, and only its gradient comes from the twin.
    With `forward_on="twin"` it is training in silico; with "identity" the physics is
    left out, which is the digital baseline.

    The twin is frozen and kept in evaluation mode: the task's gradient must not
    repair the model of the physics. Use `calibrate` for that.

    Args:
        device: The device to run. It must be open when the layer is called.
        twin: Differentiable model of `device`.
        forward_on: Where the forward pass runs.

    Shape:
        - Input: [batch, *device.inputs.shape], in `device.inputs.unit`.
        - Output: [batch, *device.outputs.shape], in `device.outputs.unit`.

    Raises:
        TwinError: If the twin's gradients would be silently wrong, see `vet`.

    References:
        [1] Wright, Onodera et al., "Deep physical neural networks trained with
        backpropagation", Nature 601, 549-555 (2022).
    """

    def __init__(
        self, device: Device, twin: Twin, *, forward_on: Where = "device"
    ) -> None:
        super().__init__()
        vet(twin, device)
        self.device = device
        self.twin = twin
        self.forward_on: Where = forward_on
        self.theta = nn.Parameter(torch.zeros(device.params.shape))
        """Unbounded form of the params: params = range(tanh(theta))."""

    @property
    def params(self) -> Tensor:
        """The params that the device is held at, in their unit."""
        spec = self.device.params
        middle, half = (spec.low + spec.high) / 2, (spec.high - spec.low) / 2
        return torch.tanh(self.theta).mul(half).add(middle)

    def forward(self, inputs: Tensor) -> Tensor:
        """Run the device, its twin, or neither, on a batch of encoded inputs."""
        if torch.is_autocast_enabled(inputs.device.type):
            with torch.autocast(inputs.device.type, enabled=False):
                return self.forward(inputs.float())
        if self.forward_on == "identity":
            return self._identity(inputs)
        if self.forward_on == "twin":
            predicted: Tensor = self.twin(inputs, self.params)
            return predicted
        _refuse_recomputing(self.device)
        measured: Tensor = PhysicsAware.apply(  # type: ignore[no-untyped-call]  # torch
            inputs, self.params, self.device, self.twin
        )
        return measured

    def train(self, mode: bool = True) -> PhysicalLayer:
        """Set the mode of the layer; the twin stays in evaluation mode."""
        super().train(mode)
        self.twin.eval()
        return self

    def _identity(self, inputs: Tensor) -> Tensor:
        """Return the inputs, from their range to the range of the outputs."""
        given, wanted = self.device.inputs, self.device.outputs
        if given.shape != wanted.shape:
            raise TwinError(
                f"The identity needs inputs and outputs of one shape, "
                f"{self.device.name} has {given.shape} and {wanted.shape}.\n"
                f"  Compare with a baseline of your own instead."
            )
        unit = (inputs - given.low) / (given.high - given.low)
        return wanted.low + (wanted.high - wanted.low) * unit


class PhysicsAware(torch.autograd.Function):
    """f(inputs, params) measured on the device, differentiated on the twin."""

    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, params: Tensor, device: Device, twin: Twin
    ) -> Tensor:
        """Measure."""
        ctx.save_for_backward(inputs, params)
        ctx.twin = twin
        outputs = device.run(inputs.numpy(force=True), params.numpy(force=True))
        return torch.from_numpy(outputs).to(inputs.device, inputs.dtype)

    @staticmethod
    def backward(
        ctx: Any, *grad_outputs: Tensor
    ) -> tuple[Tensor | None, Tensor | None, None, None]:
        """Pull the measured loss's gradient back through the twin, where asked for."""
        if torch.is_grad_enabled():
            raise TwinError(
                "A physical layer has first derivatives only, and create_graph=True "
                "asks for more.\n"
                "  Keep gradient penalties and second-order optimisers off the "
                "physical layers."
            )
        twin = ctx.twin
        applied = [t.detach() for t in ctx.saved_tensors]
        needed = [
            need and t.numel() > 0
            for t, need in zip(applied, ctx.needs_input_grad, strict=False)
        ]
        wanted = [
            t.requires_grad_() for t, need in zip(applied, needed, strict=True) if need
        ]
        with torch.enable_grad(), _full_precision(applied[0].device.type):
            predicted = twin(*applied)
        found: tuple[Tensor | None, ...] = (None,) * len(wanted)
        if predicted.requires_grad:
            found = torch.autograd.grad(
                predicted, wanted, grad_outputs, allow_unused=True
            )
        if any(g is None for g in found):
            raise TwinError(
                f"Twin {twin.name!r} lost the graph from its outputs to what was "
                f"applied: the gradient would be zero.\n"
                f"  Look for detach(), .data, or a branch that ignores an argument."
            )
        grads = iter(found)
        first, second = (next(grads) if need else None for need in needed)
        return first, second, None, None


@contextmanager
def forwarding(network: nn.Module, where: Where) -> Iterator[None]:
    """Run every physical layer of `network` on `where` for the duration of a block."""
    layers = [m for m in network.modules() if isinstance(m, PhysicalLayer)]
    before = [layer.forward_on for layer in layers]
    for layer in layers:
        layer.forward_on = where
    try:
        yield
    finally:
        for layer, was in zip(layers, before, strict=True):
            layer.forward_on = was


@contextmanager
def _full_precision(kind: str) -> Iterator[None]:
    """Switch autocast off, as it was in the forward pass; costs nothing if it is."""
    if torch.is_autocast_enabled(kind):
        with torch.autocast(kind, enabled=False):
            yield
    else:
        yield


def _refuse_recomputing(device: Device) -> None:
    """Raise inside checkpointing and torch.func, which run a forward pass at will.

    Raises:
        DeviceError: If a backward pass or a transform is under way.
    """
    if torch._C._current_graph_task_id() != -1:
        raise DeviceError(
            f"{device.name} was asked to measure again inside a backward pass: "
            f"checkpointing would run the physics twice.\n"
            f"  Leave physical layers out of torch.utils.checkpoint."
        )
    if torch._C._functorch.peek_interpreter_stack() is not None:
        raise DeviceError(
            f"{device.name} cannot run under torch.func transforms (grad, vjp, vmap): "
            f"they would choose how often the physics runs.\n"
            f"  Use loss.backward() or torch.autograd.grad, and a batch axis for vmap."
        )
