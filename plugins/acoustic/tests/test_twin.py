import numpy as np
import pytest
import torch
from pnn_acoustic.bench import PlateBench
from pnn_acoustic.twin import PlateTwin

import pnn_core as pnn

NOTHING = torch.zeros(0)


def waveforms(batch):
    rng = np.random.default_rng(3)
    return torch.from_numpy(rng.uniform(-5, 5, (batch, 196)).astype(np.float32))


def test_twin_of_a_rig_built_as_drawn_is_exact_at_small_signals():
    ideal = PlateBench(
        detuning=0.0, damping_spread=0.0, gain_spread=0.0, offset_m=0.0, noise_v=0.0,
        adc_bits=24, dac_bits=24, substeps=8,
    )  # fmt: skip
    with ideal:
        gap = pnn.reality_gap(PlateTwin(ideal), ideal, waveforms(64) * 1e-2, NOTHING)
    assert gap < 1e-3  # what the 24 bits leave


def test_twin_knows_nothing_of_the_parts():
    one, other = (
        PlateTwin(PlateBench()),
        PlateTwin(PlateBench(part_seed=5, detuning=0.1)),
    )
    assert torch.equal(one(waveforms(2), NOTHING), other(waveforms(2), NOTHING))


def test_calibration_closes_most_of_the_gap():
    with PlateBench() as bench:
        twin = PlateTwin(bench)
        result = pnn.calibrate(twin, bench, examples=400, steps=300)
    assert result.gap_before > 0.4
    assert result.gap < 0.2


def test_twin_is_causal_up_to_the_recorders_delay():
    twin = PlateTwin(PlateBench(delay_samples=10))
    inputs = torch.zeros(1, 196, requires_grad=True)
    twin(inputs, NOTHING)[0, 30].backward()
    assert inputs.grad[0, 41:].abs().max() == 0
    assert inputs.grad[0, 40].abs() > 0
    assert pytest.approx(0) != float(inputs.grad[0, 0])


def test_kept_matrix_is_rebuilt_when_a_weight_changes():
    twin = PlateTwin(PlateBench()).requires_grad_(False)
    first = twin(waveforms(2), NOTHING)
    assert twin.matrix() is twin.matrix()
    twin.log_decay.data.add_(0.1)  # which torch's version counter does not see
    fresh = PlateTwin(PlateBench())
    fresh.load_state_dict(twin.state_dict())
    assert torch.equal(twin(waveforms(2), NOTHING), fresh(waveforms(2), NOTHING))
    assert not torch.equal(twin(waveforms(2), NOTHING), first)
    assert twin.double()(waveforms(2).double(), NOTHING).dtype == torch.float64


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_matrix_kept_while_measuring_the_gap_serves_training(mode):
    twin = PlateTwin(PlateBench())
    with mode():
        twin(waveforms(2), NOTHING)
    twin.requires_grad_(False)
    for _ in range(2):
        inputs = waveforms(2).requires_grad_()
        twin(inputs, NOTHING).sum().backward()
    assert inputs.grad.isfinite().all()
