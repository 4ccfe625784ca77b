"""Progress on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:  # both need torch, which a report does not
    from pnn_core.evaluation import Tick
    from pnn_core.trainer import Epoch

EVERY_S = 10.0
"""Seconds between two lines where there is no terminal."""

console = Console(stderr=True, highlight=False)


@contextmanager
def progress(what: str) -> Iterator[Tick]:
    """Show how far `what` has come: yields a function to call with (done, total)."""
    if console.is_terminal:
        columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(TextColumn(what), *columns, console=console) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    start = told = monotonic()

    def tick(done: int, total: int) -> None:
        nonlocal told
        if monotonic() - told >= EVERY_S or (done == total and told > start):
            told = monotonic()
            console.print(f"{what}: {done / total:4.0%} after {told - start:.0f} s")

    console.print(f"{what} ...")
    yield tick
    console.print(f"{what}: done in {monotonic() - start:.1f} s")


def epoch_line(epoch: Epoch) -> None:
    """Print one epoch."""
    score = "" if epoch.validation is None else f"  validation {epoch.validation:.1%}"
    console.print(
        f"epoch {epoch.number:>3}  loss {epoch.loss:.3f}  "
        f"accuracy {epoch.accuracy:.1%}{score}  {epoch.seconds:.0f} s"
    )
