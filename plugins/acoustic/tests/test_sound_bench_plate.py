"""The plate in blocks, against the plate in batches."""

import numpy as np
import pytest
from pnn_acoustic.bench import DRIVE_V, FULL_SCALE_V, PlateBench
from pnn_acoustic.rig import RigConfig
from pnn_acoustic.sound_bench.live import LivePlate

SILENT = {"noise_v": 0.0}


def waveform(samples, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, samples).astype(np.float32)


@pytest.mark.parametrize("modes", [1, 16, 40])
@pytest.mark.parametrize(("dtype", "rounding"), [("f4", 2e-5), ("f8", 1e-13)])
def test_live_plate_hears_what_the_bench_hears(modes, dtype, rounding):
    volts = (DRIVE_V * waveform(2000)).astype(dtype)
    settings = {"modes": modes, "part_seed": modes}
    with PlateBench(samples=2000, delay_samples=0, **settings) as bench:
        expected = bench.heard_v(volts[None])[0]
    heard = LivePlate(RigConfig(**settings), dtype).heard_v(volts)
    assert heard == pytest.approx(
        expected, abs=rounding * float(np.abs(expected).max())
    )


def test_live_plate_records_what_the_bench_records():
    played = np.concatenate([waveform(196), np.zeros(48, np.float32)])
    recorded = LivePlate(RigConfig(**SILENT)).play(played)[48:] * FULL_SCALE_V
    with PlateBench(**SILENT) as bench:
        (expected,) = bench.run(DRIVE_V * played[None, :196])
    step_v = FULL_SCALE_V / 2**15  # rounding, each processor its own, may tip some over
    assert np.abs(recorded - expected).max() <= 1.01 * step_v
    assert (recorded == expected).mean() > 0.9


@pytest.mark.parametrize("noise_v", [0.0, 2e-3])
def test_cutting_a_sound_into_blocks_changes_nothing(noise_v):
    played = waveform(5000)
    whole = LivePlate(RigConfig(noise_v=noise_v)).play(played)
    for cuts in ([1, 2, 3], [1024, 2048, 4096], range(0, 5000, 7)):
        plate = LivePlate(RigConfig(noise_v=noise_v))
        parts = [plate.play(block) for block in np.split(played, cuts)]
        assert np.array_equal(np.concatenate(parts), whole)


def test_seeds_make_noise_and_parts():
    played = waveform(500)

    def recorded(**settings):
        return LivePlate(RigConfig(**settings)).play(played)

    assert np.array_equal(recorded(), recorded())
    noise = recorded(seed=1) - recorded()
    assert noise.std() == pytest.approx(np.sqrt(2) * 2e-3, rel=0.15)  # 500 values
    assert (recorded(part_seed=1, **SILENT) - recorded(**SILENT)).std() > 0.01


def test_plate_comes_to_rest_before_its_numbers_become_subnormal():
    plate = LivePlate(RigConfig(**SILENT))
    plate.play(waveform(500))
    silence = np.zeros(4800, np.float32)
    for _ in range(40):
        plate.play(silence)
        moving = np.abs(plate.modes[plate.modes != 0])
        assert (moving > np.finfo(np.float32).tiny).all()
    assert not plate.modes.any()
