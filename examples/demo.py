"""What physics-aware training is for: one network, trained five ways, in one table.

Three passes through a virtual loudspeaker, plate and microphone learn MNIST: by
physics-aware training (PAT) and in silico, each with a calibrated twin and with a
crude one that only knows the rig's drawing; and once with the physics left out. Every
network is then tested on all 10,000 test images. Leaves `runs/demo`.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from pnn_core.cli.progress import epoch_line, progress
from pnn_core.experiment import Experiment, Part
from pnn_core.report import write_report
from pnn_core.run import Run, machine, versions
from pnn_core.session import run_calibration, run_evaluation, run_training

FOLDER = Path("runs/demo")
EXPERIMENT = Path(__file__).with_name("acoustic-mnist.toml")
WAYS = (
    ("pat", "calibrated"),
    ("in-silico", "calibrated"),
    ("pat", "schematic"),
    ("in-silico", "schematic"),
    ("identity", "schematic"),
)
NONE = "-"
console = Console(highlight=False)


def main() -> None:
    """Calibrate, train five ways, print the table, write summary and report."""
    start = time.monotonic()
    set_aside(FOLDER)
    experiment = Experiment.load(EXPERIMENT)
    twins = {
        "calibrated": experiment,
        "schematic": with_calibration(experiment, examples=500, steps=0),
    }
    for twin, variant in twins.items():
        run_calibration(variant, FOLDER / f"twin-{twin}", progress=progress)
    runs = [train(experiment, trainer, twin) for trainer, twin in WAYS]
    page = write_report(runs, FOLDER / "report.html")
    summary = {
        "machine": machine(),
        "versions": versions(),
        "virtual_bench": True,
        "test_examples": 10000,
        "seconds": round(time.monotonic() - start, 1),
        "rows": [row(run, *way) for run, way in zip(runs, WAYS, strict=True)],
    }
    (FOLDER / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    console.print(table(summary))
    console.print(
        "gap: the twin's reality gap on random waveforms\n"
        "identity: digital baseline, the same network with its physics left out\n"
        "device usage: examples that the device ran in training, and for how long"
    )
    console.print(f"figures: {FOLDER / 'summary.json'}   pictures: {page}")


def with_calibration(experiment: Experiment, **settings: Any) -> Experiment:
    """Return the experiment with other calibration settings."""
    assert experiment.calibration is not None
    changed = experiment.calibration.model_copy(update=settings)
    return experiment.model_copy(update={"calibration": changed})


def train(experiment: Experiment, trainer: str, twin: str) -> Run:
    """Train one way, and evaluate on the test images."""
    console.print(f"\n[bold]{trainer}[/], {twin} twin")
    part = Part(name=trainer, **experiment.trainer.settings)
    run = run_training(
        experiment.model_copy(update={"trainer": part, "name": f"{trainer}-{twin}"}),
        FOLDER / f"{trainer}-{twin}",
        twin_from=FOLDER / f"twin-{twin}",
        progress=progress,
        report=epoch_line,
    )
    for place in ("identity",) if trainer == "identity" else ("device", "twin"):
        run_evaluation(run, where=place, progress=progress)
    return run


def row(run: Run, trainer: str, twin: str) -> dict[str, Any]:
    """Return the figures of one network."""
    found = run.read_json("evaluation.json")
    last = run.read_json("metrics.json")[-1]
    digital = trainer == "identity"
    return {
        "trainer": trainer,
        "twin": None if digital else twin,
        "reality_gap": None if digital else run.read_json("calibration.json")["gap"],
        "validation": last["validation"],
        **{
            f"accuracy_on_{place}": found.get(f"test_{place}", {}).get("accuracy")
            for place in ("device", "twin", "identity")
        },
        "training_s": last["seconds"],
        "usage": last["usage"],
    }


def table(summary: dict[str, Any]) -> Table:
    """Return the summary as a table."""
    shown = Table(
        title="MNIST on three passes through a plate (virtual bench):\n"
        "accuracy on all 10,000 test images, after training with",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    shown.add_column("")
    shown.add_column("twin")
    columns = ("gap", "on device", "on twin", "identity", "device usage")
    for column in columns:
        shown.add_column(column, justify="right")
    for r in summary["rows"]:
        places = [r[f"accuracy_on_{p}"] for p in ("device", "twin", "identity")]
        shown.add_row(
            r["trainer"],
            r["twin"] or NONE,
            *(percent(value) for value in (r["reality_gap"], *places)),
            f"{r['usage']['examples'] / 1000:.0f}k, {r['usage']['seconds']:.0f} s",
        )
    return shown


def percent(value: float | None) -> str:
    """Return a fraction in percent."""
    return NONE if value is None else f"{100 * value:.1f} %"


def set_aside(folder: Path) -> None:
    """Rename what an earlier demo left, so that nothing is lost."""
    if folder.exists():
        made = datetime.fromtimestamp(folder.stat().st_mtime)
        folder.rename(folder.with_name(f"{folder.name}-{made:%Y%m%d-%H%M%S}"))


if __name__ == "__main__":
    main()
