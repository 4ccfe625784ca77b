"""The runs behind `acoustic_mnist`: networks on one specimen of the virtual plate."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import pnn_acoustic
import pnn_tasks
from cached import cached, checksum
from ideal_plate import IdealPlate
from pnn_acoustic.bench import PlateBench
from pnn_acoustic.twin import PlateTwin
from torch import nn

import pnn_core as pnn
from pnn_core.evaluation import evaluate
from pnn_core.layer import Where, forwarding
from pnn_core.network import physical_network
from pnn_core.run import versions
from pnn_core.task import Splits

HERE = Path(__file__).parent
CODE = checksum(
    [
        *(HERE / "plate_runs.py", HERE / "ideal_plate.py"),
        *(
            file
            for package in (pnn, pnn_acoustic, pnn_tasks)
            for file in Path(package.__path__[0]).rglob("*.py")
        ),
    ]
)

Figures = dict[str, float]


@dataclass(frozen=True)
class Design:
    """What the experimenter chose: recorder, depth and schedule."""

    delay_samples: int
    layers: int
    epochs: int
    lr: float
    encoder_gain: float = 0.3
    skip_gain: float = 1.0


@dataclass(frozen=True)
class Plan:
    """A twin and how it is calibrated; "ideal" and "identity" are the bounds."""

    label: str
    twin: str
    calibration: dict[str, Any] = field(default_factory=dict)


class Specimen:
    """One specimen of the rig, by its seed, and the networks trained on it."""

    def __init__(self, design: Design, seed: int, splits: Splits) -> None:
        self.design, self.seed, self.splits = design, seed, splits

    def figures(self, name: str, plan: Plan) -> Figures:
        """Return what one plan achieved, from the cache if it is there."""
        settings = {
            "design": asdict(self.design),
            "seed": self.seed,
            "plan": asdict(plan),
            "versions": versions(),
            "code": CODE,
        }
        path = f"acoustic_mnist/{name}-seed{self.seed}"
        return cached(path, settings, lambda: self._run(plan))

    def _run(self, plan: Plan) -> Figures:
        bench = PlateBench(
            part_seed=self.seed,
            seed=self.seed,
            delay_samples=self.design.delay_samples,
        )
        with bench:
            if plan.twin == "identity":
                network = self._trained("identity", bench, PlateTwin(bench))
                return {"device": self._accuracy(network, "identity")}
            if plan.twin == "ideal":
                twin: pnn.Twin = IdealPlate(bench)
                gap = pnn.calibrate(twin, bench, examples=500, steps=0).gap
                network = self._trained("pat", bench, twin)
                return {"gap": gap, "device": self._accuracy(network, "device")}
            return self._compared(plan, bench)

    def _compared(self, plan: Plan, bench: PlateBench) -> Figures:
        """Return gap, and accuracies after physics-aware and in-silico training."""
        start, twin = perf_counter(), PlateTwin(bench)
        record = pnn.calibrate(twin, bench, seed=self.seed, **plan.calibration)
        network = self._trained("pat", bench, twin)
        found = {"gap": record.gap, "pat_seed_s": perf_counter() - start}
        found["pat_device"] = self._accuracy(network, "device")
        found["pat_twin"] = self._accuracy(network, "twin")
        network = self._trained("in-silico", bench, twin)
        found["in_silico_device"] = self._accuracy(network, "device")
        found["in_silico_twin"] = self._accuracy(network, "twin")
        return found

    def _trained(self, trainer: str, bench: PlateBench, twin: pnn.Twin) -> nn.Module:
        network = physical_network(
            bench,
            twin,
            layers=self.design.layers,
            classes=len(self.splits.classes),
            encoder=partial(pnn.AffineEncoder, gain=self.design.encoder_gain),
            skip_gain=self.design.skip_gain,
        )
        settings = {"epochs": self.design.epochs, "lr": self.design.lr}
        pnn.get("trainer", trainer)(**settings, seed=self.seed).fit(
            network, self.splits.train
        )
        return network

    def _accuracy(self, network: nn.Module, where: Where) -> float:
        """Return the accuracy on the test images."""
        with forwarding(network, where):
            found = evaluate(
                network, self.splits.test, classes=len(self.splits.classes)
            )
        return found.accuracy
