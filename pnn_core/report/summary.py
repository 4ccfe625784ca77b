"""Summary: one row a run, and the line-up of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pnn_core.report.facts import Facts
from pnn_core.report.words import NONE, amount, count, duration, moment, share
from pnn_core.usage import Usage

PARTIAL = "*"
"""Marks what covers the completed epochs only."""


@dataclass(frozen=True)
class Column:
    """One column of the table.

    Args:
        group: What several columns share, or "".
        heading: Its own heading, unit included.
        cell: Returns its text for a run.
    """

    group: str
    heading: str
    cell: Callable[[Facts], str]


def columns(runs: Sequence[Facts]) -> list[Column]:
    """Return the table's columns; validation has some if it was evaluated on."""
    splits = ["test"]
    if any(key.startswith("validation_") for run in runs for key in run.evaluations):
        splits.append("validation")
    return [
        Column("", "trainer", lambda run: _name(run.outline.trainer)),
        Column("", "twin", lambda run: _name(run.outline.twin)),
        Column("Calibration", "reality gap", _gap),
        Column("Calibration", "measurements", _measurements),
        *(
            Column(f"{split.capitalize()} accuracy, %", place, _accuracy(split, place))
            for split in splits
            for place in ("device", "twin", "identity")
        ),
        Column("Device usage", "runs", _spent(lambda usage: count(usage.runs))),
        Column("Device usage", "examples", _spent(lambda usage: count(usage.examples))),
        Column("Device usage", "time, s", _spent(lambda usage: amount(usage.seconds))),
        Column("Device usage", "energy, J", _spent(lambda usage: amount(usage.joules))),
    ]


def groups(table: Sequence[Column]) -> list[tuple[str, int]]:
    """Return the group headings, each with the columns it spans."""
    found: list[tuple[str, int]] = []
    for column in table:
        if found and found[-1][0] == column.group:
            found[-1] = (column.group, found[-1][1] + 1)
        else:
            found.append((column.group, 1))
    return found


def particulars(run: Facts) -> dict[str, str]:
    """Return what a run is made of and how it went, by name."""
    outline, manifest, found = run.outline, run.manifest, run.calibration
    told = {
        "Status": manifest.status,
        "Started": moment(manifest.started),
        "Took": duration(manifest.took),
        "Task": outline.task.name,
        "Device": outline.device.name,
        "Encoder": _name(outline.encoder),
        "Twin": _name(outline.twin),
        "Trainer": _name(outline.trainer),
    }
    if found:
        told["Reality gap"] = (
            f"{amount(found.gap_before)} before calibration, {amount(found.gap)} after "
            f"{count(found.examples)} measurements in {amount(found.seconds)} s"
        )
    if run.epochs:
        last = run.epochs[-1]
        told["Last epoch"] = (
            f"{last.number}: loss {amount(last.loss)} nats, "
            f"{share(last.accuracy)} % right in training"
        )
        if last.validation is not None:
            told["Last epoch"] += f", {share(last.validation)} % in validation"
    return told


def _name(part: object) -> str:
    return str(getattr(part, "name", NONE))


def _gap(run: Facts) -> str:
    return amount(run.calibration.gap if run.calibration else None)


def _measurements(run: Facts) -> str:
    return count(run.calibration.examples if run.calibration else None)


def _accuracy(split: str, place: str) -> Callable[[Facts], str]:
    def cell(run: Facts) -> str:
        found = run.evaluations.get(f"{split}_{place}")
        return share(found.accuracy if found else None)

    return cell


def _spent(told: Callable[[Usage], str]) -> Callable[[Facts], str]:
    def cell(run: Facts) -> str:
        if run.manifest.usage:
            return told(run.manifest.usage)
        text = told(run.epochs[-1].usage) if run.epochs else NONE
        return text if text == NONE else text + PARTIAL

    return cell
