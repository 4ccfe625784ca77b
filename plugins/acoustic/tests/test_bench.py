import subprocess
import sys

import numpy as np
import pytest
from pnn_acoustic.bench import DRIVE_V, FULL_SCALE_V, PlateBench
from pnn_acoustic.converters import quantise, saturate

NOTHING = np.zeros(0, np.float32)


def noise_waveforms(batch, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-DRIVE_V, DRIVE_V, (batch, 196)).astype(np.float32)


def test_converter_rounds_to_half_a_step_and_clips():
    volts = np.linspace(-1.5, 1.5, 1001, dtype=np.float32)
    rounded = quantise(volts, 1.0, 8)
    inside = np.abs(volts) < 1 - 2 / 256
    assert np.abs(rounded - volts)[inside].max() <= 1 / 256 + 1e-6
    assert len(np.unique(rounded)) == 256
    assert (rounded.min(), rounded.max()) == (-1.0, 1 - 2 / 256)


def test_preamplifier_is_linear_at_small_signals_and_stops_at_its_rail():
    assert saturate(np.float32([1e-3]), 1.0) == pytest.approx(1e-3, rel=1e-5)
    assert saturate(np.float32([50.0]), 0.7) == pytest.approx(0.7)


def test_silence_is_recorded_with_the_stated_noise():
    with PlateBench(noise_v=5e-3) as bench:
        recorded = bench.run(np.zeros((256, 196), np.float32), NOTHING)
    # 50,000 values: the RMS is known to 0.3 %
    assert recorded.std() == pytest.approx(5e-3, rel=0.02)
    assert abs(recorded.mean()) < 1e-4


def test_outputs_stay_within_full_scale():
    with PlateBench() as bench:
        recorded = bench.run(noise_waveforms(64), NOTHING)
    assert np.abs(recorded).max() <= FULL_SCALE_V
    assert recorded.dtype == np.float32


@pytest.mark.parametrize("batch", [1, 15, 16, 17, 100])
def test_example_does_not_depend_on_its_neighbours(batch):
    volts = noise_waveforms(100)
    with PlateBench(noise_v=0.0) as bench:
        together = bench.run(volts, NOTHING)
        alone = bench.run(volts[:batch], NOTHING)
        last = bench.run(volts[-1:], NOTHING)
    assert np.array_equal(together[:batch], alone)
    assert np.array_equal(together[-1:], last)


def test_same_seeds_repeat_and_other_seeds_do_not():
    volts = noise_waveforms(4)

    def recorded(**settings):
        with PlateBench(**settings) as bench:
            return bench.run(volts, NOTHING)

    assert np.array_equal(recorded(), recorded())
    assert not np.array_equal(recorded(), recorded(seed=1))
    other = recorded(part_seed=1, noise_v=0.0) - recorded(noise_v=0.0)
    assert other.std() > 0.01


def test_recorder_delay_shifts_the_record():
    volts = np.zeros((1, 196), np.float32)
    volts[0, :50] = noise_waveforms(1)[0, :50]
    with PlateBench(noise_v=0.0, delay_samples=0) as early:
        first = early.run(volts, NOTHING)
    with PlateBench(noise_v=0.0, delay_samples=48) as late:
        second = late.run(volts, NOTHING)
    assert np.array_equal(first[:, 48:], second[:, :-48])


def test_importing_the_bench_does_not_load_numba_or_torch():
    code = (
        "import sys, pnn_acoustic.bench as b; b.PlateBench().outputs; "
        "assert not {'numba', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
