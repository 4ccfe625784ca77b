"""The rig's digital twin: a thin crystal, |E * E|^2."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

import pnn_core as pnn
from pnn_optical.schematic import FULL_OPEN_S, Pulse, Shaper, Spectrometer

__all__ = ["ThinCrystalTwin"]


class ThinCrystalTwin(pnn.Twin):
    """Spectrum of the square of the shaped pulse, at a few lines per pixel.

    outputs_b = sum_k collect_kb |sum_(m+n=k) E_m E_n|^2, where each line's field is
    E_m = leak_m + sum_d tap_dm curve(inputs_(pixel(m)+d)) over the pixel and its
    neighbours, and curve(t) = t + 4 bend t (1 - t).

    As drawn: a Gaussian pulse of flat phase, separate pixels, no leak, all of the
    harmonic matched. Calibration fits the taps (spectrum, phase and crosstalk), the
    leak, the bend, a matching factor per line of the harmonic, and per bin a response
    and an offset. Leaves out the light that the harmonic takes from the fundamental,
    dispersion between the lines that add up to one, saturation, and noise.
    """

    name = "optical-shg-bench"

    class Config(pnn.Config):
        """Settings of the twin."""

        lines_per_pixel: int = Field(
            1, ge=1, le=16, description="Frequencies computed per pixel."
        )

    config: Config
    collect: Tensor

    def __init__(self, device: pnn.Device, **settings: Any) -> None:
        super().__init__(device, **settings)
        pixels, bins = device.inputs.shape[-1], device.outputs.shape[-1]
        per_pixel = self.config.lines_per_pixel
        lines = pixels * per_pixel
        offset_hz = Shaper().span_hz * _centred(lines)
        width_hz = Pulse().bandwidth_hz
        amplitude = torch.exp(
            -2 * torch.log(torch.tensor(2.0)) * (offset_hz / width_hz) ** 2
        )
        taps = torch.zeros(2, 3, lines)
        taps[0, 1] = amplitude / amplitude.sum().sqrt()
        self.taps = nn.Parameter(taps)
        self.leak = nn.Parameter(torch.zeros(2, lines))
        self.bend = nn.Parameter(torch.zeros(()))
        self.log_match = nn.Parameter(torch.zeros(2 * lines - 1))
        self.log_response = nn.Parameter(torch.zeros(bins))
        self.offset = nn.Parameter(torch.zeros(bins))
        self.pixels, self.lines, self.per_pixel = pixels, lines, per_pixel

        drawing = Spectrometer()
        harmonic_hz = (
            2
            * Shaper().span_hz
            * (2 * lines - 1)
            / (2 * lines)
            * _centred(2 * lines - 1)
        )
        edge_hz = drawing.span_hz * (torch.arange(bins + 1) / bins - 0.5)
        sigma_hz = drawing.resolution_hz / (8 * torch.log(torch.tensor(2.0))).sqrt()
        below = torch.special.ndtr((edge_hz - harmonic_hz[:, None]) / sigma_hz)
        collect = below.diff(dim=1)
        self.register_buffer("collect", collect, persistent=False)
        exposure_s = getattr(device.config, "exposure_s", FULL_OPEN_S)
        with torch.no_grad():
            brightest = self(torch.ones(1, *device.inputs.shape), torch.zeros(0)).max()
            self.collect *= exposure_s / FULL_OPEN_S / brightest

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict; see `Twin.forward`."""
        passed = inputs + 4 * self.bend * inputs * (1 - inputs)
        spread = nn.functional.pad(passed, (1, 1)).unfold(-1, self.pixels, 1)
        spread = spread.repeat_interleave(self.per_pixel, dim=-1)
        taps, leak = torch.complex(*self.taps), torch.complex(*self.leak)
        field = (spread * taps).sum(-2) + leak
        moments = torch.fft.fft(field, n=2 * self.lines)
        harmonic = torch.fft.ifft(moments.square())[..., : 2 * self.lines - 1]
        power = harmonic.real.square() + harmonic.imag.square()
        light = (power * self.log_match.exp()) @ self.collect
        return self.offset + self.log_response.exp() * light


def _centred(count: int) -> Tensor:
    """Return the centres of `count` equal cells that fill -1/2 to 1/2."""
    return (torch.arange(count) + 0.5) / count - 0.5
