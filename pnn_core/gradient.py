"""Trainers that follow gradients: with the physics, in silico, and with neither."""

from __future__ import annotations

from math import isfinite
from time import perf_counter

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from pnn_core import config
from pnn_core.encoder import Encoder
from pnn_core.errors import SignalError
from pnn_core.evaluation import Tick, batch, evaluate
from pnn_core.layer import forwarding
from pnn_core.network import set_levels
from pnn_core.task import Split
from pnn_core.trainer import Epoch, Report, Trainer, usage


class GradientTrainer(Trainer):
    """Adam on the cross-entropy, with a one-cycle learning rate.

    The rate rises to `lr` and falls to nothing over the whole training (Smith and
    Topin, "Super-convergence", arXiv 1708.07120, 2018). Gradients are shortened where
    they are large: where the device saturates, a twin's slope can be far too steep.
    """

    class Config(config.Config):
        """Settings of the gradient-based trainers."""

        epochs: int = Field(10, ge=1, description="Passes over the training data.")
        batch_size: int = Field(256, ge=1, description="Examples per update.")
        lr: float = Field(0.03, gt=0, description="Largest learning rate.")
        range_penalty: float = Field(
            2.0, ge=0, description="Weight of the encoders' overdrive in the loss."
        )
        largest_gradient: float = Field(
            1.0, gt=0, description="Norm to which larger gradients are shortened."
        )
        seed: int = Field(0, ge=0, description="Seed of the order of the examples.")

    config: Config

    def fit(
        self,
        network: nn.Module,
        train: Split,
        validation: Split | None = None,
        *,
        report: Report | None = None,
        tick: Tick | None = None,
    ) -> list[Epoch]:
        """Train with the forward pass on `forward_on`; see `Trainer.fit`."""
        with forwarding(network, self.forward_on):
            return self._fit(network, train, validation, report, tick)

    def most_examples(self, train: int, validation: int = 0) -> int:
        """Return those of the epochs, and of the batch that sets the levels."""
        if self.forward_on != "device":
            return 0
        size = min(self.config.batch_size, train)
        return size + self.config.epochs * (train // size * size + validation)

    def _fit(
        self,
        network: nn.Module,
        train: Split,
        validation: Split | None,
        report: Report | None,
        tick: Tick | None,
    ) -> list[Epoch]:
        settings, spent, start = self.config, usage(network), perf_counter()
        order = np.random.default_rng(settings.seed)
        size = min(settings.batch_size, len(train))
        per_epoch = len(train) // size
        steps = settings.epochs * per_epoch
        network.train()
        set_levels(network, batch(train, order.permutation(len(train))[:size])[0])
        optimizer = torch.optim.Adam(
            [p for p in network.parameters() if p.requires_grad and p.numel()],
            lr=settings.lr,
            betas=(0.9, 0.99),
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer,
            settings.lr,
            total_steps=steps + 1,
            pct_start=0.2 if steps != 4 else 0.25,  # torch divides by 5 * 0.2 - 1
            cycle_momentum=False,
        )
        history: list[Epoch] = []
        for number in range(1, settings.epochs + 1):
            shuffled = order.permutation(len(train))[: per_epoch * size]
            losses, hits = 0.0, 0
            for step, rows in enumerate(shuffled.reshape(per_epoch, size), 1):
                features, labels = batch(train, rows)
                loss, logits = self.step(network, optimizer, features, labels)
                schedule.step()
                losses += loss
                hits += int((logits.argmax(1) == labels).sum())
                if tick:
                    tick((number - 1) * per_epoch + step, steps)
            score = None
            if validation is not None:
                score = evaluate(network, validation, classes=logits.shape[1]).accuracy
            history.append(
                Epoch(
                    number,
                    losses / per_epoch,
                    hits / (per_epoch * size),
                    score,
                    perf_counter() - start,
                    usage(network) - spent,
                )
            )
            if report:
                report(history[-1])
        return history

    def step(
        self,
        network: nn.Module,
        optimizer: torch.optim.Optimizer,
        features: Tensor,
        labels: Tensor,
    ) -> tuple[float, Tensor]:
        """Update the parameters once, and return the loss and the logits before it.

        Raises:
            SignalError: If the loss is not finite.
        """
        optimizer.zero_grad()
        logits = network(features)
        loss = nn.functional.cross_entropy(logits, labels)
        value = loss.item()
        if not isfinite(value):
            raise SignalError(
                f"Trainer {self.name!r} expects a finite loss, got {value}.\n"
                f"  Lower its lr; the last epoch's parameters are unharmed."
            )
        total = loss + self.config.range_penalty * _overdrive(network)
        torch.autograd.backward(total)
        nn.utils.clip_grad_norm_(network.parameters(), self.config.largest_gradient)
        optimizer.step()
        return value, logits.detach()


class PATTrainer(GradientTrainer):
    """Physics-aware training: forward on the device, backward through the twin."""

    name = "pat"


class InSilicoTrainer(GradientTrainer):
    """Train entirely on the twin; the device is only met at inference."""

    name = "in-silico"
    forward_on = "twin"


class IdentityTrainer(GradientTrainer):
    """Digital baseline: the same network with its physics replaced by the identity."""

    name = "identity"
    forward_on = "identity"


def _overdrive(network: nn.Module) -> Tensor:
    """Return the sum of the encoders' penalties for leaving their range."""
    found = [m.overdrive for m in network.modules() if isinstance(m, Encoder)]
    return torch.stack([p for p in found if p is not None] or [torch.zeros(())]).sum()
