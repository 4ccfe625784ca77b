import numpy as np
import pytest
import torch
from pnn_electronic.bench import CircuitBench
from pnn_electronic.schematic import Parts
from pnn_electronic.twin import CircuitTwin

import pnn_core as pnn

NOTHING = torch.zeros(0)
EXACT = {
    "tolerance": 0.0,
    "beta_spread": 0.0,
    "trim_v": 0.0,
    "gain_spread": 0.0,
    "offset_v": 0.0,
    "noise_v": 0.0,
    "jitter_noise_s": 0.0,
}


def waveforms(batch):
    rng = np.random.default_rng(3)
    return torch.from_numpy(rng.uniform(-5, 5, (batch, 196)).astype(np.float32))


def test_with_the_drawings_parts_it_is_the_bench_however_long_a_sample_is():
    with CircuitBench(sample_rate_hz=1e4, **EXACT) as bench:
        gap = pnn.reality_gap(CircuitTwin(bench), bench, waveforms(16), NOTHING)
    assert gap < 1e-3


def test_gradients_are_those_of_finite_differences():
    """In the inputs and in every learnable part, in double precision."""
    device = CircuitBench(samples=12, delay_samples=3)
    twin = CircuitTwin(device, substeps=2).double()
    names, weights = zip(*twin.named_parameters(), strict=True)
    torch.manual_seed(0)
    moved = [(w + 0.05 * torch.rand_like(w)).detach().requires_grad_() for w in weights]
    inputs = (10 * torch.rand(17, 12).double() - 5).requires_grad_()

    def predicted(inputs, *weights):
        state = dict(zip(names, weights, strict=True))
        return torch.func.functional_call(twin, state, (inputs, NOTHING))

    assert torch.autograd.gradcheck(predicted, (inputs, *moved), atol=1e-5)


def test_twin_of_a_circuit_built_as_drawn_is_right_to_its_steps():
    with CircuitBench(**EXACT) as bench:
        gap = pnn.reality_gap(CircuitTwin(bench), bench, waveforms(64), NOTHING)
    assert gap < 2e-3


def test_drawing_alone_is_crude_and_calibration_finds_the_parts():
    with CircuitBench(part_seed=1) as bench:
        twin = CircuitTwin(bench)
        result = pnn.calibrate(twin, bench, examples=1000, steps=300, lr=0.02)
        parts = bench.parts
    assert result.gap_before > 0.05
    assert result.gap < 0.01
    resonance = twin.log_ratio.detach()[1:3].sum()  # of 1 / L and 1 / C
    drawn = Parts()
    built = np.log(drawn.inductance_h * drawn.capacitance_f)
    built -= np.log(parts.inductance_h * parts.capacitance_f)
    assert float(resonance) == pytest.approx(built, abs=5e-3)


def test_twin_agrees_with_the_bench_at_other_rates_and_lengths():
    settings = EXACT | {"samples": 50, "sample_rate_hz": 2e6, "delay_samples": 7}
    with CircuitBench(**settings) as bench:
        inputs = waveforms(20)[:, :50]
        gap = pnn.reality_gap(CircuitTwin(bench), bench, inputs, NOTHING)
    assert gap < 2e-3
