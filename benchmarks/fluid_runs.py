"""The runs behind `fluid_vowels`: networks on one specimen of the tank."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import pnn_fluid
import pnn_tasks
import torch
from cached import cached, checksum
from torch import nn

import pnn_core as pnn
from pnn_core.evaluation import evaluate
from pnn_core.experiment import Experiment, Part
from pnn_core.layer import Where, forwarding
from pnn_core.run import versions

__all__ = ["Plan", "figures"]

CORE = ("calibration", "device", "drive", "encoder", "layer", "learned_twin", "mixing")
CORE += ("gradient", "network", "pairs", "readout", "trainer")
CODE = checksum(
    [
        Path(__file__),
        *(Path(pnn_fluid.__path__[0]).glob("*.py")),
        *(Path(pnn_tasks.__path__[0]).glob("*.py")),
        *(Path(pnn.__path__[0], f"{module}.py") for module in CORE),
    ]
)


@dataclass(frozen=True)
class Plan:
    """A twin, how it is calibrated, and how networks are trained with it."""

    label: str
    twin: str = "fluid-tank-bench"
    calibration: dict[str, Any] = field(default_factory=dict)
    trainers: tuple[str, ...] = ("pat", "in-silico")


def figures(
    path: str, plan: Plan, design: Experiment, splits: pnn.Splits, seed: int
) -> dict[str, float]:
    """Return what a plan achieved on the test split, from the cache if it is there.

    Args:
        path: Folder and readable name in the cache.
        plan: Twin and trainers.
        design: Task, device, encoder, network and schedule.
        splits: Of the task. What they hold must follow from `design` and the code.
        seed: Of the bench's parts and noise, and of the order of the examples.
    """
    assert design.calibration is not None
    experiment = design.model_copy(
        update={
            "device": Part(
                **design.device.model_dump() | {"part_seed": seed, "seed": seed}
            ),
            "twin": Part(name=plan.twin),
            "calibration": design.calibration.model_copy(
                update=plan.calibration | {"seed": seed}
            ),
        }
    ).resolved()
    used = {name: versions()[name] for name in ("python", "numpy", "torch")}
    settings = {
        "experiment": experiment.model_dump(mode="json"),
        "trainers": plan.trainers,
        "seed": seed,
        "versions": used,
        "code": CODE,
    }
    return cached(path, settings, lambda: _run(experiment, plan, splits, seed))


def _run(
    experiment: Experiment, plan: Plan, splits: pnn.Splits, seed: int
) -> dict[str, float]:
    assert experiment.calibration is not None
    torch.set_num_threads(1)
    start, found = perf_counter(), {}
    with experiment.build_device() as bench:
        twin = experiment.build_twin(bench)
        found["gap"] = pnn.calibrate(
            twin, bench, **experiment.calibration.model_dump()
        ).gap
        for trainer in plan.trainers:
            network = experiment.build_network(bench, twin, len(splits.classes))
            settings = experiment.trainer.settings | {"seed": seed}
            pnn.get("trainer", trainer)(**settings).fit(network, splits.train)
            name = trainer.replace("-", "_")
            places: tuple[Where, ...] = ("device", "twin")
            for place in ("identity",) if trainer == "identity" else places:
                found[f"{name}_{place}"] = _score(network, splits, place)
    return found | {"seed_s": perf_counter() - start}


def _score(network: nn.Module, splits: pnn.Splits, where: Where) -> float:
    with forwarding(network, where):
        return evaluate(network, splits.test, classes=len(splits.classes)).accuracy
