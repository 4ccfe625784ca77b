"""The integrator against closed forms and conserved quantities, in double precision."""

import numpy as np
import pytest
from pnn_acoustic.bench import PlateBench
from pnn_acoustic.kernel import LANES, integrate
from pnn_acoustic.parts import Motor, coefficients
from pnn_acoustic.response import poles_and_residues, state_space
from pnn_acoustic.schematic import Microphone, Plate, Speaker

RATE_HZ = 48e3
EXACT = {"detuning": 0.0, "damping_spread": 0.0, "gain_spread": 0.0}
STRAIGHT = {"bl_limit_m": 1.0, "k_limit_m": 1.0, "offset_m": 0.0}


def heard(volts, **settings):
    """Return what the preamplifier hears of one waveform, without delay."""
    samples = len(volts)
    with PlateBench(samples=samples, delay_samples=0, **settings) as bench:
        return bench.heard_v(np.asarray(volts, dtype=np.float64)[None])[0]


def one_mode(speaker, **limits):
    plate, microphone = Plate(), Microphone()
    modes = plate.modes(1, microphone)
    motor = Motor.curved(speaker, **limits)
    return plate, modes, coefficients(speaker, motor, plate, modes, microphone)


def run(volts, parts, substeps=16):
    played = np.zeros((len(volts), LANES))
    played[:] = np.asarray(volts)[:, None]
    written = np.empty_like(played)
    step_s = 1 / (RATE_HZ * substeps)
    state = integrate(played, *parts, step_s, substeps, written)
    return written[:, 0], [part[..., 0] for part in state]


def energy_j(state, speaker, motor, plate, modes):
    """Return what coil, masses, springs, plate and its stretching have stored."""
    current, q, p = state
    x, v = modes.drive_shape @ q, modes.drive_shape @ p
    k0, k1, k2 = motor.stiffness
    stretch = modes.wavenumber_squared_per_m2 @ q**2
    tau = 1.5 * plate.rigidity_n_m / plate.thickness_m**2
    tau /= plate.surface_density_kg_per_m2
    omega = 2 * np.pi * modes.frequency_hz
    return (
        speaker.inductance_h * current**2 / 2
        + speaker.mass_kg * v**2 / 2
        + k0 * x**2 / 2 + k1 * x**3 / 3 + k2 * x**4 / 4
        + plate.modal_mass_kg * (p @ p + (omega * q) @ (omega * q)) / 2
        + plate.modal_mass_kg * tau * stretch**2 / 4
    )  # fmt: skip


def test_small_signals_follow_the_linear_closed_form():
    microphone, plate = Microphone(), Plate()
    rig = state_space(Speaker(), plate, plate.modes(16, microphone), microphone)
    rates, residues = poles_and_residues(*rig, 1 / RATE_HZ)
    expected = (
        (residues * np.exp(np.outer(np.arange(196) / RATE_HZ, rates))).sum(1).real
    )
    pulse = np.zeros(196)
    pulse[0] = 1e-4
    response = heard(pulse, substeps=32, **EXACT, **STRAIGHT) / 1e-4
    assert response == pytest.approx(expected, abs=1e-6 * np.abs(expected).max())


def lossless_rig():
    speaker = Speaker(resistance_ohm=0.0, friction_kg_per_s=0.0)
    plate, microphone = Plate(loss_factor=0.0), Microphone()
    modes = plate.modes(8, microphone)
    motor = Motor.curved(speaker, bl_limit_m=2e-4, k_limit_m=2e-4, offset_m=5e-5)
    parts = coefficients(speaker, motor, plate, modes, microphone)
    return speaker, motor, plate, modes, parts


def test_lossless_rig_conserves_energy():
    speaker, motor, plate, modes, parts = lossless_rig()
    stored = []
    for rest in (0, 100, 1000):
        _, state = run(np.r_[np.full(12, 5.0), np.zeros(rest)], parts)
        stored.append(energy_j(state, speaker, motor, plate, modes))
    assert stored[0] > 0
    assert stored == pytest.approx([stored[0]] * 3, rel=1e-5)


def test_amplifier_pays_for_what_is_stored():
    """Without losses, u times the charge drawn is the energy stored."""
    speaker, motor, plate, modes, parts = lossless_rig()
    currents = [0.0]
    for samples in range(1, 41):
        _, state = run(np.full(samples, 5.0), parts)
        currents.append(float(state[0]))
    i = np.array(currents)  # Simpson's rule; the coil is slow against a sample
    charge_c = (i[0] + 4 * i[1:-1:2].sum() + 2 * i[2:-1:2].sum() + i[-1]) / 3 / RATE_HZ
    stored = energy_j(state, speaker, motor, plate, modes)
    assert 5.0 * charge_c == pytest.approx(stored, rel=1e-3)


def test_damped_rig_falls_silent():
    sound = heard(np.r_[np.full(4, 5.0), np.zeros(4000)])
    assert np.abs(sound[3600:]).max() < 1e-4 * np.abs(sound[:400]).max()


def test_integrator_is_of_fourth_order():
    volts = np.random.default_rng(0).uniform(-5, 5, 196)
    exact = heard(volts, substeps=64)
    coarse, fine = (np.linalg.norm(heard(volts, substeps=n) - exact) for n in (6, 12))
    assert 12 < coarse / fine < 24  # 2^4, from either side


def test_default_substeps_are_within_a_percent():
    volts = np.random.default_rng(0).uniform(-5, 5, 196)
    exact = heard(volts, substeps=64)
    error = np.linalg.norm(heard(volts) - exact) / np.linalg.norm(exact)
    assert error < 5e-3


def harmonics(amplitude_v, **settings):
    """Return the amplitudes of the first three harmonics of 375 Hz, after the onset."""
    period = 128
    t = np.arange(32 * period)
    volts = amplitude_v * np.sin(2 * np.pi * t / period)
    steady = heard(volts, substeps=4, **settings)[-8 * period :]
    return np.abs(np.fft.rfft(steady))[[8, 16, 24]]


def test_third_harmonic_grows_with_the_square_of_the_first():
    small, large = (harmonics(v, offset_m=0.0) for v in (0.5, 1.0))
    assert (large[2] / large[0]) / (small[2] / small[0]) == pytest.approx(4, rel=0.05)
    assert small[1] / small[0] < 1e-6  # a centred coil is odd


def test_off_centre_coil_makes_a_second_harmonic():
    small, large = (harmonics(v, offset_m=1e-4) for v in (0.5, 1.0))
    assert (large[1] / large[0]) / (small[1] / small[0]) == pytest.approx(2, rel=0.05)


def test_large_deflection_raises_the_pitch_as_a_duffing_oscillator():
    """omega = omega_0 (1 + 3 tau k^4 A^2 / 8 omega_0^2): Nayfeh, Mook (1979)."""
    speaker = Speaker(
        force_factor_n_per_a=1e-3,  # so that the coil hardly brakes the plate
        stiffness_n_per_m=0.0,
        friction_kg_per_s=0.0,
        mass_kg=0.0,
    )
    limits = {"bl_limit_m": 1.0, "k_limit_m": 1.0, "offset_m": 0.0}
    _, modes, (motor, coefficient, _) = one_mode(speaker, **limits)
    coefficient[1] = 0.0  # no damping
    velocity = np.array([[0.0], [1.0]])
    omega = 2 * np.pi * modes.frequency_hz[0]
    pitches, amplitudes = [], []
    for volts in (1.0, 4e3):
        played = np.r_[np.full(8, volts), np.zeros(4096)]
        sound, _ = run(played, (motor, coefficient, velocity), substeps=4)
        sound = sound[32:]
        ups = np.flatnonzero((sound[:-1] < 0) & (sound[1:] >= 0))
        exact = ups - sound[ups] / (sound[ups + 1] - sound[ups])
        pitches.append((len(exact) - 1) / (exact[-1] - exact[0]))
        amplitudes.append(np.abs(sound).max() / omega)
    rise = pitches[1] / pitches[0] - 1
    tau_k4 = motor[9] * modes.wavenumber_squared_per_m2[0] ** 2
    expected = 3 * tau_k4 * amplitudes[1] ** 2 / (8 * omega**2)
    assert rise > 1e-3
    assert rise == pytest.approx(expected, rel=0.1)
