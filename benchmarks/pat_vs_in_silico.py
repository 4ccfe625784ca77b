"""Physics-aware against in-silico training, over twins, on three specimens of a rig.

The demo's network and settings (`examples/acoustic-mnist.toml`), which were chosen on
validation images; each seed draws other parts of the virtual bench, other noise and
another order of the examples. Every network meets the 10,000 test images once on each
place. The digital baseline is the same network with its physics left out.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from harness import over_seeds, percent, record

from pnn_core.cli.progress import console, progress
from pnn_core.experiment import Experiment, Part
from pnn_core.session import run_calibration, run_evaluation, run_training

EXPERIMENT = Path(__file__).parents[1] / "examples" / "acoustic-mnist.toml"
SEEDS = (0, 1, 2)
PLATE = "acoustic-plate-bench"
TWINS: dict[str, tuple[str, dict[str, Any]]] = {
    "calibrated": (PLATE, {}),
    "learned": ("learned", {"batch_size": 128, "steps": 1500}),
    "schematic": (PLATE, {"examples": 500, "steps": 0}),
}
LABELS = {
    "calibrated": "plate twin, 10,000 records",
    "learned": "learned twin, 10,000 records",
    "schematic": "plate twin, drawing alone",
}


def variant(base: Experiment, seed: int, twin: str, trainer: str) -> Experiment:
    """Return the experiment for one seed, twin and trainer."""
    name, settings = TWINS[twin]
    assert base.calibration is not None
    return base.model_copy(
        update={
            "device": Part(name=PLATE, part_seed=seed, seed=seed),
            "twin": Part(name=name),
            "calibration": base.calibration.model_copy(
                update={"seed": seed, **settings}
            ),
            "trainer": Part(name=trainer, **base.trainer.settings, seed=seed),
        }
    )


def measured(base: Experiment, seed: int, folder: Path) -> dict[str, float]:
    """Return every figure of one seed."""
    found = {}
    for twin in TWINS:
        console.print(f"seed {seed}, {LABELS[twin]}")
        source = run_calibration(
            variant(base, seed, twin, "pat"), folder / twin, progress=progress
        )
        found[f"{twin}_gap"] = source.read_json("calibration.json")["gap"]
        for trainer in ("pat", "in-silico"):
            run = run_training(
                variant(base, seed, twin, trainer),
                folder / f"{trainer}-{twin}",
                twin_from=source.folder,
            )
            key = f"{twin}_{trainer.replace('-', '_')}"
            found[f"{key}_device"] = run_evaluation(run).accuracy
            found[f"{key}_twin"] = run_evaluation(run, where="twin").accuracy
    run = run_training(
        variant(base, seed, "schematic", "identity"),
        folder / "identity",
        twin_from=folder / "schematic",
    )
    return found | {"identity": run_evaluation(run).accuracy}


def main() -> None:
    """Train everything, print one table, write the result."""
    base = Experiment.load(EXPERIMENT)
    with tempfile.TemporaryDirectory() as folder:
        runs = [measured(base, seed, Path(folder) / str(seed)) for seed in SEEDS]
    figures = over_seeds(runs, SEEDS)
    for name in ("pat_device", "in_silico_device", "in_silico_twin"):
        figures[name] = figures[f"calibrated_{name}"]

    shown = partial(percent, figures)
    rows = [
        [LABELS[twin], *(shown(f"{twin}_{column}") for column in COLUMNS)]
        for twin in TWINS
    ]
    rows.append([f"no physics (identity): {shown('identity')}", "", "", "", ""])
    columns = ["virtual bench, MNIST", "gap", "PAT, on device"]
    columns += ["in silico, on device", "in silico, on its twin"]
    record("pat_vs_in_silico", columns, rows, figures)


COLUMNS = ("gap", "pat_device", "in_silico_device", "in_silico_twin")

if __name__ == "__main__":
    main()
