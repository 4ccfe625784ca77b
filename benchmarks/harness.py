"""What every benchmark does with its figures: print a table, write two files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from rich.console import Console
from rich.table import Table

from pnn_core.run import machine, versions

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGES = ROOT / "docs" / "benchmarks"


def record(
    name: str, columns: list[str], rows: list[list[str]], figures: dict[str, Any]
) -> None:
    """Print a table, and write it to `benchmarks/results` and to the docs.

    Args:
        name: Of the benchmark.
        columns: Headings of the table.
        rows: Its cells.
        figures: Snake-case names to numbers, or to {"mean", "std", "seeds"}.
    """
    table = Table(*columns, title=name)
    for row in rows:
        table.add_row(*row)
    Console(width=max(110, Console().width)).print(table)
    content = {
        "command": f"make bench NAME={name}",
        "machine": machine(),
        "versions": versions(),
        "table": {"columns": columns, "rows": rows},
        "figures": figures,
    }
    RESULTS.mkdir(exist_ok=True)
    PAGES.mkdir(exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    (RESULTS / f"{name}.json").write_text(text)
    (PAGES / f"{name}.md").write_text(page(name, content))


def over_seeds(
    runs: Sequence[dict[str, float]], seeds: Sequence[int]
) -> dict[str, Any]:
    """Return mean and deviation of every figure of the runs, one a seed."""
    return {
        name: {
            "mean": mean(run[name] for run in runs),
            "std": stdev(run[name] for run in runs),
            "seeds": list(seeds),
        }
        for name in runs[0]
    }


def percent(figures: dict[str, Any], name: str) -> str:
    """Return a figure as text, in per cent; nothing where there is none."""
    figure = figures.get(name, "")
    if isinstance(figure, dict):
        return f"{100 * figure['mean']:.1f} ± {100 * figure['std']:.1f} %"
    return figure and f"{100 * figure:.1f} %"


OVERVIEW = {
    "acoustic_mnist": ("acoustic, MNIST", "87 %"),
    "electronic_mnist": ("electronic, MNIST", "93 %"),
    "optical_mnist": ("optical, MNIST, hybrid", "97 %"),
    "optical_vowels": ("optical, vowels", "93 %"),
    "fluid_vowels": ("fluid, vowels", ""),
    "mechanical_mnist": ("mechanical, MNIST", ""),
    "mechanical_fashion": ("mechanical, Fashion-MNIST, 2 passes", ""),
}
"""Benchmarks that the README shows in one table, and the originals' accuracies."""


def overview() -> str:
    """Return a table of what networks on all substrates reach, in Markdown."""
    columns = ["virtual bench, task", "PAT, on device", "in silico, on device"]
    columns += ["in silico, on its twin", "no physics", "original, on hardware"]
    names = ("pat_device", "in_silico_device", "in_silico_twin", "identity")
    rows = []
    for name, (label, original) in OVERVIEW.items():
        figures = json.loads((RESULTS / f"{name}.json").read_text())["figures"]
        rows.append([label, *(percent(figures, figure) for figure in names), original])
    return markdown({"table": {"columns": columns, "rows": rows}})


def page(name: str, content: dict[str, Any]) -> str:
    """Return the page of the docs that shows one result."""
    place = content["machine"]
    title = name.replace("_", " ")
    return (
        f"# {title[0].upper()}{title[1:]}\n\n{markdown(content)}\n"
        f"`{content['command']}` on {place['processor']}, {place['cores']} cores.\n"
    )


def markdown(content: dict[str, Any]) -> str:
    """Return a result's table in Markdown."""
    columns, rows = content["table"]["columns"], content["table"]["rows"]
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
