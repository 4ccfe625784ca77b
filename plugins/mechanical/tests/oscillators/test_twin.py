import numpy as np
import pytest
import torch
from pnn_mechanical.oscillators import circular
from pnn_mechanical.oscillators.bench import OscillatorsBench
from pnn_mechanical.oscillators.twin import OscillatorsTwin
from pnn_mechanical.oscillators.written_out import written_out

import pnn_core as pnn

DRAWN = {"stretch": 0.0, "stray_coupling": 0.0, "noise_rad": 0.0}


def tensors(count, batch=3, dtype=torch.float64):
    rng = torch.Generator().manual_seed(0)
    shapes = (batch, count), (count + 1, count), (count, count)
    drawn = [torch.randn(s, generator=rng, dtype=dtype) for s in shapes]
    stretch = torch.tensor(1.1, dtype=dtype)
    return [t.requires_grad_() for t in (*drawn, stretch)]


def of(twin, angles, params, stray, stretch):
    state = {"stray": stray, "stretch": stretch}
    return torch.func.functional_call(twin, state, (angles, params))


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_gradients_are_those_of_finite_differences(own, steps):
    """In angles, params, stray couplings and stretch, in double precision."""
    device = OscillatorsBench(oscillators=5, read=2, steps=steps, self_coupling=own)
    twin = OscillatorsTwin(device)
    assert torch.autograd.gradcheck(lambda *t: of(twin, *t), tensors(5))


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize(
    ("dtype", "close"), [(torch.float64, 1e-13), (torch.float32, 1e-5)]
)
def test_values_and_gradients_are_those_of_the_equations_written_out(own, dtype, close):
    device = OscillatorsBench(oscillators=70, self_coupling=own)
    twin, given = OscillatorsTwin(device), tensors(70, dtype=dtype)
    ways = of(twin, *given), written_out(*given, (5, 0.1, 70, own))
    slopes = [torch.autograd.grad(y.square().sum(), given) for y in ways]
    pairs = zip(
        (ways[0].detach(), *slopes[0]), (ways[1].detach(), *slopes[1]), strict=True
    )
    for fast, plain in pairs:
        assert float((fast - plain).norm() / plain.norm()) < close


def test_what_needs_no_gradient_gets_none_and_the_rest_stays_right():
    twin, given = OscillatorsTwin(OscillatorsBench(oscillators=6)), tensors(6)
    every = torch.autograd.grad(of(twin, *given).sum(), given)
    for number, alone in enumerate(given):
        only = [t if t is alone else t.detach() for t in given]
        (slope,) = torch.autograd.grad(of(twin, *only).sum(), alone)
        torch.testing.assert_close(slope, every[number])


def test_second_derivatives_are_those_of_finite_differences():
    device = OscillatorsBench(oscillators=3, read=2, steps=2)
    twin = OscillatorsTwin(device)
    assert torch.autograd.gradgradcheck(lambda *t: of(twin, *t), tensors(3, batch=2))


def test_second_derivatives_are_right_in_a_mixed_graph():
    """The gradient of |dy/dx|^2 + y^2, against that of the equations written out."""
    twin, given = OscillatorsTwin(OscillatorsBench(oscillators=4)), tensors(4)
    found = []
    for outputs in (of(twin, *given), written_out(*given, (5, 0.1, 4, False))):
        (slope,) = torch.autograd.grad(outputs.sum(), given[0], create_graph=True)
        mixed = slope.square().sum() + outputs.square().sum()
        found.append(torch.autograd.grad(mixed, given))
    for fast, plain in zip(*found, strict=True):
        torch.testing.assert_close(fast, plain)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sine_and_cosine_are_numpys(dtype):
    from numba import njit

    @njit
    def both(x, sines, cosines):
        for i in range(len(x)):
            sines[i], cosines[i] = circular.circular(x[i])

    x = np.linspace(-1000, 1000, 100_001).astype(dtype)
    found = np.empty_like(x), np.empty_like(x)
    both(x, *found)
    exact = np.sin(x.astype(np.longdouble)), np.cos(x.astype(np.longdouble))
    close = 2e-7 if dtype == np.float32 else 5e-14
    assert max(np.abs(a - b).max() for a, b in zip(found, exact, strict=True)) < close


def test_twin_of_oscillators_built_as_drawn_is_exact():
    with OscillatorsBench(oscillators=20, self_coupling=True, **DRAWN) as bench:
        inputs, params = torch.rand(8, 20), 2 * torch.rand(21, 20) - 1
        assert pnn.reality_gap(OscillatorsTwin(bench), bench, inputs, params) < 1e-5


def test_calibration_finds_the_stretch_and_the_stray_couplings():
    with OscillatorsBench(oscillators=8, noise_rad=1e-3) as bench:
        twin = OscillatorsTwin(bench)
        result = pnn.calibrate(twin, bench, examples=1000, steps=300, lr=0.03)
        stray = bench.stray
    assert result.gap_before > 10 * result.gap
    assert twin.stretch.item() == pytest.approx(1.1, abs=0.01)
    found = ((twin.stray + twin.stray.T) / 2).detach().numpy()
    off = ~np.eye(8, dtype=bool)
    assert np.abs(found - stray)[off].max() < 0.05
