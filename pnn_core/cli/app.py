"""The commands, their arguments and what they print. Their work is done elsewhere."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="pnn",
    help="Train physical neural networks: list and check what is installed, "
    "calibrate twins, train, evaluate, report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]
ExperimentPath = Annotated[Path, typer.Argument(help="The experiment, a TOML file.")]
Folder = Annotated[
    Path | None,
    typer.Option("--run", help="Run folder; default runs/<name>-<time>."),
]
RunPath = Annotated[Path, typer.Argument(help="A run folder, as `train` leaves it.")]


@app.callback()
def main(
    trace: Annotated[
        bool,
        typer.Option(
            "--trace", help="Tell on standard error what plugins are asked, and answer."
        ),
    ] = False,
) -> None:
    """Prepare what all commands share."""
    if trace:
        os.environ["PNN_TRACE"] = "1"


@app.command("list")
def list_(as_json: AsJson = False) -> int:
    """List the installed components, and the plugins that are broken."""
    from pnn_core.cli.listing import as_text, inventory

    found = inventory()
    typer.echo(json.dumps(found, indent=1) if as_json else as_text(found))
    return 1 if found["faults"] else 0


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Of the plugin, such as wave-tank.")],
    into: Annotated[Path, typer.Option(help="Where its folder goes.")] = Path(),
    template: Annotated[
        str | None,
        typer.Option(help="A folder or git repository; default: the built-in one."),
    ] = None,
) -> int:
    """Write a plugin of your own, ready to install, train and publish."""
    from pnn_core.cli.scaffold import create, next_steps

    folder = create(name, into, template)
    typer.echo(next_steps(folder, name))
    return 0


@app.command()
def doctor(as_json: AsJson = False) -> int:
    """Say what is installed, what is broken, why, and what to do about it."""
    from pnn_core.cli.doctor import as_text, examine

    found = examine()
    typer.echo(json.dumps(found, indent=1) if as_json else as_text(found))
    return 1 if found["faults"] else 0


@app.command()
def check(
    name: Annotated[
        str | None, typer.Argument(help="Name of a component, see `pnn list`.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Which of those with that name; default: all.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(help="The device that a twin is checked on.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Check every component, as a table.")
    ] = False,
    quality: Annotated[
        bool, typer.Option("--quality", help="The name is a plugin's: say its level.")
    ] = False,
    as_json: AsJson = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table for a page.")
    ] = False,
) -> int:
    """Run the conformance checks of a component, or of all that are installed."""
    if every == (name is not None):
        raise typer.BadParameter("expects a name, or else --all", None, None, "check")
    from pnn_core.cli import check_table, checking
    from pnn_core.cli import quality as quality_table
    from pnn_core.cli.progress import progress
    from pnn_core.plugins import KINDS
    from pnn_core.testing.everything import examine_all
    from pnn_core.testing.examine import examine

    _one_of("--kind", kind, (None, *KINDS))
    text: Callable[[Any], str]
    with progress(f"checking {name or 'everything'}") as tick:
        if name is None:
            found: Any = examine_all(tick)
            conform = all(row["conforms"] for row in found)
            text = check_table.as_markdown if as_markdown else check_table.as_text
        elif quality:
            from pnn_core.testing.plugin_facts import learn
            from pnn_core.testing.quality import assess

            found, text = assess(learn(name, tick)), quality_table.as_text
            conform = found["level"] != "none"
        else:
            found = examine(name, tick, kind, on)  # type: ignore[arg-type]  # checked above
            text = checking.as_text
            conform = found["conforms"]
    typer.echo(json.dumps(found, indent=1) if as_json else text(found))
    return 0 if conform else 1


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="Name of a server, see `pnn list`.")],
    command: Annotated[
        list[str] | None,
        typer.Argument(help="What to run beside it, after --; else wait for Ctrl-C."),
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A setting, as key=value.")
    ] = None,
) -> int:
    """Start a virtual bench that drivers reach through a real protocol."""
    from pnn_core.cli.serving import parsed, serve

    return serve(name, parsed(setting or []), command or [])


@app.command()
def calibrate(path: ExperimentPath, run: Folder = None, as_json: AsJson = False) -> int:
    """Calibrate an experiment's twin, and leave it in a run folder."""
    from pnn_core.cli.progress import progress
    from pnn_core.experiment import Experiment
    from pnn_core.session import run_calibration

    experiment = Experiment.load(path)
    folder = run or _fresh(experiment.name)
    done = run_calibration(experiment, folder, progress=progress)
    record = done.read_json("calibration.json") if done.has("calibration.json") else {}
    _tell({"run": str(folder), **record}, as_json)
    return 0


@app.command()
def train(
    path: ExperimentPath,
    run: Folder = None,
    twin_from: Annotated[
        Path | None, typer.Option(help="Run folder whose calibrated twin to use.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Calibrate and train an experiment, and leave a run folder."""
    from pnn_core.cli.progress import epoch_line, progress
    from pnn_core.experiment import Experiment
    from pnn_core.session import run_training

    experiment = Experiment.load(path)
    folder = run or _fresh(experiment.name)
    typer.echo(f"{experiment.trainer.name} on {experiment.device.name}", err=True)
    done = run_training(
        experiment, folder, twin_from=twin_from, progress=progress, report=epoch_line
    )
    last = done.read_json("metrics.json")[-1]
    _tell({"run": str(folder), **last}, as_json)
    return 0


@app.command()
def evaluate(
    run: RunPath,
    on: Annotated[
        str | None,
        typer.Option(help="device, twin or identity; default: where it is meant for."),
    ] = None,
    split: Annotated[str, typer.Option(help="test or validation.")] = "test",
    as_json: AsJson = False,
) -> int:
    """Evaluate a trained network from its run folder alone."""
    _one_of("--on", on, (None, "device", "twin", "identity"))
    _one_of("--split", split, ("test", "validation"))
    from pnn_core.cli.progress import progress
    from pnn_core.run import Run
    from pnn_core.session import run_evaluation

    opened = Run.open(run)
    found = run_evaluation(opened, split=split, where=on, progress=progress)  # type: ignore[arg-type]  # checked above
    facts: dict[str, Any] = {"accuracy": found.accuracy, "loss": found.loss}
    facts["virtual bench"] = opened.manifest.get("virtual")
    _tell(facts, as_json)
    return 0


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(help="One or more run folders.")],
    out: Annotated[
        Path | None, typer.Option(help="The page; default report.html in the first.")
    ] = None,
) -> int:
    """Write one self-contained HTML page about one or more runs."""
    from pnn_core.cli.progress import progress
    from pnn_core.report import write_report
    from pnn_core.run import Run

    opened = [Run.open(folder) for folder in runs]
    with progress("drawing the report"):
        page = write_report(opened, out or runs[0] / "report.html")
    typer.echo(page)
    return 0


def _fresh(name: str) -> Path:
    """Return a run folder that does not exist yet."""
    stem = Path("runs") / f"{name}-{datetime.now():%Y%m%d-%H%M%S}"
    number = 1
    while (folder := Path(f"{stem}-{number}" if number > 1 else stem)).exists():
        number += 1
    return folder


def _one_of(option: str, value: str | None, allowed: tuple[str | None, ...]) -> None:
    if value not in allowed:
        names = ", ".join(name for name in allowed if name)
        raise typer.BadParameter(
            f"expects one of {names}, got {value!r}", None, None, option
        )


def _tell(facts: dict[str, Any], as_json: bool) -> None:
    """Print facts, one a line, or as JSON."""
    if as_json:
        typer.echo(json.dumps(facts))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        shown = f"{value:.4g}" if isinstance(value, float) else value
        typer.echo(f"{name:<{width}}  {shown}")
