"""Pictures: matplotlib figures as SVG that takes on the colours of its page."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import matplotlib.style
from markupsafe import Markup
from matplotlib.figure import Figure

INK = "#1b1b1c"
GRID = "#d0d0d1"
BLUE, VERMILLION = "#0072b2", "#d55e00"
SERIES = (BLUE, VERMILLION, "#009e73", "#cc79a7", "#a67c00", INK)
"""Okabe and Ito, "Color universal design", 2008, with its yellow darkened."""

VARIABLES = {
    INK: "--ink",
    GRID: "--grid",
    **{color: f"--series-{i}" for i, color in enumerate(SERIES[:-1], 1)},
}
"""What the page calls these colours, so that it can change them in the dark."""

LARGEST_SVG = 300_000
"""Characters beyond which a picture becomes a PNG."""

STYLE = {
    "axes.edgecolor": INK,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": 9,
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.5,
    "lines.markersize": 3.5,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.color": INK,
    "ytick.labelsize": 8.5,
}


@dataclass(frozen=True)
class Picture:
    """A picture ready for the page.

    Args:
        markup: An <svg> or <img> element that says in words what it shows.
        caption: Shown below it.
        width: In CSS pixels, where there is room.
    """

    markup: Markup
    caption: str
    width: int


@contextmanager
def drawing(group: str) -> Iterator[None]:
    """Draw in the report's style, whatever the user's own; text is never a formula.

    Args:
        group: Tells pictures apart that look alike, for the ids in them.
    """
    style = STYLE | {"svg.hashsalt": group}
    with matplotlib.style.context(style, after_reset=True), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the browser's fonts count, not ours
        yield


def picture(figure: Figure, *, alt: str, caption: str) -> Picture:
    """Return a figure as a picture.

    Args:
        figure: Drawn within `drawing`.
        alt: What it shows, for those who do not see it.
        caption: Shown below it.
    """
    file = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    svg = file.getvalue()
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    if len(svg) > LARGEST_SVG:
        return Picture(_png(figure, alt), caption, width)
    return Picture(_inline(svg, alt, width, height), caption, width)


def _inline(svg: str, alt: str, width: int, height: int) -> Markup:
    """Return an SVG file as an element of an HTML page."""
    body = svg[svg.index(">", svg.index("<svg")) + 1 :].replace("xlink:href", "href")
    body = re.sub(r"<(metadata|style)\b.*?</\1>", "", body, flags=re.DOTALL)
    body = re.sub(r" font-family: [^;\"]*;?", "", body)
    for color, variable in VARIABLES.items():
        body = re.sub(rf"\b(fill|stroke): {color}", rf"\1: var({variable})", body)
    prefix = hashlib.sha256((alt + body).encode()).hexdigest()[:8]
    used = set(re.findall(r'(?:url\(#|href="#)([\w.-]+)', body))

    def renamed(match: re.Match[str]) -> str:
        return f' id="p{prefix}-{match[1]}"' if match[1] in used else ""

    body = re.sub(r' id="([^"]*)"', renamed, body)
    body = re.sub(r'(url\(#|href="#)(?=\w)', rf"\1p{prefix}-", body)
    box = f"0 0 {72 / 96 * width:g} {72 / 96 * height:g}"
    opening = Markup('<svg role="img" aria-label="{}" viewBox="{}">')
    return opening.format(alt, box) + Markup(body)


def _png(figure: Figure, alt: str) -> Markup:
    """Return a figure with many marks as an image on white."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=192, facecolor="white")
    data = base64.b64encode(file.getvalue()).decode()
    return Markup('<img alt="{}" src="data:image/png;base64,{}">').format(alt, data)
