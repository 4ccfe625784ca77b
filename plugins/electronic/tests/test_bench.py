import subprocess
import sys

import numpy as np
import pytest
from pnn_electronic.bench import CircuitBench
from pnn_electronic.converters import (
    ConverterConfig,
    Converters,
    quantise,
    thermal_noise_v,
)
from pnn_electronic.parts import PartConfig, built
from pnn_electronic.schematic import DRIVE_V, FULL_SCALE_V, Parts

QUIET = {"noise_v": 0.0, "jitter_noise_s": 0.0, "noise_temperature_k": 0.0}


def waveforms(batch, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-DRIVE_V, DRIVE_V, (batch, 196)).astype(np.float32)


def test_converter_rounds_to_half_a_step_and_clips():
    volts = np.linspace(-7.5, 7.5, 1001, dtype=np.float32)
    rounded = quantise(volts, 5.0, 8)
    inside = np.abs(volts) < 5 - 10 / 256
    assert np.abs(rounded - volts)[inside].max() <= 5 / 256 + 1e-6
    assert len(np.unique(rounded)) == 256
    assert (rounded.min(), rounded.max()) == (-5.0, 5 - 10 / 256)


def test_resistor_at_room_temperature_makes_nyquists_noise():
    """sqrt(k T / C): 0.64 microvolt for 10 nF at 300 K."""
    parts = Parts(capacitance_f=10e-9, probe_gain=1.0)
    assert thermal_noise_v(parts, 300.0) == pytest.approx(0.6436e-6, rel=1e-3)


def test_rest_is_recorded_with_the_stated_noise():
    with CircuitBench(noise_v=5e-3, offset_v=0.0) as bench:
        recorded = bench.run(np.zeros((256, 196), np.float32))
    # 50,000 values: the RMS is known to 0.3 %
    assert recorded.std() == pytest.approx(5e-3, rel=0.02)
    assert abs(recorded.mean()) < 1e-4


def test_jitter_is_the_slope_times_the_error_in_time():
    config = ConverterConfig(noise_v=0.0, jitter_noise_s=1e-8, noise_temperature_k=0.0)
    times = np.arange(50_000) / 1e6
    volts = 2.0 * np.sin(2 * np.pi * 50e3 * times)
    heard = Converters(config, Parts()).digitised(volts, 1e6)
    expected = 2.0 * 2 * np.pi * 50e3 * 1e-8 / np.sqrt(2)
    # the mean of both neighbours' differences is 1.6 % low at 50 kHz
    assert (heard - volts).std() == pytest.approx(expected, rel=0.03)


def test_loudest_waveforms_stay_within_the_digitisers_range():
    rng = np.random.default_rng(0)
    square = DRIVE_V * np.sign(
        np.sin(np.outer(np.linspace(0.02, 0.9, 256), range(196)))
    )
    random = rng.choice([-DRIVE_V, DRIVE_V], (256, 196))
    for seed in range(4):
        with CircuitBench(part_seed=seed) as bench:
            recorded = bench.run(np.concatenate([square, random]).astype(np.float32))
        assert np.abs(recorded).max() < FULL_SCALE_V


@pytest.mark.parametrize("batch", [1, 15, 16, 17, 100])
def test_example_does_not_depend_on_its_neighbours(batch):
    volts = waveforms(100)
    with CircuitBench(**QUIET) as bench:
        together = bench.run(volts)
        alone, last = bench.run(volts[:batch]), bench.run(volts[-1:])
    step = 2 * FULL_SCALE_V / 2**16  # one lane rounds otherwise than sixteen
    assert np.abs(together[:batch] - alone).max() <= step
    assert np.abs(together[-1:] - last).max() <= step


def test_same_seeds_repeat_and_other_seeds_do_not():
    volts = waveforms(4)

    def recorded(**settings):
        with CircuitBench(**settings) as bench:
            return bench.run(volts)

    assert np.array_equal(recorded(), recorded())
    assert not np.array_equal(recorded(), recorded(seed=1))
    other = recorded(part_seed=1, **QUIET) - recorded(**QUIET)
    assert other.std() > 0.01


def test_digitisers_delay_shifts_the_record():
    volts = waveforms(16)
    volts[:, 100:] = 0
    with CircuitBench(delay_samples=0, **QUIET) as early:
        first = early.run(volts)
    with CircuitBench(delay_samples=48, **QUIET) as late:
        second = late.run(volts)
    assert np.array_equal(first[:, 48:], second[:, :-48])


def test_parts_lie_within_their_tolerance_and_differ_by_seed():
    specimens = [built(PartConfig(part_seed=seed)) for seed in range(200)]
    ratios = [p.inductance_h / Parts().inductance_h for p in specimens]
    assert 0.95 <= min(ratios) < 0.955
    assert 1.045 < max(ratios) <= 1.05
    betas = np.log([p.beta_a_per_v2 / Parts().beta_a_per_v2 for p in specimens])
    assert betas.std() == pytest.approx(0.3, rel=0.2)  # 200 draws: within 5 %, 4 sigma
    assert built(PartConfig(part_seed=7)) == specimens[7]


def test_importing_the_bench_does_not_load_numba_or_torch():
    code = (
        "import sys, pnn_electronic.bench as b; b.CircuitBench().outputs; "
        "assert not {'numba', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
