import numpy as np
import pytest
from pnn_optical.grid import Grid
from pnn_optical.schematic import Pulse, Shaper
from pnn_optical.shaper import PulseShaper, ShaperSettings
from scipy.special import erf

EXACT = {
    "fill": 1.0,
    "extinction": 0.0,
    "pixel_spread": 0.0,
    "curve_error": 0.0,
    "shaper_bits": 16,
    "gdd_s2": 0.0,
    "tod_s3": 0.0,
    "phase_ripple_rad": 0.0,
    "spectrum_ripple": 0.0,
    "centre_offset_hz": 0.0,
    "bandwidth_error": 0.0,
}
GRID, GRID_9 = Grid(50, 8), Grid(50, 9)


def shaper(grid=GRID, **settings):
    settings = ShaperSettings(**(EXACT | settings))
    return PulseShaper(grid, settings, np.random.default_rng(0))


def open_pixels(*pixels, of=50):
    mask = np.zeros((1, of), np.float32)
    mask[0, list(pixels)] = 1
    return mask


ALL = tuple(range(50))


def test_open_mask_passes_the_pulses_energy():
    sharp = shaper(spot_pixels=0.05)
    lines = sharp.fields(open_pixels(*ALL))[0]
    mean_intensity = (np.abs(lines) ** 2).sum()
    pulse, period_s = Pulse(), 1 / GRID.spacing_hz
    energy_j = mean_intensity * period_s * np.pi * pulse.waist_m**2
    assert energy_j == pytest.approx(pulse.energy_j, rel=1e-3)


def test_open_mask_passes_a_gaussian_of_the_stated_width():
    power = np.abs(shaper().fields(open_pixels(*ALL))[0]) ** 2
    inside = GRID.fundamental_hz[:400][power > power.max() / 2]
    width_hz = inside[-1] - inside[0] + GRID.spacing_hz
    assert width_hz == pytest.approx(Pulse().bandwidth_hz, rel=0.01)


def test_field_is_proportional_to_transmission_and_adds_up():
    rig = shaper()
    half, third = 0.5 * open_pixels(10), open_pixels(11) / 3
    both = rig.fields(half + third)
    assert both == pytest.approx(rig.fields(half) + rig.fields(third), rel=1e-4)
    whole = rig.fields(open_pixels(10))
    assert 2 * rig.fields(half) == pytest.approx(whole, rel=1e-4)


def test_spot_spills_into_the_next_pixel():
    """Of a narrow spot nothing; of a Gaussian one of a pixel's width, its tail."""

    def spilled(spot):
        line = np.abs(shaper(GRID_9, spot_pixels=spot).fields(open_pixels(25))[0])
        return line[26 * 9 + 4] / line[25 * 9 + 4]

    assert spilled(0.1) < 1e-6
    assert spilled(0.8) < spilled(1.0)
    g = 2 * np.sqrt(np.log(2))
    expected = (erf(1.5 * g) - erf(0.5 * g)) / (2 * erf(0.5 * g))
    assert spilled(1.0) == pytest.approx(expected, rel=0.01)


def test_dark_mask_passes_the_extinction():
    leaky = shaper(extinction=1e-3, spot_pixels=0.05)
    dark, bright = (
        (np.abs(leaky.fields(mask)) ** 2).sum()
        for mask in (open_pixels(), open_pixels(*ALL))
    )
    assert dark / bright == pytest.approx(1e-3, rel=0.02)


def test_curve_errs_most_at_half_transmission():
    line, mask = 200, open_pixels(*ALL)
    bent, straight = shaper(curve_error=0.02), shaper()
    for level, error in ((0.0, 0.0), (0.5, 0.02), (1.0, 0.0)):
        change = bent.fields(level * mask) - straight.fields(level * mask)
        whole = straight.fields(mask)[0, line]
        assert change[0, line] / whole == pytest.approx(error, abs=1e-4)


def test_pixels_take_as_many_values_as_their_bits_allow():
    levels = np.linspace(0, 1, 1000, dtype=np.float32)[:, None] * open_pixels(*ALL)
    assert len(np.unique(shaper(shaper_bits=4).fields(levels)[:, 200])) == 16


def test_dispersion_stretches_the_pulse():
    """tau = tau_0 sqrt(1 + (4 ln2 GDD / tau_0^2)^2): Weiner (2009), section 4.2."""
    grid = Grid(50, 8, shaper=Shaper(span_hz=30e12))  # the whole Gaussian

    def duration_s(gdd_s2):
        lines = shaper(grid, gdd_s2=gdd_s2, spot_pixels=0.05).fields(open_pixels(*ALL))
        moments = np.abs(np.fft.fft(lines[0], 2**15)) ** 2
        moments = np.fft.fftshift(moments)
        inside = np.flatnonzero(moments > moments.max() / 2)
        return (inside[-1] - inside[0] + 1) / (grid.spacing_hz * 2**15)

    limit_s = 0.441 / Pulse().bandwidth_hz
    assert duration_s(0.0) == pytest.approx(limit_s, rel=0.02)
    stretched = limit_s * np.sqrt(1 + (4 * np.log(2) * 5e-27 / limit_s**2) ** 2)
    assert duration_s(5e-27) == pytest.approx(stretched, rel=0.02)
