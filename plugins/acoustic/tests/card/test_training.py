"""Networks that train at the virtual plate behind a sound server that runs free."""

from functools import partial

import pytest
from pnn_acoustic.bench import PlateBench
from pnn_acoustic.card.device import PlateDevice
from pnn_acoustic.twin import PlateTwin

import pnn_core as pnn
from pnn_core.evaluation import evaluate
from pnn_core.layer import measuring_on
from pnn_core.network import physical_network

BAR = 0.3
"""Three times what guessing gives; 300 test images know it to 0.03."""


def test_it_trains_through_the_server_and_scores_the_same_in_process(
    sound_bench, one_thread
):
    """Slow, some ten seconds: 3,400 waveforms are played, twenty at a time."""
    pytest.importorskip("pnn_tasks")
    images = pnn.get("task", "mnist-14x14")(train_limit=300, test_limit=300).load()
    # training may drive the recorder to its limits, where the bench clips as well
    with PlateDevice(clipped_share=1.0) as plate, PlateBench() as bench:
        twin = PlateTwin(plate)
        pnn.calibrate(twin, plate, examples=100, steps=100)
        encoder = partial(pnn.AffineEncoder, gain=0.3)
        network = physical_network(
            plate, twin, layers=2, classes=10, encoder=encoder, skip_gain=1.0
        )
        trainer = pnn.get("trainer", "pat")(epochs=4, batch_size=20, lr=0.1)
        trainer.fit(network, images.train)
        score = evaluate(network, images.test, classes=10).accuracy
        with measuring_on(network, bench):
            in_process = evaluate(network, images.test, classes=10).accuracy
    assert score > BAR
    assert in_process == pytest.approx(score, abs=0.03)
