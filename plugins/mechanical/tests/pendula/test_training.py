import numpy as np
import pytest
import torch
from pnn_mechanical.pendula.device import PendulaBench
from torch import nn

import pnn_core as pnn
from pnn_core.evaluation import evaluate

pytest.importorskip("mujoco")
pytest.importorskip("pnn_tasks")


def four_digits(split, count):
    rows = np.flatnonzero(split.labels < 4)[:count]
    images = torch.from_numpy(split.features[rows])
    pooled = nn.functional.adaptive_avg_pool2d(images, 4).numpy()
    return pnn.Split(pooled / pooled.max(), split.labels[rows])


@pytest.mark.usefixtures("one_thread")
def test_network_learns_digits_through_the_pendula():
    """0 to 3 at 4x4, by physics-aware training on a twin learned from measurements.

    Some seconds: MuJoCo takes most of a millisecond for each of 3,000 examples.
    """
    splits = pnn.get("task", "mnist-14x14")(train_limit=3000).load()
    train, held_out = four_digits(splits.train, 200), four_digits(splits.validation, 90)
    torch.manual_seed(0)
    with PendulaBench(torque_limit_n_m=0.04, stiffness_limit_n_per_m=10.0) as bench:
        twin = pnn.get("twin", "learned")(bench)
        calibration = pnn.calibrate(twin, bench, examples=600, steps=300)
        network = nn.Sequential(
            pnn.AffineEncoder(bench.inputs),
            pnn.PhysicalLayer(bench, twin),
            nn.Linear(bench.outputs.size, 4),
        )
        springs = network[1].params.detach()
        before = evaluate(network, held_out, classes=4).accuracy
        pnn.get("trainer", "pat")(epochs=8, batch_size=40, lr=0.1).fit(network, train)
        after = evaluate(network, held_out, classes=4).accuracy
    assert calibration.gap < 0.5
    assert before < 0.4
    assert after > 0.6
    assert (network[1].params.detach() - springs).abs().max() > 0.5  # N/m
