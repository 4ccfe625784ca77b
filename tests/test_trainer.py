"""Trainers: what a training may be like."""

import pytest

import pnn_core as pnn
from pnn_core.network import physical_network
from pnn_core.testing import ToyDevice, ToyTask, ToyTwin


@pytest.mark.parametrize("steps", range(1, 8))
def test_a_training_may_be_as_short_as_one_likes(steps):
    with ToyDevice() as device:
        network = physical_network(device, ToyTwin(device), layers=1, classes=2)
        train = ToyTask().load().train
        trainer = pnn.get("trainer", "in-silico")(epochs=steps, batch_size=len(train))
        assert len(trainer.fit(network, train)) == steps
