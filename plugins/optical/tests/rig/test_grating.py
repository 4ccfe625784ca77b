"""Amplitudes by gratings, against the closed form of their diffraction."""

import numpy as np
import pytest
from pnn_optical.lab.grating import blaze, depth, first_order

AMPLITUDES = np.linspace(0, 1, 201)


@pytest.mark.parametrize("period", [3, 8, 16])
def test_first_order_passes_the_amplitudes_asked_for(period):
    passed = first_order(blaze(AMPLITUDES, 4 * period, period), period)
    assert passed == pytest.approx(AMPLITUDES, abs=1e-6)  # of the inverted table


def test_long_period_has_the_sinc_of_a_continuous_blaze():
    expected = np.sinc(1 - depth(AMPLITUDES, 512))
    assert expected == pytest.approx(AMPLITUDES, abs=1e-5)


def test_flat_mask_passes_nothing():
    assert blaze(np.zeros(5), 32, 8).any() == 0
    assert first_order(np.full((32, 5), 1.7), 8) == pytest.approx(
        np.zeros(5), abs=1e-15
    )


def test_orders_hold_all_the_energy():
    phases = blaze(np.array([0.3, 0.8]), 8, 8)
    orders = np.fft.fft(np.exp(1j * phases), axis=0) / 8
    assert np.abs(orders[1]) == pytest.approx([0.3, 0.8], abs=1e-6)
    assert (np.abs(orders) ** 2).sum(0) == pytest.approx([1, 1])


def test_phase_of_the_first_order_does_not_depend_on_the_amplitude():
    order = np.fft.fft(np.exp(1j * blaze(AMPLITUDES[1:], 8, 8)), axis=0)[1]
    assert np.ptp(np.angle(order)) == pytest.approx(0, abs=1e-9)
