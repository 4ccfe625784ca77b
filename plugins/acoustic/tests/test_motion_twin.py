import numpy as np
import pytest
import torch
from pnn_acoustic.bench import PlateBench
from pnn_acoustic.motion_twin import Motion, MotionTwin
from torch.func import functional_call

import pnn_core as pnn
from pnn_core.testing.twin_checks import TWIN_CHECKS

NOTHING = torch.zeros(0)
AS_DRAWN = {
    "detuning": 0.0, "damping_spread": 0.0, "gain_spread": 0.0, "noise_v": 0.0,
    "bl_limit_m": 1.0, "k_limit_m": 1.0, "offset_m": 0.0,
    "dac_bits": 24, "adc_bits": 24,
}  # fmt: skip


def waveforms(batch, samples=196, dtype=np.float32):
    rng = np.random.default_rng(3)
    return torch.from_numpy(rng.uniform(-5, 5, (batch, samples)).astype(dtype))


def heard(bench, volts):
    """Return what the twin's equations make of the parts that were really built."""
    settings = bench.config
    step_s = 1 / (settings.sample_rate_hz * settings.substeps)
    parts = (torch.from_numpy(part) for part in bench.parts)
    return Motion.apply(
        volts, *parts, step_s, settings.substeps, settings.delay_samples
    )


def test_equations_with_the_true_parts_hear_what_the_bench_hears():
    volts = waveforms(17, dtype=np.float64)
    with PlateBench() as bench:
        measured = bench.heard_v(volts.numpy())
        assert heard(bench, volts).numpy() == pytest.approx(measured, abs=1e-12)


def test_gradient_is_that_of_the_bench():
    """Along random directions, by central differences through the bench itself."""
    volts, rng = waveforms(17, dtype=np.float64), np.random.default_rng(0)
    weights, way = rng.standard_normal((2, *volts.shape))
    with PlateBench() as bench:
        volts.requires_grad_()
        (heard(bench, volts) * torch.from_numpy(weights)).sum().backward()
        ahead, behind = (
            (bench.heard_v(volts.detach().numpy() + h * way) * weights).sum()
            for h in (1e-4, -1e-4)
        )
    slope = float((volts.grad.numpy() * way).sum())
    assert slope == pytest.approx((ahead - behind) / 2e-4, rel=1e-7)


def test_gradients_of_every_part_agree_with_finite_differences():
    bench = PlateBench(samples=6, delay_samples=2)
    twin = MotionTwin(bench, modes=2, substeps=1).double()
    rng = torch.Generator().manual_seed(0)
    names, values = zip(
        *(
            (
                name,
                (0.1 * torch.randn(p.shape, generator=rng)).double().requires_grad_(),
            )
            for name, p in twin.named_parameters()
        ),
        strict=True,
    )

    def predicted(inputs, *weights):
        state = dict(zip(names, weights, strict=True))
        return functional_call(twin, state, (inputs, NOTHING))

    inputs = (20 * waveforms(2, 6, np.float64)).requires_grad_()
    assert torch.autograd.gradcheck(predicted, (inputs, *values), atol=1e-7, rtol=1e-4)


def test_twin_of_a_rig_built_as_drawn_is_exact_at_full_drive():
    with PlateBench(**AS_DRAWN) as bench:
        twin = MotionTwin(bench, substeps=bench.config.substeps)
        gap = pnn.reality_gap(twin, bench, waveforms(64), NOTHING)
    assert gap < 1e-4


def test_twin_knows_nothing_of_the_parts():
    one, other = (MotionTwin(PlateBench(part_seed=seed)) for seed in (0, 5))
    assert torch.equal(one(waveforms(2), NOTHING), other(waveforms(2), NOTHING))


def test_calibration_finds_the_parts():
    with PlateBench(noise_v=0.0) as bench:
        result = pnn.calibrate(
            MotionTwin(bench), bench, examples=200, steps=80, batch_size=32, lr=0.03
        )
    assert result.gap < 0.2 * result.gap_before


def test_batch_is_padded_without_a_trace():
    twin, volts = MotionTwin(PlateBench()), waveforms(33)
    alone = torch.cat([twin(volts[:1], NOTHING), twin(volts[1:], NOTHING)])
    assert torch.allclose(twin(volts, NOTHING), alone, atol=1e-6)


@pytest.mark.parametrize("check", TWIN_CHECKS)
def test_twin_conforms(check, monkeypatch):
    monkeypatch.setattr(PlateBench, "twin", "acoustic-plate-motion", raising=False)
    check(PlateBench)
