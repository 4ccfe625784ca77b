import numpy as np
import pytest
import torch
from pnn_optical.bench import ShgBench
from pnn_optical.twin import ThinCrystalTwin

import pnn_core as pnn

NOTHING = torch.zeros(0)
AS_DRAWN = {
    "gdd_s2": 0.0, "tod_s3": 0.0, "phase_ripple_rad": 0.0, "spectrum_ripple": 0.0,
    "centre_offset_hz": 0.0, "bandwidth_error": 0.0, "extinction": 0.0,
    "pixel_spread": 0.0, "curve_error": 0.0, "fill": 1.0, "spot_pixels": 0.05,
    "line_offset_hz": 0.0, "response_spread": 0.0, "stray_light": 0.0,
    "length_error": -0.9, "angle_error_rad": 0.0, "shot_noise": 0.0,
    "read_noise_electrons": 0.0, "laser_noise": 0.0, "lines_per_pixel": 4,
}  # fmt: skip


def masks(batch, pixels=100, seed=3):
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.uniform(0, 1, (batch, pixels)).astype(np.float32))


def test_twin_is_the_square_of_the_pulse():
    twin = ThinCrystalTwin(ShgBench())
    inputs = masks(3)
    field = (inputs * twin.taps[0, 1]).detach().numpy()
    squared = np.stack([np.convolve(f, f) ** 2 for f in field])
    expected = torch.from_numpy(squared) @ twin.collect
    torch.testing.assert_close(twin(inputs, NOTHING), expected, rtol=1e-3, atol=1e-6)


def test_twin_is_exact_for_a_thin_crystal_built_as_drawn():
    """But for the lines within a pixel, where the bench computes four."""
    with ShgBench(**AS_DRAWN) as bench:
        twin = ThinCrystalTwin(bench, lines_per_pixel=4)
        gap = pnn.reality_gap(twin, bench, masks(64), NOTHING)
    assert gap < 0.02


def test_twin_knows_nothing_of_the_parts():
    one, other = ShgBench(), ShgBench(part_seed=5, gdd_s2=2e-27, extinction=0.01)
    predicted = (ThinCrystalTwin(bench)(masks(2), NOTHING) for bench in (one, other))
    assert torch.equal(*predicted)


def test_calibration_closes_most_of_the_gap():
    with ShgBench() as bench:
        twin = ThinCrystalTwin(bench)
        result = pnn.calibrate(twin, bench, examples=1000, steps=300)
    assert result.gap_before > 0.3
    assert result.gap < 0.1


@pytest.mark.parametrize("lines", [1, 2])
def test_gradients_are_those_of_finite_differences(lines):
    bench = ShgBench(pixels=6, bins=5)
    twin = ThinCrystalTwin(bench, lines_per_pixel=lines).double()
    with torch.no_grad():  # away from the symmetric start
        for weight in twin.parameters():
            weight += 0.1 * torch.randn(
                weight.shape, generator=torch.Generator().manual_seed(1)
            ).to(weight)
    inputs = masks(2, pixels=6).double().requires_grad_()
    names, weights = zip(*twin.named_parameters(), strict=True)

    def predicted(inputs, *weights):
        with_weights = dict(zip(names, weights, strict=True))
        return torch.func.functional_call(twin, with_weights, (inputs, NOTHING))

    assert torch.autograd.gradcheck(predicted, (inputs, *weights))
