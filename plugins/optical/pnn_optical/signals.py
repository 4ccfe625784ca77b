"""Signals of the optical devices, virtual or not: transmissions in, a spectrum out."""

from __future__ import annotations

from pydantic import Field

import pnn_core as pnn

__all__ = ["Ports", "input_spec", "output_spec"]


class Ports(pnn.Config):
    """Settings that say what the devices' signals look like."""

    pixels: int = Field(
        100, ge=2, le=1024, description="Pixels of the shaper, red to blue."
    )
    bins: int = Field(
        100, ge=1, le=1024, description="Bins of the spectrum, red to blue."
    )
    channels: int = Field(
        1, ge=1, le=64, description="Passes per example, one after the other."
    )


def input_spec(ports: Ports) -> pnn.SignalSpec:
    """Return the spec of the pixels' amplitude transmissions.

    0 is dark and 1 open: the field of a slice of the spectrum is multiplied by it.
    Shape [pixel], or [channel, pixel] where there are several channels.
    """
    return pnn.SignalSpec(_shape(ports, ports.pixels), unit="1", low=0.0, high=1.0)


def output_spec(ports: Ports) -> pnn.SignalSpec:
    """Return the spec of the second harmonic's spectrum, its dark frame subtracted.

    In fractions of the spectrometer's full scale; below 0 is noise.
    Shape [bin], or [channel, bin].
    """
    return pnn.SignalSpec(_shape(ports, ports.bins), unit="1", low=-0.1, high=1.0)


def _shape(ports: Ports, size: int) -> tuple[int, ...]:
    return (size,) if ports.channels == 1 else (ports.channels, size)
