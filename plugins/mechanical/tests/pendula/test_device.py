import subprocess
import sys

import numpy as np
import pytest
from pnn_mechanical.pendula.device import PendulaBench
from pnn_mechanical.pendula.model import (
    LENGTH_M,
    MASS_KG,
    RADIUS_M,
    springs,
)

import pnn_core as pnn

pytest.importorskip("mujoco")

GRAVITY = 9.81
INERTIA = MASS_KG * (LENGTH_M**2 + 0.4 * RADIUS_M**2)
WEIGHT_N_M = MASS_KG * GRAVITY * LENGTH_M
FREE = {"damping_n_m_s": 0.0, "noise_rad": 0.0, "step_s": 5e-4}
SMALL_N_M = 1e-4


def swung(torques, stiffness, **settings):
    with PendulaBench(**FREE | settings) as bench:
        params = np.full(bench.params.shape, stiffness, np.float64)
        return bench.run(np.asarray(torques, np.float64), params)


@pytest.mark.parametrize("duration_s", [0.1, 0.3, 0.6])
def test_pendulum_under_a_small_torque_follows_the_closed_form(duration_s):
    """theta = T / (m g l) (1 - cos w t), with w^2 = m g l / I."""
    settings = {"rows": 1, "columns": 2, "duration_s": duration_s}
    found = swung([[SMALL_N_M, 0.0]], 0.0, **settings)
    omega = np.sqrt(WEIGHT_N_M / INERTIA)
    expected = SMALL_N_M / WEIGHT_N_M * (1 - np.cos(omega * duration_s))
    # the integrator's phase is right to half a step: w dt / 2 = 0.2 %
    largest = 2 * SMALL_N_M / WEIGHT_N_M
    assert found[0, 0] == pytest.approx(expected, abs=0.005 * largest)
    assert found[0, 1] == 0.0


def test_springs_stiffen_the_opposed_mode_and_spare_the_common_one():
    """w^2 = (m g l + 2 k l^2) / I where neighbours move against each other."""
    settings = {"rows": 1, "columns": 2, "duration_s": 0.2}
    together, apart = swung(
        [[SMALL_N_M, SMALL_N_M], [SMALL_N_M, -SMALL_N_M]], 10.0, **settings
    )
    for found, stiff in ((together, 0.0), (apart, 2 * 10.0 * LENGTH_M**2)):
        pull = WEIGHT_N_M + stiff
        expected = SMALL_N_M / pull * (1 - np.cos(np.sqrt(pull / INERTIA) * 0.2))
        assert found[0] == pytest.approx(expected, rel=0.01)


def test_large_swing_keeps_its_energy():
    """A held torque works T theta, weight takes m g l (1 - cos theta)."""
    torque, settings = 0.03, {"rows": 1, "columns": 2, "step_s": 1e-4}
    times = 0.2 + np.array([-1e-3, 0.0, 1e-3])
    q = [
        float(swung([[torque, 0]], 0.0, duration_s=t, **settings)[0, 0]) for t in times
    ]
    speed = (q[2] - q[0]) / 2e-3
    energy = INERTIA * speed**2 / 2 + WEIGHT_N_M * (1 - np.cos(q[1]))
    assert q[1] > 0.4
    assert energy == pytest.approx(torque * q[1], rel=5e-3)


def test_every_pair_of_neighbours_is_joined_once():
    joined = springs(3, 4)
    assert len(joined) == len(set(joined)) == 3 * 3 + 2 * 4
    assert {b - a for a, b in joined} == {1, 4}
    assert (3, 4) not in joined


def test_threads_do_not_change_what_is_measured():
    rng = np.random.default_rng(0)
    torques = rng.uniform(-0.02, 0.02, (9, 16))
    assert np.array_equal(swung(torques, 5.0), swung(torques, 5.0, threads=2))


def test_noise_is_the_stated_one():
    settings = {"rows": 1, "columns": 2, "duration_s": 0.01, "noise_rad": 2e-3}
    found = swung(np.zeros((1500, 2)), 1.0, **settings)
    assert found.std() == pytest.approx(2e-3, rel=0.06)  # 3,000 draws: 1.3 %


def test_missing_mujoco_is_said_with_the_way_out(refusal, monkeypatch):
    monkeypatch.setitem(sys.modules, "mujoco", None)
    with refusal(pnn.DeviceError, "needs MuJoCo", "pnn-mechanical[mujoco]"):
        PendulaBench().open()


def test_importing_the_device_does_not_load_mujoco():
    code = (
        "import sys, pnn_mechanical.pendula.device as d; d.PendulaBench().outputs; "
        "assert not {'mujoco', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
