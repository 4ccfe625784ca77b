"""The runs behind `optical_vowels` and `optical_mnist`: one specimen, one plan."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import pnn_optical
import pnn_tasks
import torch
from cached import cached, checksum
from harness import ROOT
from pnn_optical.bench import OpticsSettings
from torch import nn

import pnn_core as pnn
from pnn_core.evaluation import evaluate
from pnn_core.experiment import Experiment, Part
from pnn_core.layer import Where, forwarding
from pnn_core.run import versions

__all__ = ["EXAMPLES", "Plan", "figures", "imperfections"]

EXAMPLES = ROOT / "plugins" / "optical" / "examples"
CORE = ("calibration", "device", "drive", "encoder", "layer", "network", "pairs")
CORE += ("gradient", "readout", "trainer")
CODE = checksum(
    [
        Path(__file__),
        *(Path(pnn_optical.__path__[0]).glob("*.py")),
        *(Path(pnn_tasks.__path__[0]).glob("*.py")),
        *(Path(pnn.__path__[0], f"{module}.py") for module in CORE),
    ]
)


@dataclass(frozen=True)
class Plan:
    """A way to train, with a twin that is calibrated, or knows the drawing alone."""

    label: str
    trainer: str
    calibrated: bool = True


def figures(
    path: str, plan: Plan, design: Experiment, splits: pnn.Splits, seed: int
) -> dict[str, float]:
    """Return what a plan achieved on the test split, from the cache if it is there.

    Args:
        path: Folder and readable name in the cache.
        plan: How to train.
        design: Task, device, encoder, network and schedule.
        splits: Of the task. What they hold must follow from `design` and the code.
        seed: Of the bench's parts and noise, the weights at first, and the order.
    """
    experiment = variant(design, plan, seed).resolved()
    settings = {
        "experiment": experiment.model_dump(mode="json"),
        "plan": asdict(plan),
        "training_examples": len(splits.train),
        "versions": versions(),
        "code": CODE,
    }
    return cached(path, settings, lambda: _run(experiment, splits))


def variant(design: Experiment, plan: Plan, seed: int) -> Experiment:
    """Return the experiment that one plan means for one specimen."""
    assert design.calibration is not None
    fit = {"seed": seed} | ({} if plan.calibrated else {"examples": 500, "steps": 0})
    trainer = design.trainer.settings | {"seed": seed}
    return design.model_copy(
        update={
            "device": Part(
                **design.device.model_dump() | {"part_seed": seed, "seed": seed}
            ),
            "encoder": Part(**design.encoder.model_dump() | {"seed": seed}),
            "calibration": design.calibration.model_copy(update=fit),
            "trainer": Part(name=plan.trainer, **trainer),
        }
    )


def _run(experiment: Experiment, splits: pnn.Splits) -> dict[str, float]:
    assert experiment.calibration is not None
    torch.set_num_threads(1)
    start = perf_counter()
    with experiment.build_device() as bench:
        twin = experiment.build_twin(bench)
        fit = pnn.calibrate(twin, bench, **experiment.calibration.model_dump())
        network = experiment.build_network(bench, twin, len(splits.classes))
        experiment.build_trainer().fit(network, splits.train)
        seconds = perf_counter() - start
        if experiment.trainer.name == "identity":
            return {"device": _score(network, splits, "identity"), "seed_s": seconds}
        return {
            "gap": fit.gap,
            "device": _score(network, splits, "device"),
            "twin": _score(network, splits, "twin"),
            "seed_s": seconds,
        }


def _score(network: nn.Module, splits: pnn.Splits, where: Where) -> float:
    with forwarding(network, where):
        return evaluate(network, splits.test, classes=len(splits.classes)).accuracy


def imperfections() -> str:
    """Return what the bench has and its twin, as drawn, has not, in one line."""
    c = OpticsSettings()
    return (
        f"extinction {c.extinction:g}, pixels ± {c.pixel_spread:.0%}, shaper "
        f"{c.shaper_bits} bits, phase ± {c.phase_ripple_rad:g} rad, spectrum ± "
        f"{c.spectrum_ripple:.0%}, crystal {c.length_error:+.0%}, response ± "
        f"{c.response_spread:.0%}, laser {c.laser_noise:.1%}, "
        f"{c.read_noise_electrons:g} e of read noise, {c.adc_bits} bits"
    )
