import numpy as np
import pytest
from pnn_acoustic.schematic import Microphone, Plate


def test_square_plate_rings_at_leissas_frequencies():
    """omega a^2 sqrt(rho h / D) = 19.74, 49.35, 49.35, 78.96: NASA SP-160, 4.1."""
    plate = Plate(length_m=0.05, width_m=0.05)
    modes = plate.modes(4, Microphone())
    speed = np.sqrt(plate.rigidity_n_m / plate.surface_density_kg_per_m2)
    scaled = 2 * np.pi * modes.frequency_hz * plate.length_m**2 / speed
    assert scaled == pytest.approx([19.74, 49.35, 49.35, 78.96], abs=5e-3)


def test_frequencies_scale_with_thickness_and_inverse_area():
    one = Plate().modes(16, Microphone()).frequency_hz
    twice = Plate(thickness_m=2 * Plate().thickness_m).modes(16, Microphone())
    large = Plate(length_m=80e-3, width_m=68e-3).modes(16, Microphone())
    assert twice.frequency_hz == pytest.approx(2 * one)
    assert large.frequency_hz == pytest.approx(one / 4)


def test_mode_is_silent_where_it_has_a_node():
    plate = Plate(drive_x_m=Plate().length_m / 2)
    modes = plate.modes(16, Microphone())
    assert modes.drive_shape[modes.m % 2 == 0] == pytest.approx(0, abs=1e-12)


def test_far_microphone_hears_a_monopole():
    """Far away and slowly, I = (integral of the shape) / r = 4 a b / pi^2 r."""
    plate = Plate(thickness_m=1e-6)  # its modes are slow, and the plate is compact
    centre = Microphone(x_m=plate.length_m / 2, y_m=plate.width_m / 2, distance_m=2.0)
    heard = plate.modes(1, centre).radiation_m[0]
    volume = 4 * plate.length_m * plate.width_m / np.pi**2
    assert abs(heard) == pytest.approx(volume / 2.0, rel=1e-3)
