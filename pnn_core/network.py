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
    """Divide each example by its RMS, as an automatic gain control does.

    A record that is loud or soft is passed on at one level. It is the only digital
    step between two passes through the device, has nothing to train, and stands in
    the digital baseline as well.
    """

    def forward(self, outputs: Tensor) -> Tensor:
        """Return outputs [batch, *any] at unit RMS over each example."""
        power = outputs.flatten(1).square().mean(1)
        gain = (power + 1e-12).rsqrt()
        return outputs * gain.reshape(-1, *(1 for _ in outputs.shape[1:]))


class Skip(nn.Module):
    """body(x) + gain * x, with one trained scalar gain, zero at the start.

    Features that are fewer than the body's outputs are repeated to fill them.

    Args:
        body: Any module; its outputs set the shape.
    """

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.gain = nn.Parameter(torch.zeros(()))

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
        blocks[f"layer{number}"] = Skip(body) if skip else body
    blocks["readout"] = READOUTS[readout](classes)
    return nn.Sequential(blocks)
