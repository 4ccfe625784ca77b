"""What a trainer must do, on a network of one pass through the toy device."""

from __future__ import annotations

import torch
from torch import nn

from pnn_core.evaluation import evaluate
from pnn_core.layer import PhysicalLayer, Where, forwarding
from pnn_core.network import physical_network
from pnn_core.task import Splits
from pnn_core.testing.exempt import Exempt
from pnn_core.testing.toy import ToyDevice, ToyTask
from pnn_core.testing.toy_twin import ToyTwin
from pnn_core.trainer import Epoch, Trainer

__all__ = ["TRAINER_CHECKS"]


def lowers_the_loss(cls: type[Trainer]) -> None:
    """The loss on the training examples is lower after training than before."""
    with ToyDevice() as device:
        network, splits = _network(device), _splits()
        with forwarding(network, cls.forward_on):
            before = _loss(network, splits)
        _fit(cls, network)
        device.open()  # if it was closed, that is another check's
        with forwarding(network, cls.forward_on):
            after = _loss(network, splits)
    assert after < before, (
        f"{cls.name} took the loss on {cls.forward_on} from {before:.3f} to "
        f"{after:.3f} nats, need less"
    )


def spends_no_more_than_it_says(cls: type[Trainer]) -> None:
    """The device runs no more examples than `most_examples` says."""
    with ToyDevice() as device:
        network, splits = _network(device), _splits()
        declared = cls().most_examples(len(splits.train), len(splits.validation))
        if declared is None:
            raise Exempt("It does not say how many examples it runs: `most_examples`.")
        _fit(cls, network)
        spent = device.usage.examples
    assert spent <= declared, (
        f"{cls.name} says that it runs {declared} examples at most, and ran {spent}"
    )


def leaves_the_device_as_it_was(cls: type[Trainer]) -> None:
    """An open device is open afterwards; one that is not needed stays closed."""
    with ToyDevice() as device:
        _fit(cls, _network(device))
        assert device.is_open, f"{cls.name} closed the device"
    if cls.forward_on != "device":
        _fit(cls, _network(device))
        assert not device.is_open, f"{cls.name} opened the device, and left it open"


def changes_nothing_but_weights(cls: type[Trainer]) -> None:
    """The twin, and where layers run, are afterwards what they were."""
    with ToyDevice() as device:
        network = _network(device)
        (layer,) = (m for m in network.modules() if isinstance(m, PhysicalLayer))
        before = {name: t.clone() for name, t in layer.twin.state_dict().items()}
        places: tuple[Where, ...] = ("device", "twin")
        for where in places:
            layer.forward_on = where
            device.open()
            _fit(cls, network)
            assert layer.forward_on == where, (
                f"{cls.name} leaves the layer running on {layer.forward_on}, not "
                f"{where}"
            )
        for name, tensor in layer.twin.state_dict().items():
            assert torch.equal(tensor, before[name]), (
                f"{cls.name} trained {name} of the twin: calibration's business"
            )


def repeats_from_its_seed(cls: type[Trainer]) -> None:
    """Two trainings give the same weights, whatever was drawn at random before."""
    trained = []
    for seed in (1, 2):
        with ToyDevice() as device, torch.random.fork_rng():
            network = _network(device)
            torch.manual_seed(seed)
            _fit(cls, network)
            trained.append(network.state_dict())
    for name, tensor in trained[0].items():
        assert torch.equal(tensor, trained[1][name]), (
            f"{cls.name} trains {name} otherwise the second time: draw from a "
            f"generator of its own"
        )


def tells_every_epoch(cls: type[Trainer]) -> None:
    """Epochs are numbered from 1, told as they end, and returned."""
    told: list[Epoch] = []
    with ToyDevice() as device:
        network, splits = _network(device), _splits()
        history = cls().fit(network, splits.train, report=told.append)
    assert history, f"{cls.name} returned no epoch"
    numbers = [epoch.number for epoch in history]
    assert numbers == list(range(1, len(history) + 1)), (
        f"{cls.name} numbers its epochs {numbers}"
    )
    assert told == history, f"{cls.name} told {len(told)} of {len(history)} epochs"


def _network(device: ToyDevice) -> nn.Sequential:
    return physical_network(device, ToyTwin(device), layers=1, classes=2)


def _splits() -> Splits:
    return ToyTask(examples=120).load()


def _fit(cls: type[Trainer], network: nn.Module) -> None:
    splits = _splits()
    cls().fit(network, splits.train, splits.validation)


def _loss(network: nn.Module, splits: Splits) -> float:
    return evaluate(network, splits.train, classes=len(splits.classes)).loss


TRAINER_CHECKS = (
    lowers_the_loss,
    spends_no_more_than_it_says,
    leaves_the_device_as_it_was,
    changes_nothing_but_weights,
    repeats_from_its_seed,
    tells_every_epoch,
)
