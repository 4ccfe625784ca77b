"""The picture of accuracies over reality gaps."""

from __future__ import annotations

from typing import Any

from harness import ROOT

PICTURE = ROOT / "docs" / "acoustic-twins.svg"
LINES = {
    "pat_device": ("physics-aware, on the device", "C0", "o"),
    "in_silico_device": ("in silico, on the device", "C3", "s"),
    "in_silico_twin": ("in silico, on its twin", "0.6", "^"),
}


def draw(twins: dict[str, str], figures: dict[str, Any]) -> None:
    """Draw accuracy over gap, with the spread over specimens.

    Args:
        twins: Names to labels, from crude to good.
        figures: As recorded; accuracies and gaps as fractions.
    """
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "pnn", "svg.fonttype": "none"})
    picture, axes = plt.subplots(figsize=(7.5, 4.5), layout="constrained")
    gaps = [100 * figures[f"{name}_gap"]["mean"] for name in twins]
    for line, (label, colour, marker) in LINES.items():
        found = [figures[f"{name}_{line}"] for name in twins]
        axes.errorbar(
            gaps,
            [100 * f["mean"] for f in found],
            [100 * f["std"] for f in found],
            **{"label": label, "color": colour, "marker": marker, "capsize": 3},
        )
    for bound, style in (("ideal", "--"), ("identity", ":")):
        level = 100 * figures[bound]["mean"]
        axes.axhline(level, color="black", linestyle=style, linewidth=1, label=bound)
    for gap, label in zip(gaps, twins.values(), strict=True):
        axes.annotate(
            label.replace(", ", ",\n"),
            (gap, 2),
            fontsize=7,
            ha="center",
        )
    axes.set(
        title="MNIST on a virtual bench: what a better twin is worth",
        xlabel="reality gap of the twin (%), logarithmic",
        ylabel="accuracy on 10,000 test images (%)",
        xscale="log",
        ylim=(0, 100),
    )
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend(loc="center left", fontsize=8)
    picture.savefig(PICTURE, metadata={"Date": None})
    plt.close(picture)
