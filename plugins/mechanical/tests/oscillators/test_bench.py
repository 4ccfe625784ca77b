import subprocess
import sys

import numpy as np
import pytest
from pnn_mechanical.oscillators.bench import OscillatorsBench
from pnn_mechanical.oscillators.motion import couplings, swung
from scipy.special import ellipj, ellipk

import pnn_core as pnn

DRAWN = {"stretch": 0.0, "stray_coupling": 0.0, "noise_rad": 0.0}


def released(angles, params, **settings):
    angles = np.atleast_2d(angles).astype(np.float64)
    settings = {"oscillators": angles.shape[1], "coupling_limit": 10.0} | settings
    with OscillatorsBench(**DRAWN | settings) as bench:
        return bench.run(angles, params)


def alone(count=2):
    return np.zeros((count + 1, count))


def test_lone_oscillator_is_jacobis_pendulum():
    """sin(q / 2) = k cd(t, k^2), with k = sin(q0 / 2); here over half a period."""
    start = np.array([0.3, 2.5])
    k = np.sin(start / 2)
    quarter = ellipk(k**2)
    for share in (0.3, 1.0, 2.0):
        time = share * quarter
        _, cn, dn, _ = ellipj(time, k**2)
        expected = 2 * np.arcsin(k * cn / dn)
        for column in range(2):
            settings = {"steps": 400, "step": time[column] / 400}
            found = released([start], alone(), **settings)
            # the error of a step of 0.01 is of the order of 1e-10
            assert found[0, column] == pytest.approx(expected[column], abs=1e-8)


def test_period_grows_with_amplitude_as_the_complete_elliptic_integral():
    amplitude = 2.0
    period = 4 * ellipk(np.sin(amplitude / 2) ** 2)
    back = released([[amplitude, 0.0]], alone(), steps=2000, step=period / 2000)
    assert back[0, 0] == pytest.approx(amplitude, abs=1e-8)


def test_energy_of_an_uncoupled_pendulum_is_conserved():
    """v^2 / 2 - cos q, with v from angles one short step apart."""
    step, start = 1e-3, 1.2
    for steps in (500, 2000, 4000):
        q = [
            released([[start, 0]], alone(), steps=n, step=step)[0, 0]
            for n in (steps - 1, steps, steps + 1)
        ]
        speed = (q[2] - q[0]) / (2 * step)
        # the difference of angles is off by step^2 / 6 of the third derivative
        assert speed**2 / 2 - np.cos(q[1]) == pytest.approx(-np.cos(start), abs=1e-6)


def test_small_angles_swing_in_the_normal_modes_of_the_couplings():
    """q'' = -(1 - Q) q: along an eigenvector of 1 - Q at its frequency."""
    rng = np.random.default_rng(0)
    params = np.zeros((6, 5))
    params[:5] = -np.abs(rng.standard_normal((5, 5)))  # negative C would pull apart
    params[:5] = -params[:5]
    squares, modes = np.linalg.eigh(np.eye(5) - couplings(params[:5]))
    assert squares.min() == pytest.approx(1.0)  # all together: no coupling is felt
    found = released(1e-5 * modes.T, params, steps=100, step=0.02)
    expected = 1e-5 * np.cos(2.0 * np.sqrt(squares))[:, None] * modes.T
    assert np.abs(found - expected).max() < 1e-5 * 1e-6


def test_equal_angles_do_not_feel_the_couplings():
    rng = np.random.default_rng(0)
    params = alone(7)
    free = released(np.full((1, 7), 0.8), params)
    params[:7] = rng.standard_normal((7, 7))
    assert released(np.full((1, 7), 0.8), params) == pytest.approx(free, abs=1e-12)


def test_self_coupling_adds_its_own_share_of_gravity():
    """C_ii = 1 adds -sin q: it makes the pendulum sqrt(2) times faster."""
    params = alone()
    params[[0, 1], [0, 1]] = 1.0
    start = [[0.7, 0.2]]
    heavy = released(start, params, self_coupling=True, step=0.01)
    fast = released(start, alone(), step=0.01 * np.sqrt(2))
    assert heavy == pytest.approx(fast, abs=1e-9)
    assert released(start, params) == pytest.approx(released(start, alone()))


def test_drive_lifts_as_half_the_square_of_time():
    """From rest and for a short time t: q = e t^2 / 2, less e t^4 / 24 by gravity."""
    params = alone()
    params[-1] = 0.5, -0.25
    found = released([[0, 0]], params, steps=10, step=0.01)
    assert found[0] == pytest.approx(params[-1] * (0.1**2 / 2 - 0.1**4 / 24), rel=1e-5)


def test_error_falls_with_the_fourth_power_of_the_step():
    rng = np.random.default_rng(0)
    matrix = couplings(rng.standard_normal((6, 6)))
    start, drive = rng.uniform(-2, 2, (3, 6)), rng.standard_normal(6)

    def at(steps):
        return swung(start, matrix.copy(), drive, steps=steps, step=1.0 / steps)

    exact = at(1000)
    coarse, fine = (np.abs(at(n) - exact).max() for n in (20, 40))
    assert coarse / fine == pytest.approx(16, rel=0.2)


def test_imperfections_are_the_stated_ones():
    """Noise on what is set; angles that act larger; couplings that nobody drew."""
    start = np.full((20_000, 2), 0.5, np.float32)
    nothing = np.zeros((3, 2), np.float32)
    settings = {"oscillators": 2, "step": 1e-6, "steps": 1}
    with OscillatorsBench(**settings, noise_rad=0.02) as bench:
        read = bench.run(start, nothing)
    assert (read - start).std() == pytest.approx(0.02, rel=0.02)  # 40,000 draws: 0.4 %

    stretched = released([[0.1, 0.0]], alone(), stretch=0.1, step=0.01)[0, 0]
    fallen = -(0.05**2) / 2 * np.sin(0.11)
    assert stretched - 0.1 == pytest.approx(fallen, rel=1e-3)

    with OscillatorsBench(oscillators=300, stray_coupling=0.2) as bench:
        off = bench.stray[np.triu_indices(300, 1)]
    # the mean of two draws of 0.2; 45,000 pairs
    assert off.std() == pytest.approx(0.2 / np.sqrt(2), rel=0.02)


def test_last_oscillators_are_the_ones_that_are_read():
    rng = np.random.default_rng(0)
    start, params = rng.uniform(-3, 3, (4, 9)), rng.uniform(-1, 1, (10, 9))
    whole, some = (released(start, params, read=n) for n in (None, 3))
    assert some == pytest.approx(whole[:, -3:], abs=1e-12)


def test_more_cannot_be_read_than_there_are(refusal):
    with refusal(pnn.SettingError, "has 4 oscillators to read, got read = 5"):
        OscillatorsBench(oscillators=4, read=5)


def test_importing_the_bench_loads_neither_numba_nor_torch():
    code = (
        "import sys, pnn_mechanical.oscillators.bench as b; b.OscillatorsBench(); "
        "assert not {'numba', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
