import subprocess
import sys

import numpy as np
import pytest
from pnn_optical.bench import FULL_OPEN_S, Optics, OpticsSettings, ShgBench

NOTHING = np.zeros(0, np.float32)
QUIET = {"shot_noise": 0.0, "read_noise_electrons": 0.0, "laser_noise": 0.0}


def masks(batch, seed=0, pixels=100):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 1, (batch, pixels)).astype(np.float32)


def light(inputs, **settings):
    found = Optics(OpticsSettings(**settings)).light(inputs)
    return found / found[0].max()


def test_open_mask_just_fills_the_scale():
    with ShgBench(**QUIET) as bench:
        spectrum = bench.run(np.ones((1, 100), np.float32), NOTHING)
    assert 0.98 < spectrum.max() <= 1


def test_light_is_proportional_to_exposure_until_it_saturates():
    inputs = masks(8)
    with ShgBench(**QUIET) as short:
        once = short.run(inputs, NOTHING)
    with ShgBench(**QUIET, exposure_s=4 * FULL_OPEN_S) as long:
        assert long.run(inputs, NOTHING) == pytest.approx(4 * once, abs=4e-4)
        assert long.run(np.ones((1, 100)), NOTHING).max() < 1  # less the dark level


@pytest.mark.parametrize(
    ("coarse", "fine"),
    [({}, {"kicks": 16}), ({}, {"lines_per_pixel": 12})],
    ids=["steps in the crystal", "lines per pixel"],
)
def test_default_discretisation_is_within_half_a_percent(coarse, fine):
    inputs = np.r_[np.ones((1, 100)), masks(8), masks(8) < 0.3].astype(np.float32)
    exact = light(inputs, **fine)
    error = np.linalg.norm(light(inputs, **coarse) - exact)
    assert error < 5e-3 * np.linalg.norm(exact)


def test_pump_is_depleted_where_it_is_bright():
    """A brighter pulse converts a smaller share of the square of its energy."""
    inputs = np.float32([[1.0] * 100, [0.1] * 100])
    exact = {"extinction": 0.0, "curve_error": 0.0, "shaper_bits": 16}
    bright, dim = light(inputs, **exact).sum(1)
    assert 0.9 < bright / (1e4 * dim) < 0.99


def test_channels_are_passes_of_their_own():
    inputs = masks(6).reshape(2, 3, 100)
    with ShgBench(channels=3, **QUIET) as three, ShgBench(**QUIET) as one:
        together = three.run(inputs, NOTHING)
        alone = one.run(inputs.reshape(6, 100), NOTHING)
    assert together.reshape(6, 100) == pytest.approx(alone, abs=1e-6)


def test_dark_mask_gives_the_stated_noise():
    with ShgBench(extinction=0.0, dark_electrons_per_s=1e6) as bench:
        dark = bench.run(np.zeros((256, 100), np.float32), NOTHING)
        config, full = bench.config, bench.optics.spectrometer.full_electrons
    read = config.read_noise_electrons**2 * config.sensor_pixels
    charge = config.dark_electrons_per_s * config.sensor_pixels * FULL_OPEN_S
    noise = np.sqrt(read + charge) / full
    assert (dark - dark.mean(0)).std() == pytest.approx(noise, rel=0.05)


def test_same_seeds_repeat_and_other_seeds_do_not():
    inputs = masks(4)

    def spectra(**settings):
        with ShgBench(**settings) as bench:
            return bench.run(inputs, NOTHING)

    assert np.array_equal(spectra(), spectra())
    assert not np.array_equal(spectra(), spectra(seed=1))
    other = spectra(part_seed=1, **QUIET) - spectra(**QUIET)
    assert np.abs(other).max() > 0.01 * spectra(**QUIET).max()


def test_importing_the_bench_does_not_load_numba_or_torch():
    code = (
        "import sys, pnn_optical.bench as b; b.ShgBench().outputs; "
        "assert not {'numba', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
