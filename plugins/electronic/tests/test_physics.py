"""The integrator against closed forms and conserved quantities, in double precision."""

from dataclasses import replace

import numpy as np
import pytest
from pnn_electronic.circuit import Circuit, constants
from pnn_electronic.kernel import channel, integrate
from pnn_electronic.schematic import Parts

RATE_HZ = 1e6
PARTS = replace(Parts(), probe_gain=1.0)


def waveforms(batch, samples=196, seed=0):
    return np.random.default_rng(seed).uniform(-5, 5, (batch, samples))


def heard(volts, parts=PARTS, substeps=16):
    return Circuit(parts, substeps).respond(np.atleast_2d(volts).astype(float), RATE_HZ)


def error(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


def channel_a(v, w, parts=PARTS):
    """Return the drain current by SPICE's four branches, drain and source swapped."""
    if v < 0:
        return -channel_a(-v, w - v, parts)
    bent = parts.beta_a_per_v2 * (1 + parts.lambda_per_v * v)
    if w <= 0:
        return 0.0
    return bent * (v * (2 * w - v) if v < w else w**2)


def states(volts, parts=PARTS, substeps=4):
    """Return current and capacitor voltage at the end of each hold."""
    state, written = np.zeros((2, 1)), np.empty((1, 1))
    found = []
    for volt in volts:
        step_s = 1 / (RATE_HZ * substeps)
        played = np.array([[volt]])
        integrate(played, constants(parts, float), step_s, substeps, state, written)
        found.append(state[:, 0].copy())
    return np.array(found).T


def test_without_transistor_it_is_the_series_resonator_of_the_textbook():
    parts = replace(PARTS, beta_a_per_v2=0.0)
    volts = waveforms(1)[0]
    damping = parts.resistance_ohm / (2 * parts.inductance_h)
    square = 1 / (parts.inductance_h * parts.capacitance_f) - damping**2
    omega, t = np.sqrt(square), np.arange(1, 197) / RATE_HZ
    ringing = np.cos(omega * t) + damping / omega * np.sin(omega * t)
    step = parts.drive_gain * (1 - np.exp(-damping * t) * ringing)
    expected = np.convolve(np.diff(volts, prepend=0), step)[:196]
    assert error(heard(volts, parts)[0], expected) < 1e-6


@pytest.mark.parametrize("volts", [-5.0, -2.0, 2.0, 5.0])
@pytest.mark.parametrize("open_v", [-0.3, 0.1, 0.6])
def test_it_settles_where_the_static_currents_agree(volts, open_v):
    parts = replace(PARTS, gate_bias_v=PARTS.threshold_v + open_v)
    u = parts.drive_gain * volts
    w = parts.gate_gain * u + open_v
    settled = heard(np.full(4000, volts), parts, substeps=2)[0, -1]
    resistor_a = (u - settled) / parts.resistance_ohm
    assert resistor_a == pytest.approx(channel_a(settled, w, parts), abs=1e-9)


def test_triode_operating_point_is_the_root_of_its_quadratic():
    parts = replace(PARTS, lambda_per_v=0.0, gate_bias_v=PARTS.threshold_v + 3.0)
    u, b = parts.drive_gain * 5.0, parts.beta_a_per_v2
    w = parts.gate_gain * u + 3.0
    slope = 2 * b * w + 1 / parts.resistance_ohm
    discriminant = slope**2 - 4 * b * u / parts.resistance_ohm
    expected = (slope - np.sqrt(discriminant)) / (2 * b)
    settled = heard(np.full(4000, 5.0), parts, substeps=2)[0, -1]
    assert 0 < expected < w
    assert settled == pytest.approx(expected, rel=1e-9)


def test_circuit_is_passive_and_accounts_for_every_joule():
    """Supplied = stored + burnt in the resistor + burnt in the channel, at any time."""
    fine = 16  # holds of a sixteenth of a microsecond, for the integrals
    volts = np.repeat(waveforms(1, 100)[0], fine)
    parts = replace(
        PARTS,
        inductance_h=PARTS.inductance_h * fine,
        capacitance_f=PARTS.capacitance_f * fine,
    )  # the same circuit, in slower time
    i, v = np.concatenate([np.zeros((2, 1)), states(volts, parts)], axis=1)
    u = parts.drive_gain * volts
    w = parts.gate_gain * u + parts.gate_bias_v - parts.threshold_v
    burnt = [[channel_a(x, y, parts) * x for x in (a, b)]
             for a, b, y in zip(v, v[1:], w, strict=False)]  # fmt: skip
    assert np.min(burnt) >= 0

    def total(left, right):
        return np.cumsum(left + right) / (2 * RATE_HZ)

    supplied = total(u * i[:-1], u * i[1:])
    resistor = total(*(parts.resistance_ohm * x**2 for x in (i[:-1], i[1:])))
    channel = total(*np.transpose(burnt))
    stored = parts.inductance_h * i[1:] ** 2 / 2 + parts.capacitance_f * v[1:] ** 2 / 2
    assert (supplied > stored).all()
    missing = np.abs(supplied - stored - resistor - channel).max()
    assert missing < 1e-3 * supplied[-1]  # the trapezium rule's own error


@pytest.mark.parametrize("v", [-1.7, -0.4, 0.0, 0.3, 0.9, 2.0])
@pytest.mark.parametrize("w", [-0.5, 0.0, 0.5, 1.5])
def test_square_law_in_one_line_is_spices_four_branches(v, w):
    beta, modulation = PARTS.beta_a_per_v2, PARTS.lambda_per_v
    assert channel(v, w, beta, modulation) == pytest.approx(channel_a(v, w), abs=1e-15)


def test_integrator_is_of_fourth_order_where_the_channel_stays_shut():
    parts = replace(PARTS, beta_a_per_v2=0.0)
    volts = waveforms(4)
    exact = heard(volts, parts, 64)
    coarse, fine = (error(heard(volts, parts, n), exact) for n in (2, 4))
    assert 14 < coarse / fine < 18


def test_integrator_converges_beyond_second_order_through_the_knees():
    """The square law's second derivative jumps at cut-off: a step there costs h^3."""
    volts = waveforms(16)
    exact = heard(volts, substeps=256)
    coarse, fine = (error(heard(volts, substeps=n), exact) for n in (2, 16))
    assert np.log2(coarse / fine) / 3 > 2.0


@pytest.mark.parametrize(("substeps", "bound"), [(1, 1e-3), (2, 1e-4)])
def test_default_steps_are_as_exact_as_stated(substeps, bound):
    volts = waveforms(16)
    assert error(heard(volts, substeps=substeps), heard(volts, substeps=64)) < bound


def test_one_long_record_is_its_examples_once_the_circuit_has_come_to_rest():
    volts = waveforms(3, 50)
    apart = heard(np.pad(volts, ((0, 0), (0, 1950))), substeps=2)
    together = heard(np.pad(volts, ((0, 0), (0, 1950))).reshape(1, -1), substeps=2)
    left_v = 5 * np.exp(-1950e-6 * PARTS.resistance_ohm / (2 * PARTS.inductance_h))
    assert together.reshape(3, -1) == pytest.approx(apart, abs=left_v)


@pytest.mark.parametrize("rate_hz", [1e4, 2e4, 5e4, 1e5, 5e5, 1e6])
@pytest.mark.parametrize("precision", [np.float32, float])
def test_long_samples_are_integrated_as_well_as_short_ones(rate_hz, precision):
    volts = waveforms(16, 40)
    exact = Circuit(PARTS, round(64e6 / rate_hz)).respond(volts, rate_hz)
    found = Circuit(PARTS, 1).respond(volts.astype(precision), rate_hz)
    assert error(found, exact) < 1e-3
