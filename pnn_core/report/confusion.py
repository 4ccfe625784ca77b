"""Confusion matrices: what was taken for what."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pnn_core.report.facts import Facts
from pnn_core.report.pictures import BLUE, INK, VERMILLION, Picture, picture
from pnn_core.report.records import EvaluationRecord
from pnn_core.report.words import count, share, short

MOST_COUNTS = 20
"""Classes beyond which the cells have no room for their counts."""


def confusion_pictures(run: Facts) -> list[Picture]:
    """Return one matrix an evaluation, the device's first."""
    order = {"test": 0, "validation": 1, "device": 0, "twin": 1, "identity": 2}
    keys = sorted(
        run.evaluations, key=lambda k: [order.get(w, 9) for w in k.split("_")]
    )
    return [_matrix(key, run.evaluations[key]) for key in keys]


def _matrix(key: str, found: EvaluationRecord) -> Picture:
    counts = np.array(found.confusion)
    size = len(counts)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    figure = Figure(figsize=(3.7, 3.7))
    axes = figure.add_subplot(xlabel="predicted class", ylabel="true class")
    for (true, taken), part in np.ndenumerate(shares):
        if not part:
            continue
        hue = BLUE if true == taken else VERMILLION
        shade = 0.8 * float(part) ** 0.5
        axes.add_patch(
            Rectangle(
                (taken - 0.5, true - 0.5),
                1,
                1,
                facecolor=hue,
                alpha=shade,
                edgecolor=INK,
            )
        )
        if size <= MOST_COUNTS:
            axes.text(
                taken,
                true,
                count(int(counts[true, taken])),
                ha="center",
                va="center",
                fontsize=9 if size <= 12 else 6,
            )
    names = [short(name) for name in found.classes]
    axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), aspect="equal")
    axes.set_xticks(range(size), names, rotation=90 if max(map(len, names)) > 3 else 0)
    axes.set_yticks(range(size), names)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    split, _, place = key.partition("_")
    bench = " (virtual bench)" if place == "device" and found.virtual else ""
    where = f"{split} split, on the {place}{bench}"
    return picture(
        figure,
        alt=f"Confusion matrix, {where}: {count(int(counts.trace()))} of "
        f"{count(int(counts.sum()))} examples right. {_worst(counts, found.classes)}",
        caption=f"{where.capitalize()}: {share(found.accuracy)} % right.",
    )


def _worst(counts: np.typing.NDArray[np.int64], classes: list[str]) -> str:
    wrong = counts * ~np.eye(len(counts), dtype=bool)
    if not wrong.any():
        return "None was wrong."
    true, taken = np.unravel_index(wrong.argmax(), wrong.shape)
    return (
        f"Most often confused: {classes[true]} taken for {classes[taken]}, "
        f"{count(int(wrong.max()))} times."
    )
