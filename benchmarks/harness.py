"""What every benchmark does with its figures: print a table, write a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pnn_core.run import machine, versions

RESULTS = Path(__file__).parent / "results"


def record(
    name: str, columns: list[str], rows: list[list[str]], figures: dict[str, Any]
) -> None:
    """Print a table, and write `benchmarks/results/<name>.json`.

    Args:
        name: Of the benchmark.
        columns: Headings of the table.
        rows: Its cells.
        figures: Snake-case names to numbers, or to {"mean", "std", "seeds"}.
    """
    table = Table(*columns, title=name)
    for row in rows:
        table.add_row(*row)
    Console(width=max(100, Console().width)).print(table)
    RESULTS.mkdir(exist_ok=True)
    content = {
        "command": f"make bench NAME={name}",
        "machine": machine(),
        "versions": versions(),
        "table": {"columns": columns, "rows": rows},
        "figures": figures,
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    Console(stderr=True).print(f"written to {path}")
