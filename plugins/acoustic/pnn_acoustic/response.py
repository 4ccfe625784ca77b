"""The nominal rig at small signals: poles and residues of its impulse response."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pnn_acoustic.schematic import AIR_KG_PER_M3, Microphone, Modes, Plate, Speaker

Matrix = NDArray[np.float64]
Complex = NDArray[np.complex128]

__all__ = ["poles_and_residues", "state_space"]


def state_space(
    speaker: Speaker, plate: Plate, modes: Modes, microphone: Microphone
) -> tuple[Matrix, Matrix, Matrix]:
    """Return A, b, c of z' = A z + b u, heard = c z, with u and heard in volts.

    The state z is the coil's current, the modal displacements and their velocities.
    The coil sits on the plate, so its stiffness, friction and mass join the modal
    matrices as outer products of the modes' shapes at the drive point.
    """
    count = len(modes.frequency_hz)
    omega, s = 2 * np.pi * modes.frequency_hz, modes.drive_shape
    outer = np.outer(s, s)
    mass = plate.modal_mass_kg * np.eye(count) + speaker.mass_kg * outer
    stiffness = np.diag(plate.modal_mass_kg * omega**2)
    stiffness += speaker.stiffness_n_per_m * outer
    friction = np.diag(plate.modal_mass_kg * 2 * modes.damping * omega)
    friction += speaker.friction_kg_per_s * outer

    a = np.zeros((2 * count + 1, 2 * count + 1))
    i, q, p = 0, slice(1, count + 1), slice(count + 1, None)
    a[i, i] = -speaker.resistance_ohm / speaker.inductance_h
    a[i, p] = -speaker.force_factor_n_per_a * s / speaker.inductance_h
    a[q, p] = np.eye(count)
    a[p, i] = np.linalg.solve(mass, speaker.force_factor_n_per_a * s)
    a[p, q] = -np.linalg.solve(mass, stiffness)
    a[p, p] = -np.linalg.solve(mass, friction)
    b = np.zeros(2 * count + 1)
    b[i] = 1 / speaker.inductance_h
    heard = modes.radiation_m.real @ a[p]
    heard[p] -= modes.radiation_m.imag * omega
    heard *= AIR_KG_PER_M3 / (2 * np.pi) * microphone.sensitivity_v_per_pa
    return a, b, heard


def poles_and_residues(
    a: Matrix, b: Matrix, c: Matrix, step_s: float
) -> tuple[Complex, Complex]:
    """Return rates lambda_j and residues r_j of the response to a held voltage.

    h_k = Re sum_j r_j exp(lambda_j k step) is what is heard at the end of hold k,
    when one volt was held during hold 0. Of each conjugate pair one is kept.
    """
    rates, vectors = np.linalg.eig(a)
    weights = (c @ vectors) * np.linalg.solve(vectors, b.astype(complex))
    residues = weights * np.expm1(rates * step_s) / rates
    kept = rates.imag >= 0
    residues[rates.imag > 0] *= 2
    return rates[kept], residues[kept]
