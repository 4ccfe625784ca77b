import numpy as np
import pytest
import torch
from pnn_fluid.bench import TankBench
from pnn_fluid.twin import TankTwin

import pnn_core as pnn

NOTHING = torch.zeros(0)
AS_DRAWN = {
    "fill_m": 0.0, "bottom_m": 0.0, "friction_factor": 0.0,
    "servo_spread": 0.0, "gain_spread": 0.0, "noise_m": 0.0,
}  # fmt: skip
LOW_M = 2e-5
"""A thousandth of the bench's stroke: waves that do not feel each other."""


def strokes(batch, limit_m=LOW_M):
    rng = np.random.default_rng(0)
    return torch.from_numpy(
        rng.uniform(-limit_m, limit_m, (batch, 2, 49)).astype(np.float32)
    )


def undamped(bench):
    twin = TankTwin(bench)
    with torch.no_grad():
        twin.log_decay.fill_(-20.0)
    return twin


def gap(stroke_m, **settings):
    with TankBench(**AS_DRAWN, stroke_m=stroke_m, **settings) as bench:
        return pnn.reality_gap(undamped(bench), bench, strokes(16, stroke_m), NOTHING)


def test_images_in_the_walls_are_what_low_waves_do():
    """What is left is the grid's dispersion, and falls with the square of its cells."""
    coarse = gap(LOW_M, cells=128, substeps=16)
    fine = gap(LOW_M, cells=512, substeps=64)
    assert fine < 0.02
    assert fine < coarse / 4


def test_high_waves_are_what_the_twin_leaves_out():
    assert gap(2e-2, cells=256, substeps=32) > 10 * gap(LOW_M, cells=256, substeps=32)


def test_twin_knows_nothing_of_the_parts():
    one, other = (TankTwin(TankBench(part_seed=seed)) for seed in (0, 5))
    assert torch.equal(one(strokes(2), NOTHING), other(strokes(2), NOTHING))


def test_calibration_finds_how_deep_the_water_is():
    """Speed is the root of the depth, which is a quarter less than drawn.

    On a level bottom, with a grid whose dispersion costs a per cent.
    """
    settings = AS_DRAWN | {"fill_m": 5e-3, "stroke_m": LOW_M}
    with TankBench(**settings, part_seed=3, cells=128, samples=25) as bench:
        twin = TankTwin(bench)
        pnn.calibrate(twin, bench, examples=40, steps=60, batch_size=32, lr=0.04)
        wanted = np.sqrt(bench.parts.depth_m.mean() / twin.tank.depth_m)
    assert wanted < 0.9
    assert float(twin.log_speed.detach().exp()) == pytest.approx(wanted, rel=0.02)


def test_gradients_of_weights_agree_with_finite_differences():
    twin = TankTwin(TankBench(samples=4, delay_samples=6)).double()
    weights = tuple(p.detach().clone().requires_grad_() for p in twin.parameters())
    names = [name for name, _ in twin.named_parameters()]
    inputs = strokes(2)[..., :4].double()

    def predicted(*given):
        state = dict(zip(names, given, strict=True))
        return torch.func.functional_call(twin, state, (1e5 * inputs, NOTHING))

    assert torch.autograd.gradcheck(predicted, weights, atol=1e-6)


def test_kept_matrix_follows_the_weights():
    twin = TankTwin(TankBench()).requires_grad_(False)
    before = twin(strokes(1), NOTHING)
    twin.log_gauge.add_(0.1)
    assert torch.allclose(twin(strokes(1), NOTHING), np.exp(0.1) * before)
