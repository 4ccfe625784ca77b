"""The physical layer: forward through the device, backward through the twin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch
from torch import Tensor, nn

from pnn_core.device import Device
from pnn_core.encoder import unit_to_range
from pnn_core.errors import DeviceError, TwinError
from pnn_core.signals import Array
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
        return unit_to_range(torch.tanh(self.theta), self.device.params)

    def forward(self, inputs: Tensor) -> Tensor:
        """Run the device, its twin, or neither, on a batch of encoded inputs."""
        if torch.is_autocast_enabled(inputs.device.type):
            with torch.autocast(inputs.device.type, enabled=False):
                return self.forward(inputs.float())
        if self.forward_on == "identity":
            return self._identity(inputs)
        params = self.params
        if self.forward_on == "twin":
            predicted: Tensor = self.twin(inputs, params)
            return predicted
        _refuse_recomputing(self.device)
        measured = self.device.run(inputs.numpy(force=True), params.numpy(force=True))
        trained = inputs.requires_grad or (params.requires_grad and params.numel())
        if not (torch.is_grad_enabled() and trained):
            return torch.from_numpy(measured).to(inputs.device, inputs.dtype)
        return self._aware(measured, self.twin(inputs, params))

    def train(self, mode: bool = True) -> PhysicalLayer:
        """Set the mode of the layer; the twin stays in evaluation mode."""
        super().train(mode)
        self.twin.eval()
        return self

    def _aware(self, measured: Array, predicted: Tensor) -> Tensor:
        """Return the measured outputs, with the slope of the predicted ones."""
        if predicted.shape != measured.shape or not predicted.requires_grad:
            raise TwinError(
                f"Twin {self.twin.name!r} must predict {list(measured.shape)} through "
                f"its graph, got {list(predicted.shape)}"
                f"{'' if predicted.requires_grad else ' cut off from what was applied'}"
                f".\n  Look for detach(), .data, or a sum over the batch."
            )
        aware: Tensor = PhysicsAware.apply(predicted, measured)  # type: ignore[no-untyped-call]  # torch
        return aware

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
    """What was measured, with the twin's Jacobian in place of the physics'.

    The twin stays in the graph, so that its vector-Jacobian product is taken at the
    very tensors that were applied, only where it is needed, and can be differentiated
    again.
    """

    @staticmethod
    def forward(ctx: Any, predicted: Tensor, measured: Array) -> Tensor:
        """Return the measurement, bit for bit."""
        return torch.from_numpy(measured).to(predicted.device, predicted.dtype)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None]:
        """Hand the gradient of the measured loss to the twin."""
        return grad_outputs[0], None


@contextmanager
def forwarding(network: nn.Module, where: Where) -> Iterator[None]:
    """Run every physical layer of `network` on `where` for the duration of a block."""
    with _set(network, "forward_on", where):
        yield


@contextmanager
def measuring_on(network: nn.Module, device: Device) -> Iterator[None]:
    """Let every physical layer run on another device for the duration of a block."""
    with _set(network, "device", device):
        yield


@contextmanager
def _set(network: nn.Module, name: str, value: Any) -> Iterator[None]:
    """Give an attribute of every physical layer another value, and then its own."""
    layers = [m for m in network.modules() if isinstance(m, PhysicalLayer)]
    before = [getattr(layer, name) for layer in layers]
    for layer in layers:
        setattr(layer, name, value)
    try:
        yield
    finally:
        for layer, was in zip(layers, before, strict=True):
            setattr(layer, name, was)


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
