"""The page: facts, tables and pictures, laid out by a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jinja2

from pnn_core.report import words
from pnn_core.report.confusion import confusion_pictures
from pnn_core.report.curves import comparison, training_curves
from pnn_core.report.encodings import Row, trained_pictures, trained_rows
from pnn_core.report.facts import Facts, read_all
from pnn_core.report.pictures import Picture, drawing
from pnn_core.report.summary import PARTIAL, columns, groups, particulars
from pnn_core.report.waveforms import waveform_pictures
from pnn_core.run import Run
from pnn_core.version import __version__


@dataclass(frozen=True)
class Chapter:
    """Pictures of one kind.

    Args:
        heading: What they show.
        note: How to read them.
        pictures: Empty where the run has not come so far.
    """

    heading: str
    note: str
    pictures: list[Picture]


@dataclass(frozen=True)
class Section:
    """One run on the page.

    Args:
        facts: What the folder says.
        particulars: What it is made of, by name.
        chapters: Its pictures.
        rows: Trained numbers.
    """

    facts: Facts
    particulars: dict[str, str]
    chapters: list[Chapter]
    rows: list[Row]


def page(runs: Sequence[Run]) -> str:
    """Return the report of `runs` as the text of an HTML page.

    Raises:
        RunError: If a folder is damaged.
    """
    facts = read_all(runs)
    with drawing("all runs"):
        compared = comparison(facts)
    sections = [_section(number, run) for number, run in enumerate(facts, 1)]
    table = columns(facts)
    rows = [[column.cell(run) for column in table] for run in facts]
    virtual = [bool(run.manifest.virtual) for run in facts]
    names = list(dict.fromkeys(run.outline.name for run in facts))
    template = jinja2.Environment(
        loader=jinja2.PackageLoader("pnn_core", "report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("page.html.j2")
    return template.render(
        title=names[0] if len(names) == 1 else f"{len(facts)} runs",
        names=names,
        sections=sections,
        columns=table,
        groups=groups(table),
        rows=rows,
        partial=any(PARTIAL in cell for row in rows for cell in row),
        compared=compared,
        virtual="all" if all(virtual) else "some" if any(virtual) else "",
        version=__version__,
        words=words,
    )


def _section(number: int, run: Facts) -> Section:
    with drawing(f"run {number}"):
        shown = [chapter for chapter in _chapters(run) if chapter.pictures]
    return Section(run, particulars(run), shown, trained_rows(run))


def _chapters(run: Facts) -> list[Chapter]:
    return [
        Chapter(
            "Training",
            "Training accuracy is counted while the network still changes, validation "
            "accuracy after each epoch.",
            training_curves(run.epochs),
        ),
        Chapter(
            "Twin against device",
            "Signals of the first physical layer. The residual is twin minus device; "
            "its RMS is given relative to the deviation of the measured output.",
            waveform_pictures(run),
        ),
        Chapter(
            "Confusion",
            "Counts. Blue is right, orange is wrong, stronger the larger the share of "
            "the true class.",
            confusion_pictures(run),
        ),
        Chapter(
            "Trained encodings and params",
            "An array with a square number of elements is shown as an image, filled "
            "row by row. Gains and offsets are relative to half the input range.",
            trained_pictures(run),
        ),
    ]
