import numpy as np
import pytest
from pnn_optical.schematic import LIGHT_M_PER_S
from pnn_optical.sellmeier import (
    extraordinary,
    matching_angle_rad,
    ordinary,
    wavenumber_per_m,
)

WAVELENGTHS_M = np.linspace(0.35e-6, 1.06e-6, 20)


def test_indices_agree_with_an_older_measurement():
    """Eimerl et al., J. Appl. Phys. 62, 1968 (1987): within 2e-3."""
    squared = (1e6 * WAVELENGTHS_M) ** 2
    o = np.sqrt(2.7405 + 0.0184 / (squared - 0.0179) - 0.0155 * squared)
    e = np.sqrt(2.3730 + 0.0128 / (squared - 0.0156) - 0.0044 * squared)
    assert ordinary(WAVELENGTHS_M) == pytest.approx(o, abs=2e-3)
    assert extraordinary(WAVELENGTHS_M) == pytest.approx(e, abs=2e-3)


def test_ray_along_the_axis_is_ordinary():
    along = extraordinary(WAVELENGTHS_M, angle_rad=0.0)
    assert along == pytest.approx(ordinary(WAVELENGTHS_M))


@pytest.mark.parametrize(("wavelength_m", "degrees"), [(800e-9, 29.2), (1064e-9, 22.8)])
def test_crystals_are_cut_at_the_angle_of_phase_matching(wavelength_m, degrees):
    """The cuts that suppliers sell for doubling these lasers, to 0.1 degrees."""
    angle_rad = matching_angle_rad(wavelength_m)
    assert np.degrees(angle_rad) == pytest.approx(degrees, abs=0.1)
    matched = extraordinary(wavelength_m / 2, angle_rad)
    assert matched == pytest.approx(ordinary(wavelength_m), abs=1e-12)


def test_wavenumber_is_index_over_wavelength():
    k = wavenumber_per_m(LIGHT_M_PER_S / WAVELENGTHS_M)
    assert k * WAVELENGTHS_M / (2 * np.pi) == pytest.approx(ordinary(WAVELENGTHS_M))
