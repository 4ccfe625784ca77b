"""Curves: how loss and accuracy went over the epochs, in one run and across runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pnn_core.report.facts import Facts
from pnn_core.report.pictures import BLUE, SERIES, VERMILLION, Picture, picture
from pnn_core.report.records import EpochRecord
from pnn_core.report.words import amount, share, short

LINES = ("-", "--", ":", "-.")


def training_curves(epochs: Sequence[EpochRecord]) -> list[Picture]:
    """Return the loss and the accuracies of one run over its epochs."""
    if not epochs:
        return []
    return [_loss(epochs), _accuracies(epochs)]


def comparison(runs: Sequence[Facts]) -> list[Picture]:
    """Return the validation accuracies of several runs in one picture, if any."""
    curves = {
        run.label: [
            (e.number, e.validation) for e in run.epochs if e.validation is not None
        ]
        for run in runs
    }
    curves = {label: points for label, points in curves.items() if points}
    if len(curves) < 2:
        return []
    figure = Figure(figsize=(6.6, 3.2 + 0.1 * len(curves)))
    axes = _axes(figure, "validation accuracy [%]")
    ends = []
    for number, (label, points) in enumerate(curves.items()):
        epochs, scores = zip(*points, strict=True)
        axes.plot(
            epochs,
            [100 * score for score in scores],
            color=SERIES[number % len(SERIES)],
            linestyle=LINES[number // len(SERIES) % len(LINES)],
            marker="os^Dvx"[number % 6],
            label=short(label, 36),
        )
        ends.append(f"{label} ends at {share(scores[-1])} %")
    figure.legend(loc="outside lower center", ncols=2 if len(curves) > 1 else 1)
    return [
        picture(
            figure,
            alt=f"Validation accuracy over epochs, one line a run: {'; '.join(ends)}.",
            caption="Accuracy on the validation split after each epoch, measured "
            "where the trainer runs its forward pass: on the device, on the twin (in "
            "silico) or on neither (identity).",
        )
    ]


def _loss(epochs: Sequence[EpochRecord]) -> Picture:
    figure = Figure(figsize=(3.6, 2.6))
    axes = _axes(figure, "cross-entropy [nats]")
    axes.plot([e.number for e in epochs], [e.loss for e in epochs], "o-", color=BLUE)
    return picture(
        figure,
        alt=f"Training loss over {len(epochs)} epochs: from {amount(epochs[0].loss)} "
        f"to {amount(epochs[-1].loss)} nats.",
        caption="Loss, mean over the batches of an epoch.",
    )


def _accuracies(epochs: Sequence[EpochRecord]) -> Picture:
    figure = Figure(figsize=(3.6, 2.6))
    axes = _axes(figure, "accuracy [%]")
    axes.plot(
        [e.number for e in epochs],
        [100 * e.accuracy for e in epochs],
        "o-",
        color=BLUE,
        label="training",
    )
    alt = f"Accuracy over {len(epochs)} epochs: training ends at "
    alt += f"{share(epochs[-1].accuracy)} %"
    held_out = [(e.number, e.validation) for e in epochs if e.validation is not None]
    if held_out:
        numbers, scores = zip(*held_out, strict=True)
        percent = [100 * score for score in scores]
        axes.plot(numbers, percent, "s--", color=VERMILLION, label="validation")
        alt += f", validation at {share(scores[-1])} %"
    axes.legend(loc="lower right")
    return picture(
        figure,
        alt=f"{alt}.",
        caption="Accuracy.",
    )


def _axes(figure: Figure, label: str) -> Any:
    axes = figure.add_subplot(xlabel="epoch", ylabel=label)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
    return axes
