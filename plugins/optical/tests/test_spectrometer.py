import numpy as np
import pytest
from pnn_optical.grid import Grid
from pnn_optical.spectrometer import Spectrograph, SpectrometerSettings

EXACT = {"line_offset_hz": 0.0, "response_spread": 0.0, "stray_light": 0.0}
EXACT["baseline"] = 0.0
SILENT = {"shot_noise": 0.0, "read_noise_electrons": 0.0, "dark_electrons_per_s": 0.0}
GRID = Grid(100, 4)
EXPOSURE_S = 1e-2


def spectrograph(bins=100, **settings):
    settings = SpectrometerSettings(**(EXACT | settings))
    return Spectrograph(GRID, bins, settings, np.random.default_rng(0))


def line_at(offset_hz):
    harmonic = np.zeros((1, GRID.points), np.complex64)
    harmonic[0, np.abs(GRID.harmonic_hz - offset_hz).argmin()] = 1
    return harmonic


def counted(meter, light, copies=1, seed=0):
    meter.set_sensitivity(np.ones(1), EXPOSURE_S)
    rows = np.full((copies, meter.collect.shape[1]), light, np.float32)
    return meter.counts(rows, EXPOSURE_S, np.random.default_rng(seed))


def test_light_of_a_line_is_collected_once():
    assert spectrograph().light(line_at(1e12)).sum() == pytest.approx(1, rel=1e-4)


def test_stray_light_is_spread_over_all_bins():
    light = spectrograph(stray_light=1e-2).light(line_at(0.0))[0]
    assert light[:10] == pytest.approx(1e-4)
    assert light.sum() == pytest.approx(1.01, rel=1e-3)


def test_narrow_line_is_seen_at_the_resolution():
    fine = spectrograph(bins=1000, resolution_hz=4e11)
    light = fine.light(line_at(0.0))[0]
    inside = np.flatnonzero(light > light.max() / 2)
    assert (inside[-1] - inside[0] + 1) * 8e9 == pytest.approx(4e11, rel=0.03)


def test_shot_noise_is_poissonian():
    meter = spectrograph(read_noise_electrons=0.0, dark_electrons_per_s=0.0)
    electrons = counted(meter, 0.25, copies=200) * meter.full_electrons
    mean = 0.25 * meter.full_electrons
    assert electrons.mean() == pytest.approx(mean, rel=1e-3)
    # 20,000 values: the variance is known to 1 %
    assert electrons.var() == pytest.approx(mean, rel=0.05)


def test_read_noise_adds_over_the_sensors_pixels():
    meter = spectrograph(dark_electrons_per_s=1e6, shot_noise=0.0)
    per_bin = meter.settings.read_noise_electrons * 2  # the root of four pixels
    dark = counted(meter, 0.0, copies=200) * meter.full_electrons
    assert dark.mean() == pytest.approx(4e6 * EXPOSURE_S, rel=1e-2)
    assert dark.std() == pytest.approx(per_bin, rel=0.05)


def test_baseline_keeps_a_weak_spectrum_unbiased():
    """Without it, half of the noise of a dark bin would be cut off at zero."""
    base, weak = 0.02, 1e-4
    meter = spectrograph(baseline=base, dark_electrons_per_s=0.0)
    net = (counted(meter, weak, copies=1000) - base) / (1 - base)
    assert net.mean() == pytest.approx(weak, abs=1e-5)  # 8 deviations of the mean
    assert counted(meter, 3.0) == pytest.approx(1)
    cut = counted(spectrograph(dark_electrons_per_s=0.0), weak, copies=1000)
    assert cut.mean() > 1.5 * weak


def test_full_well_saturates():
    meter = spectrograph(**SILENT)
    assert counted(meter, 0.5) == pytest.approx(0.5, abs=1e-4)
    assert (counted(meter, 3.0) == 1).all()


def test_converter_has_as_many_steps_as_its_bits_allow():
    meter = spectrograph(adc_bits=4, read_noise_electrons=1e4)
    assert len(np.unique(counted(meter, 0.5, copies=500))) <= 16
    assert counted(meter, 0.5) * 15 == pytest.approx(np.rint(counted(meter, 0.5) * 15))
