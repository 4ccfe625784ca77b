"""Waveforms: what went into the device, what came out, and what its twin expected."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pnn_core.report.facts import Facts
from pnn_core.report.pictures import BLUE, GRID, INK, VERMILLION, Picture, picture
from pnn_core.report.words import NONE

EXAMPLES = 3
"""Examples shown."""

ELEMENT = "element"
"""The axis of a signal that is not known to be sampled in time."""

FEW = 32
"""Up to as many elements are drawn as points rather than as a line."""


def waveform_pictures(run: Facts) -> list[Picture]:
    """Return the first examples: inputs, outputs measured and predicted, residual."""
    if not run.waveforms:
        return []
    known = len(run.waveforms["measured"])
    return [_example(run, row) for row in range(min(EXAMPLES, known))]


def _example(run: Facts, row: int) -> Picture:
    given, measured, predicted = (
        run.waveforms[port][row] for port in ("inputs", "measured", "predicted")
    )
    residual = predicted - measured
    figure = Figure(figsize=(3.7, 4.2))
    drive, output, error = figure.subplots(3, 1, height_ratios=(2, 4, 2))
    _draw(drive, *_axis(run, "inputs", given.size), given, INK, "-")
    where, axis = _axis(run, "outputs", measured.size)
    _draw(output, where, axis, measured, BLUE, "-", "device, measured")
    _draw(output, where, axis, predicted, VERMILLION, "--", "twin, predicted")
    _draw(error, where, axis, residual, INK, "-")
    error.axhline(0, color=GRID, linewidth=1.2, zorder=1)
    if "input_range" in run.waveforms:
        low, high = run.waveforms["input_range"]
        drive.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    drive.set(ylabel=f"input\n[{run.unit('inputs')}]")
    output.set(ylabel=f"output [{run.unit('outputs')}]")
    error.set(ylabel=f"residual\n[{run.unit('outputs')}]")
    output.sharex(error)
    output.tick_params(labelbottom=False)
    output.set(xlabel="")
    figure.align_ylabels()
    figure.legend(
        *output.get_legend_handles_labels(), loc="outside upper center", ncols=2
    )
    off = _relative(residual, measured)
    return picture(
        figure,
        alt=f"Example {row + 1}: input, output of the device as measured and of the "
        f"twin as predicted, and their difference, whose RMS is {off} of the output's "
        f"spread.",
        caption=f"Validation example {row + 1}: residual {off}.",
    )


def _draw(
    axes: Any,
    where: NDArray[Any],
    axis: str,
    values: NDArray[Any],
    color: str,
    line: str,
    label: str | None = None,
) -> None:
    if values.size <= FEW:
        marker = {"marker": "o" if line == "-" else "x", "linewidth": 0.7}
    else:
        marker = {"linewidth": 1.1}
    axes.plot(where, values, line, color=color, label=label, **marker)
    axes.set(xlabel=axis)
    if axis == ELEMENT:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))


def _axis(run: Facts, port: str, size: int) -> tuple[NDArray[Any], str]:
    """Return positions along a port's signal, and what they are."""
    known = run.manifest.signals.get(port)
    if known is None or known.sample_rate_hz is None:
        return np.arange(size), ELEMENT
    seconds = np.arange(size) / known.sample_rate_hz
    scales = {"s": 1.0, "ms": 1e3, "µs": 1e6, "ns": 1e9}
    fits = (unit for unit in scales if seconds[-1] * scales[unit] >= 1)
    unit = next(fits, "ns")
    return seconds * scales[unit], f"time [{unit}]"


def _relative(residual: NDArray[Any], measured: NDArray[Any]) -> str:
    """Return the RMS of the residual relative to the output's own deviation."""
    spread = np.std(measured)
    if not spread:
        return f"{NONE} %"
    return f"{100 * np.sqrt(np.mean(residual**2)) / spread:.2g} %"
