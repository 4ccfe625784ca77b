"""Encodings: what was trained, as pictures where it is a field, else as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pnn_core.report.facts import Facts
from pnn_core.report.pictures import BLUE, Picture, picture
from pnn_core.report.words import amount, short

FEW = 16
"""Up to as many numbers are told rather than drawn."""

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Row:
    """A trained array small enough to be told.

    Args:
        name: Of the array in network.npz.
        values: Its elements.
        unit: Of the elements.
    """

    name: str
    values: str
    unit: str


def trained_pictures(run: Facts) -> list[Picture]:
    """Return the larger trained arrays: encodings, and params where there are many."""
    return [
        _drawn(name, a, _unit(run, name)) for name, a in _trained(run) if a.size > FEW
    ]


def trained_rows(run: Facts) -> list[Row]:
    """Return the smaller trained arrays: skip gains, levels, params."""
    return [
        Row(name, ", ".join(map(amount, map(float, a.flat))), _unit(run, name))
        for name, a in _trained(run)
        if 0 < a.size <= FEW
    ]


def _trained(run: Facts) -> list[tuple[str, Floats]]:
    """Return arrays of real numbers by name; theta is told as the params it sets.

    Arrays of one meaning stand together, layer by layer.
    """
    return [
        (name, array)
        for name, array in sorted(
            run.network.items(), key=lambda item: item[0].partition(".")[::-1]
        )
        if array.dtype.kind == "f" and not name.endswith(".theta")
    ]


def _unit(run: Facts, name: str) -> str:
    if name.endswith("physics.params"):
        return run.unit("params")
    return run.unit("outputs") if name.endswith("level.rms") else "1"


def _drawn(name: str, array: Floats, unit: str) -> Picture:
    what = f"{_spoken(name)} [{unit}]"
    label = f"{short(name.rpartition('.')[2])} [{unit}]"
    finite = array[np.isfinite(array)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0, 0)
    side = isqrt(array.size)
    image = array.reshape(side, side) if side**2 == array.size else np.squeeze(array)
    if image.ndim == 2:
        figure = _image(image, label, max(abs(low), abs(high)) or 1.0)
        form = f"an image of {image.shape[0]} by {image.shape[1]} elements"
    else:
        figure = _line(array.ravel(), label)
        form = f"a line over {array.size} elements"
    return picture(
        figure,
        alt=f"{what} as {form}, from {amount(low)} to {amount(high)}.",
        caption=f"{what}: {amount(low)} to {amount(high)}.",
    )


def _image(image: Floats, label: str, limit: float) -> Figure:
    figure = Figure(figsize=(3.6, 2.8), layout="compressed")
    axes = figure.add_subplot(xlabel="element, column", ylabel="element, row")
    shown = axes.imshow(
        image, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="none"
    )
    axes.grid(visible=False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    bar = figure.colorbar(shown, label=label)
    bar.outline.set_visible(False)
    return figure


def _line(values: Floats, label: str) -> Figure:
    figure = Figure(figsize=(3.6, 2.4))
    axes = figure.add_subplot(xlabel="element", ylabel=label)
    axes.plot(values, color=BLUE, linewidth=1)
    return figure


def _spoken(name: str) -> str:
    """Return a key of network.npz in words: layer1.body.encoder.gain, layer 1 gain."""
    parts = [part for part in name.split(".") if part not in {"body", "encoder"}]
    if parts and parts[0].startswith("layer"):
        parts[0] = f"layer {parts[0].removeprefix('layer')}"
    return " ".join(parts)
