"""The runs behind `mechanical_mnist` and `mechanical_fashion`.

Batches of 32 and the number of passes are the published tutorial's. Adam's rate falls
to zero along half a cosine. Where it starts and how far images move was chosen without
the test images; in the end every run trains on the validation images too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import pnn_mechanical
import pnn_tasks
import torch
from cached import cached, checksum
from oscillator_networks import LIMIT, fill
from torch import Tensor, nn

import pnn_core as pnn
from pnn_core.evaluation import batch, evaluate
from pnn_core.layer import Where, forwarding
from pnn_core.run import versions
from pnn_core.task import Split, Splits
from pnn_core.trainer import devices

__all__ = ["Plan", "Study", "whole_training_set"]

HERE = Path(__file__).parent
CORE = ("device", "encoder", "evaluation", "layer", "signals", "task", "twin")
CODE = checksum(
    [
        *(HERE / "oscillator_runs.py", HERE / "oscillator_networks.py"),
        *Path(pnn_mechanical.__path__[0], "oscillators").glob("*.py"),
        *Path(pnn_tasks.__path__[0]).glob("*.py"),
        *(Path(pnn.__path__[0], f"{name}.py") for name in CORE),
    ]
)
BATCH = 32

Figures = dict[str, float]


@dataclass(frozen=True)
class Plan:
    """How to train, and where the forward pass runs meanwhile."""

    label: str
    where: Where
    epochs: int
    lr: float
    """Of couplings, at first; relative to gravity's pull."""
    moved: float = 0.0
    """How far images are turned, shifted and scaled at random, see `moved`."""


@dataclass(frozen=True)
class Study:
    """One network on one task."""

    name: str
    build: Callable[..., nn.Module]
    splits: Splits

    def figures(self, plan: Plan, seed: int) -> Figures:
        """Return what a plan achieved on the test set, from the cache if it is there.

        "device_n" and "twin_n" are accuracies after n epochs.
        """
        settings = {
            "network": self.build.__name__,
            "plan": asdict(plan),
            "seed": seed,
            "versions": versions(),
            "code": CODE,
        }
        path = f"{self.name}/{plan.where}-seed{seed}"
        return cached(path, settings, lambda: self.run(plan, seed))

    def run(self, plan: Plan, seed: int) -> Figures:
        """Train, and test after every epoch that tells something."""
        start = perf_counter()
        network = self.build(seed=seed)
        draw(network, torch.Generator().manual_seed(seed))
        for device in devices(network):
            device.open()
        found: Figures = {}
        rng = np.random.default_rng(seed)
        optimizer = torch.optim.Adam(groups(network, plan.lr), fused=True)
        steps = plan.epochs * (len(self.splits.train) // BATCH)
        falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        for epoch in range(1, plan.epochs + 1):
            with forwarding(network, plan.where):
                loss = one_epoch(
                    network, self.splits.train, optimizer, rng, plan.moved, falling
                )
            print(f"{self.name}, {plan.label}: {epoch}, loss {loss:.3f}", flush=True)
            if epoch in {1, 2, plan.epochs}:
                for where in ("device", "twin"):
                    with forwarding(network, where):
                        score = evaluate(network, self.splits.test, classes=10)
                    found[f"{where}_{epoch}"] = score.accuracy
        for device in devices(network):
            device.close()
        return found | {"seed_s": perf_counter() - start}


def whole_training_set(splits: Splits) -> Splits:
    """Return splits that train on the validation examples too."""
    parts = splits.train, splits.validation
    features = np.concatenate([p.features for p in parts])
    labels = np.concatenate([p.labels for p in parts])
    return Splits(
        Split(features, labels), splits.validation, splits.test, splits.classes
    )


def draw(network: nn.Module, rng: torch.Generator) -> None:
    """Draw couplings of 1 / sqrt(oscillators); drives start at zero."""
    for layer in network.modules():
        if isinstance(layer, pnn.PhysicalLayer):
            shape = layer.theta.shape
            params = torch.randn(shape, generator=rng) / shape[1] ** 0.5
            params[-1] = 0
            fill(layer, params)


def groups(network: nn.Module, lr: float) -> list[dict[str, object]]:
    """Return the trained parameters; `lr` is that of couplings, not of theta."""
    theta = [m.theta for m in network.modules() if isinstance(m, pnn.PhysicalLayer)]
    known = {id(p) for p in theta}
    rest = [p for p in network.parameters() if p.requires_grad and id(p) not in known]
    return [{"params": theta, "lr": lr / LIMIT}, {"params": rest, "lr": lr}]


def one_epoch(
    network: nn.Module,
    train: Split,
    optimizer: torch.optim.Optimizer,
    rng: np.random.Generator,
    move: float = 0.0,
    schedule: torch.optim.lr_scheduler.LRScheduler | None = None,
) -> float:
    """Train once on every example, and return the mean loss."""
    order = rng.permutation(len(train))[: len(train) // BATCH * BATCH]
    total = 0.0
    for rows in order.reshape(-1, BATCH):
        images, labels = batch(train, rows)
        optimizer.zero_grad()
        logits = network(moved(images, move, rng) if move else images)
        loss = nn.functional.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        if schedule:
            schedule.step()
        total += loss.item()
    return total * BATCH / len(order)


def moved(images: Tensor, far: float, rng: np.random.Generator) -> Tensor:
    """Return images turned by up to 10 degrees, shifted by 7 %, and scaled by 10 %.

    Args:
        images: Shape [batch, 28, 28].
        far: What all three are multiplied by.
        rng: Draws them.
    """
    count = len(images)
    turn, scale, *shift = far * rng.uniform(-1, 1, (4, count))
    turn, scale = np.deg2rad(10) * turn, 1 + 0.1 * scale
    cosine, sine = np.cos(turn) / scale, np.sin(turn) / scale
    across = np.stack([cosine, -sine, 0.14 * shift[0]], axis=1)
    down = np.stack([sine, cosine, 0.14 * shift[1]], axis=1)
    maps = torch.from_numpy(np.stack([across, down], axis=1).astype(np.float32))
    grid = nn.functional.affine_grid(maps, [count, 1, 28, 28], align_corners=False)
    turned = nn.functional.grid_sample(images[:, None], grid, align_corners=False)
    return turned[:, 0]
