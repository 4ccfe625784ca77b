import subprocess
import sys

import numpy as np
import pytest
from pnn_fluid.bench import TankBench
from pnn_fluid.parts import PartConfig, built

import pnn_core as pnn


def strokes(batch, limit_m=0.02):
    rng = np.random.default_rng(0)
    return rng.uniform(-limit_m, limit_m, (batch, 2, 49)).astype(np.float32)


def test_servo_answers_a_step_as_a_damped_oscillator():
    """1 - exp(-zeta w t) (cos w' t + zeta w / w' sin w' t), w' = w sqrt(1 - zeta^2)."""
    parts = built(PartConfig())
    for omega, step in zip(2 * np.pi * parts.servo_hz, parts.servos(0.01), strict=True):
        state = np.zeros(2)
        for _ in range(50):
            state = step @ [*state, 1.0]
        zeta = parts.tank.servo_damping
        ringing = omega * np.sqrt(1 - zeta**2)
        wave = np.cos(0.5 * ringing) + zeta * omega / ringing * np.sin(0.5 * ringing)
        assert state[0] == pytest.approx(1 - np.exp(-0.5 * zeta * omega) * wave)


def test_bottom_is_as_uneven_as_stated():
    """Over a thousand bottoms of one tank each, RMS known to some per cent."""
    depths = [
        built(PartConfig(bottom_m=2e-3, fill_m=0.0, part_seed=seed)).depth_m
        for seed in range(1000)
    ]
    assert np.std(np.array(depths)[:, :-1]) == pytest.approx(2e-3, rel=0.05)


def test_plungers_held_down_raise_the_tank_by_what_they_displace():
    """Two of 5 cm by 1 cm in 2.5 m: 0.4 mm, once the waves have died away."""
    held = np.full((1, 2, 4000), 0.01, np.float32)
    with TankBench(samples=4000, noise_m=0.0, friction_factor=0.1) as bench:
        level = bench.levels_m(held)[0, :, -1000:].mean()
        raised = 0.01 * bench.parts.plunger_m.sum() / bench.parts.tank.length_m
    assert level == pytest.approx(raised, rel=0.02)


def test_still_water_is_read_with_the_stated_noise():
    with TankBench(noise_m=5e-4) as bench:
        read = bench.run(np.zeros((256, 2, 49)))
    assert read.std() == pytest.approx(5e-4, rel=0.02)  # of 25,000 values
    assert abs(read.mean()) < 2e-5


@pytest.mark.parametrize("batch", [1, 15, 16, 17])
def test_example_does_not_depend_on_its_neighbours(batch):
    with TankBench(noise_m=0.0) as bench:
        together = bench.run(strokes(40))
        assert np.array_equal(together[:batch], bench.run(strokes(40)[:batch]))


def test_recorder_delay_shifts_the_record():
    held = strokes(1)
    held[..., 20:] = 0
    with TankBench(noise_m=0.0, delay_samples=0) as early:
        first = early.run(held)
    with TankBench(noise_m=0.0, delay_samples=10) as late:
        second = late.run(held)
    assert np.array_equal(first[..., 10:], second[..., :-10])


def test_steps_are_short_enough_for_any_rate_and_grid():
    """Cells a quarter as long, samples five times as long: the same levels, nearly."""
    held = np.full((1, 2, 10), 0.01, np.float32)
    with TankBench(delay_samples=0, samples=50, sample_rate_hz=5) as bench:
        usual = bench.levels_m(np.repeat(held, 5, axis=2))[..., 4::5]
    with TankBench(
        delay_samples=0, samples=10, sample_rate_hz=1, cells=256, substeps=1
    ) as bench:
        slow = bench.levels_m(held)
    assert np.abs(slow - usual).max() < 0.05 * np.abs(usual).max()


@pytest.mark.parametrize("period", [4, 6, 8, 12, 16, 20, 32])
def test_hardest_rocking_at_full_stroke_leaves_the_bottom_wet(period):
    """Square waves, to and fro and against each other: seiches are among them."""
    wave = 0.02 * np.sign(np.sin(2 * np.pi * (np.arange(49) + 0.5) / period))
    held = np.stack([np.stack([wave, wave]), np.stack([wave, -wave])])
    with TankBench(noise_m=0.0) as bench:
        level = bench.run(held)
        assert level.min() > -0.5 * bench.parts.depth_m.min()


def test_plunger_that_sucks_the_tank_dry_is_reported(refusal):
    """More than (8 / 27) d sqrt(g d) per width cannot follow a plunger."""
    held = np.full((1, 2, 49), -0.05)
    held[..., :5] = 0.05
    with (
        refusal(pnn.DeviceError, "fluid-tank-bench", "dry", "stroke_m"),
        TankBench(stroke_m=0.05) as bench,
    ):
        bench.run(held)


def test_importing_the_bench_does_not_load_numba_or_torch():
    code = (
        "import sys, pnn_fluid.bench as b; b.TankBench().outputs; "
        "assert not {'numba', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
