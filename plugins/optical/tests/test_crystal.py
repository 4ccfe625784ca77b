"""The crystal against closed forms and conserved quantities, in double precision."""

import numpy as np
import pytest
from pnn_optical.crystal import CrystalSettings, DoublingCrystal
from pnn_optical.grid import Grid
from pnn_optical.schematic import Crystal, Shaper

W_PER_M2 = 1e13
"""An intensity that the default crystal converts by a tenth."""


def crystal(length_m=0.5e-3, kicks=3, span_hz=9e12, lines=64):
    grid = Grid(lines, 1, shaper=Shaper(span_hz=span_hz))
    exact = CrystalSettings(length_error=0.0, angle_error_rad=0.0, kicks=kicks)
    return DoublingCrystal(grid, exact, Crystal(length_m=length_m), np.complex128)


def random_fields(batch=4, lines=64, seed=0):
    """Return noise whose mean intensity is that of the default pulse's peak."""
    rng = np.random.default_rng(seed)
    real, imaginary = rng.standard_normal((2, batch, lines))
    return np.sqrt(W_PER_M2 / (2 * lines)) * (real + 1j * imaginary)


def one_line(line, intensity=W_PER_M2, lines=64):
    fields = np.zeros((1, lines), complex)
    fields[0, line] = np.sqrt(intensity)
    return fields


def power(fields):
    return (np.abs(fields) ** 2).sum(axis=1)


def efficiency(doubler, line, intensity=1.0):
    _, harmonic = doubler.propagate(one_line(line, intensity))
    return power(harmonic)[0] / intensity**2


def test_thin_crystal_squares_the_pulse():
    thin = crystal(length_m=1e-7)
    fields = random_fields()
    _, harmonic = thin.propagate(fields)
    expected = [thin.kappa * thin.length_m * np.convolve(f, f) for f in fields]
    found, scale = harmonic[:, :127], np.abs(expected).max()
    assert np.abs(found) == pytest.approx(np.abs(expected), abs=1e-3 * scale)


@pytest.mark.parametrize("kicks", [1, 3, 20])
def test_energy_is_conserved_to_rounding(kicks):
    strong = 10 * random_fields()
    fundamental, harmonic = crystal(kicks=kicks).propagate(strong)
    assert power(fundamental) + power(harmonic) == pytest.approx(
        power(strong), rel=1e-12
    )
    assert (power(harmonic) > 0.1 * power(strong)).all()


def test_single_precision_conserves_energy_to_its_own_rounding():
    grid = Grid(64, 1)
    fields = random_fields().astype(np.complex64)
    fundamental, harmonic = DoublingCrystal(grid, CrystalSettings()).propagate(fields)
    assert fundamental.dtype == np.complex64
    assert power(fundamental) + power(harmonic) == pytest.approx(
        power(fields), rel=1e-5
    )


def test_matched_wave_is_depleted_as_the_hyperbolic_tangent():
    """eta = tanh^2(kappa sqrt(I) L): Boyd, Nonlinear Optics (2008), section 2.7."""
    long = crystal(length_m=2e-3, kicks=64, span_hz=1e6)  # dispersion plays no part
    for intensity in (1e12, 1e13, 1e14):
        _, harmonic = long.propagate(one_line(32, intensity))
        strength = long.kappa * np.sqrt(intensity) * long.length_m
        assert power(harmonic)[0] / intensity == pytest.approx(
            np.tanh(strength) ** 2, rel=2e-3
        )
    assert np.tanh(strength) ** 2 > 0.99


def test_mismatched_lines_follow_the_squared_sinc():
    """eta = (kappa L)^2 I sinc^2(dk L / 2) at low power: Boyd (2008), eq. 2.7.17."""
    doubler = crystal(kicks=8)
    grid, k = doubler.grid, doubler.mismatch_per_m
    for line in (0, 10, 32, 50, 63):
        half = k[2 * line] * doubler.length_m / 2  # k_1's own curvature: below 1 %
        expected = (doubler.kappa * doubler.length_m * np.sinc(half / np.pi)) ** 2
        assert efficiency(doubler, line) == pytest.approx(expected, rel=0.02)
    assert abs(grid.harmonic_hz[0]) < grid.shaper.span_hz


def test_bandwidth_of_phase_matching_is_the_textbooks():
    """0.886 / (L |1/v_2 - 1/v_1|): Weiner, Ultrafast Optics (2009), section 5.3."""
    doubler = crystal(length_m=1e-3, kicks=12, span_hz=12e12, lines=401)
    found = np.array([efficiency_of(doubler, line) for line in range(401)])
    inside = np.flatnonzero(found > found.max() / 2)
    width_hz = 2 * doubler.grid.spacing_hz * (inside[-1] - inside[0])
    slope = np.gradient(doubler.mismatch_per_m[:801], doubler.grid.harmonic_hz[:801])
    delay_s_per_m = abs(slope[400]) / (2 * np.pi)
    assert delay_s_per_m == pytest.approx(194e-12, rel=0.1)  # 194 fs/mm at 800 nm
    assert width_hz == pytest.approx(0.886 / (1e-3 * delay_s_per_m), rel=0.03)


def efficiency_of(doubler, line):
    _, harmonic = doubler.propagate(one_line(line, 1.0, lines=401))
    return power(harmonic)[0]


def test_splitting_is_of_second_order_where_the_pump_is_depleted():
    fields = 3 * random_fields()

    def harmonic(kicks):
        return crystal(kicks=kicks).propagate(fields)[1]

    exact = harmonic(256)
    coarse, fine = (np.linalg.norm(harmonic(k) - exact) for k in (16, 32))
    assert 3 < coarse / fine < 5  # 2^2, from either side


def test_pulses_do_not_depend_on_their_neighbours():
    fields, doubler = random_fields(batch=40), crystal()
    together = doubler.propagate(fields)[1]
    assert np.array_equal(together[33:34], doubler.propagate(fields[33:34])[1])
