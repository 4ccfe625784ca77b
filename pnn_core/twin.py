"""Digital twins: differentiable models of devices, used for the backward pass."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from pnn_core import config
from pnn_core.device import Device
from pnn_core.errors import TwinError
from pnn_core.signals import SignalSpec


class Twin(nn.Module, ABC):
    """A differentiable model of a device: `forward` mirrors `Device.run`, in torch.

    Args:
        device: The device to model. Read its specs and config, never run it.
        **settings: Fields of this twin's nested `Config`.
    """

    name: ClassVar[str]
    """What users type to choose it. A device's name makes it that device's default."""

    Config: ClassVar[type[config.Config]] = config.Config

    def __init__(self, device: Device, **settings: Any) -> None:
        super().__init__()
        self.config = config.validated(self.Config, settings, owner=self.name)

    @abstractmethod
    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict what the device would measure.

        Args:
            inputs: Shape [batch, *device.inputs.shape], in its unit.
            params: Shape [*device.params.shape], in its unit.

        Returns:
            Shape [batch, *device.outputs.shape], in its unit.
        """

    def warm_start(self, inputs: Tensor, params: Tensor, outputs: Tensor) -> None:
        """Set weights in closed form from measurements, before they are fitted.

        Override where there is something to set: scales, a least-squares solution.

        Args:
            inputs: Shape [example, *device.inputs.shape].
            params: Shape [example, *device.params.shape], one row per example.
            outputs: Shape [example, *device.outputs.shape], measured.
        """


def vet(twin: Twin, device: Device) -> None:
    """Freeze a twin, and refuse one whose gradients would be silently wrong.

    Compares shapes, follows the graph from outputs to inputs and params, and looks
    for randomness and for state that a prediction changes. Reads the device's specs
    and never runs it.

    Raises:
        TwinError: Saying which of these does not hold.
    """
    twin.requires_grad_(False).eval()
    inputs, params = (_probe(twin, s, n) for s, n in _ports(device))
    state, seed = _versions(twin), torch.get_rng_state()
    with torch.enable_grad():
        first, second = twin(inputs, params), twin(inputs, params)
    who = f"Twin {twin.name!r} of {device.name}"
    if not isinstance(first, Tensor) or first.shape != (2, *device.outputs.shape):
        got = list(first.shape) if isinstance(first, Tensor) else type(first).__name__
        raise TwinError(
            f"{who} must predict one tensor of shape {[2, *device.outputs.shape]} for "
            f"a batch of 2, got {got}.\n"
            f"  Mirror the device's outputs in the twin's forward."
        )
    if not first.isfinite().all():
        raise TwinError(
            f"{who} must predict finite values inside the device's range, got NaN or "
            f"infinity.\n"
            f"  Look for a division by zero, or a power of what is negative."
        )
    if not torch.equal(seed, torch.get_rng_state()) or not torch.equal(first, second):
        raise TwinError(
            f"{who} must predict the same twice, and is random.\n"
            f"  Leave noise to the device: a gradient needs one fixed function."
        )
    if state != _versions(twin):
        raise TwinError(
            f"{who} must not change while predicting, and wrote into its own state.\n"
            f"  Update state in calibration only, or when `self.training` is true."
        )
    for port, tensor in (("inputs", inputs), ("params", params)):
        if tensor.numel() and not _reaches(first, tensor):
            raise TwinError(
                f"{who} does not depend on {port} through its graph: their gradient "
                f"would be zero.\n"
                f"  Compute with {port} in torch, without detach(), .data or numpy."
            )


def _ports(device: Device) -> tuple[tuple[SignalSpec, tuple[int, ...]], ...]:
    """Return the specs of inputs and params, with the leading shape of a batch of 2."""
    return (device.inputs, (2,)), (device.params, ())


def _probe(twin: Twin, spec: SignalSpec, batch: tuple[int, ...]) -> Tensor:
    """Return a ramp through the range of `spec`, in the dtype of the twin's weights."""
    dtype = next((p.dtype for p in twin.parameters()), torch.float32)
    place = next((p.device for p in twin.parameters()), torch.device("cpu"))
    shape = (*batch, *spec.shape)
    ramp = torch.linspace(0.3, 0.7, max(1, torch.Size(shape).numel()), device=place)
    unit = ramp[: torch.Size(shape).numel()].reshape(shape).to(dtype)
    return (spec.low + (spec.high - spec.low) * unit).requires_grad_()


def _versions(twin: Twin) -> list[int]:
    """Return how often each weight and buffer was written to."""
    return [t._version for t in (*twin.parameters(), *twin.buffers())]


def _reaches(outputs: Tensor, tensor: Tensor) -> bool:
    """Return whether `outputs` depend on `tensor` in autograd's graph."""
    if not outputs.requires_grad:
        return False
    (gradient,) = torch.autograd.grad(
        outputs.sum(), tensor, allow_unused=True, retain_graph=True
    )
    return gradient is not None
