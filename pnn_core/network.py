"""Networks of physical layers: skip connections, levels, and one that does it all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import Tensor, nn

from pnn_core.device import Device
from pnn_core.encoder import AffineEncoder, Encoder, filled
from pnn_core.layer import PhysicalLayer
from pnn_core.readout import READOUTS, ReadoutName
from pnn_core.signals import SignalSpec
from pnn_core.twin import Twin


class Level(nn.Module):
    """Divide by one number, the RMS of a first batch, as one sets levels on a mixer.

    The number is measured once, by `set_levels`, and then held: it is a gain, not a
    normalisation, so it adds nothing that a fixed amplifier could not do.
    """

    rms: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("rms", torch.tensor(float("nan")))

    def forward(self, outputs: Tensor) -> Tensor:
        """Return the outputs at unit RMS over the batch that levels were set with."""
        if self.rms.isnan():
            self.rms.copy_(outputs.detach().square().mean().sqrt().clamp(min=1e-12))
        return outputs / self.rms


class Skip(nn.Module):
    """body(x) + gain * x, with one trained scalar gain.

    Features that are fewer than the body's outputs are repeated to fill them.

    Args:
        body: Any module; its outputs set the shape.
        gain: At the start.
    """

    def __init__(self, body: nn.Module, gain: float = 0.0) -> None:
        super().__init__()
        self.body = body
        self.gain = nn.Parameter(torch.tensor(gain))

    def forward(self, features: Tensor) -> Tensor:
        """Return the body's outputs with a share of its features added."""
        outputs: Tensor = self.body(features)
        return outputs + self.gain * filled(features, outputs.shape[1:], "A skip")


def physical_network(
    device: Device,
    twin: Twin,
    *,
    layers: int,
    classes: int,
    encoder: Callable[[SignalSpec], Encoder] = AffineEncoder,
    readout: ReadoutName = "window-means",
    skip: bool = True,
    skip_gain: float = 0.0,
) -> nn.Sequential:
    """Return a deep network whose layers are passes through one device.

    Each layer encodes, runs the device, sets the level and adds its skip connection;
    the last layer's waveform is read out by fixed arithmetic. Nothing digital is
    trained but the encoders, the skips' scalar gains and a temperature.

    Args:
        device: Shared by all layers.
        twin: The device's model, shared too.
        layers: Passes through the device, at least 1.
        classes: Number of classes.
        encoder: Builds each layer's encoder from the device's inputs.
        readout: "window-means" or "band-sums".
        skip: Whether layers have skip connections.
        skip_gain: Gain of each skip connection at the start.
    """
    blocks: OrderedDict[str, nn.Module] = OrderedDict()
    for number in range(1, layers + 1):
        body = nn.Sequential(
            OrderedDict(
                encoder=encoder(device.inputs),
                physics=PhysicalLayer(device, twin),
                level=Level(),
            )
        )
        blocks[f"layer{number}"] = Skip(body, skip_gain) if skip else body
    blocks["readout"] = READOUTS[readout](classes)
    return nn.Sequential(blocks)


def set_levels(network: nn.Module, features: Tensor) -> None:
    """Measure afresh the levels of a network with one batch of features.

    Layers run where they are set to run: on the device for physics-aware training.
    """
    levels = [m for m in network.modules() if isinstance(m, Level)]
    for level in levels:
        level.rms.fill_(float("nan"))
    if levels:
        with torch.no_grad():
            network(features)
