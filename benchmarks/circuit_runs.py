"""The runs behind `electronic_mnist`: networks on one specimen of the circuit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import pnn_electronic
import pnn_tasks
from cached import cached, checksum
from ideal_circuit import ideal_twin
from pnn_electronic.bench import CircuitBench
from pnn_electronic.spice.device import CircuitSpice
from pnn_electronic.twin import CircuitTwin
from torch import nn

import pnn_core as pnn
from pnn_core.evaluation import evaluate
from pnn_core.layer import Where, forwarding, measuring_on
from pnn_core.network import physical_network
from pnn_core.run import versions
from pnn_core.task import Split, Splits

HERE = Path(__file__).parent
CODE = checksum(
    [
        *(HERE / "circuit_runs.py", HERE / "ideal_circuit.py"),
        *(Path(pnn_electronic.__path__[0]).glob("*.py")),
        *(Path(pnn_electronic.__path__[0], "spice").glob("*.py")),
        *(Path(pnn_tasks.__path__[0]).glob("*.py")),
        *(Path(pnn.__path__[0]).glob("*.py")),
    ]
)

Figures = dict[str, float]


@dataclass(frozen=True)
class Design:
    """What the experimenter chose: depth, start and schedule."""

    layers: int = 12
    encoder_gain: float = 0.3
    skip_gain: float = 1.0
    lr: float = 0.06


@dataclass(frozen=True)
class Plan:
    """A way to train, with a twin that is "calibrated", "drawn" or "ideal"."""

    label: str
    twin: str
    trainer: str
    epochs: int
    spice_examples: int = 0


class Specimen:
    """One specimen of the circuit, by its seed, and the networks trained on it."""

    def __init__(self, design: Design, seed: int, splits: Splits) -> None:
        self.design, self.seed, self.splits = design, seed, splits

    def figures(self, plan: Plan) -> Figures:
        """Return what one plan achieved, from the cache if it is there."""
        settings = {
            "design": asdict(self.design),
            "seed": self.seed,
            "plan": asdict(plan),
            "versions": versions(),
            "code": CODE,
        }
        path = f"electronic_mnist/{plan.twin}-{plan.trainer}-seed{self.seed}"
        return cached(path, settings, lambda: self._run(plan))

    def _run(self, plan: Plan) -> Figures:
        start = perf_counter()
        with CircuitBench(part_seed=self.seed, seed=self.seed) as bench:
            twin, gap = self._twin(plan.twin, bench)
            network = self._trained(plan, bench, twin)
            found = {"seed_s": perf_counter() - start}
            if plan.trainer == "identity":
                return found | {"device": self._accuracy(network, "identity")}
            found["gap"] = gap
            found["device"] = self._accuracy(network, "device")
            found["twin"] = self._accuracy(network, "twin")
            if plan.spice_examples:
                found |= self._on_ngspice(network, plan.spice_examples)
        return found

    def _twin(self, how: str, bench: CircuitBench) -> tuple[CircuitTwin, float]:
        """Return a twin, and its gap on random waveforms."""
        twin = ideal_twin(bench) if how == "ideal" else CircuitTwin(bench)
        steps = 1000 if how == "calibrated" else 0
        settings: dict[str, Any] = {"steps": steps, "lr": 0.02, "seed": self.seed}
        return twin, pnn.calibrate(twin, bench, examples=4000, **settings).gap

    def _trained(self, plan: Plan, bench: CircuitBench, twin: CircuitTwin) -> nn.Module:
        classes = len(self.splits.classes)
        network = physical_network(
            bench,
            twin,
            layers=self.design.layers,
            classes=classes,
            encoder=partial(pnn.AffineEncoder, gain=self.design.encoder_gain),
            skip_gain=self.design.skip_gain,
        )
        settings = {"epochs": plan.epochs, "lr": self.design.lr, "seed": self.seed}
        pnn.get("trainer", plan.trainer)(**settings).fit(network, self.splits.train)
        return network

    def _accuracy(self, network: nn.Module, where: Where) -> float:
        """Return the accuracy on the test images."""
        with forwarding(network, where):
            return _score(network, self.splits.test)

    def _on_ngspice(self, network: nn.Module, examples: int) -> Figures:
        """Return accuracies on the first test images, on the bench and on ngspice."""
        test = self.splits.test
        some = Split(test.features[:examples], test.labels[:examples])
        found = {"same_on_bench": _score(network, some)}
        spice = CircuitSpice(part_seed=self.seed, seed=self.seed)
        with spice, measuring_on(network, spice):
            return found | {"spice": _score(network, some)}


def _score(network: nn.Module, split: Split) -> float:
    return evaluate(network, split, classes=10).accuracy
