"""The bench against ngspice, with the transistor's whole model, on random waveforms."""

import shutil

import numpy as np
import pytest
from pnn_electronic.bench import CircuitBench
from pnn_electronic.circuit import Circuit
from pnn_electronic.parts import PartConfig, built
from pnn_electronic.schematic import Parts
from pnn_electronic.spice import ngspice
from pnn_electronic.spice.device import CircuitSpice, simulate
from pnn_electronic.spice.netlist import COPIES, netlist

from pnn_core.errors import DeviceError
from pnn_core.testing import conformance

needs_ngspice = pytest.mark.skipif(
    shutil.which("ngspice") is None, reason="needs ngspice: apt-get install ngspice"
)
RATE_HZ = 1e6


def waveforms(batch, samples=224, seed=0):
    return np.random.default_rng(seed).uniform(-5, 5, (batch, samples))


def error(found, expected):
    return np.linalg.norm(found - expected) / np.linalg.norm(expected)


@needs_ngspice
@conformance("electronic-circuit-spice")
def test_conformance(check):
    check()


@needs_ngspice
@pytest.mark.parametrize("seed", [0, 1])
def test_bench_and_ngspice_agree_to_two_parts_in_a_thousand(seed):
    parts, volts = built(PartConfig(part_seed=seed)), waveforms(8)
    found = simulate(parts, volts, RATE_HZ, steps=32)
    assert error(Circuit(parts, 2).respond(volts, RATE_HZ), found) < 2e-3


@needs_ngspice
def test_they_agree_even_where_the_circuit_is_driven_at_its_resonance():
    """There the peaks reach 3 V, and the channel's contacts count most."""
    cycles = np.outer(np.linspace(0.03, 0.08, 8), np.arange(210))
    volts = 5 * np.sign(np.sin(2 * np.pi * cycles + 1e-6))
    found = simulate(Parts(), volts, RATE_HZ, steps=32)
    assert error(Circuit(Parts(), 2).respond(volts, RATE_HZ), found) < 4e-3


@needs_ngspice
def test_ngspice_converges_to_the_bench_where_both_leave_out_the_gate():
    volts = waveforms(4, 64)
    exact = Circuit(Parts(), 64).respond(volts, RATE_HZ)
    bare = "is=1e-30 cgs=0 cgd=0"
    errors = [
        error(simulate(Parts(), volts, RATE_HZ, steps=steps, extra=bare), exact)
        for steps in (8, 128)
    ]
    assert errors[1] < 4e-4
    assert errors[1] < errors[0] / 4


@needs_ngspice
def test_waveforms_beyond_one_netlist_are_split_and_joined():
    settings = {"samples": 8, "delay_samples": 2, "noise_v": 0.0, "jitter_noise_s": 0.0}
    volts = waveforms(COPIES + 2, 8).astype(np.float32)
    with CircuitSpice(**settings) as spice, CircuitBench(**settings) as bench:
        found, expected = spice.run(volts), bench.run(volts)
    assert error(found, expected) < 0.01


def test_missing_ngspice_is_an_error_that_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DeviceError, match="apt-get install ngspice"):
        CircuitSpice().open()
    assert "apt-get install ngspice" in "".join(CircuitSpice.doctor())


@needs_ngspice
def test_netlist_that_ngspice_refuses_is_told():
    with pytest.raises(DeviceError, match="ngspice failed"):
        ngspice.run("* no such model\nJ1 a b 0 x\n.tran 1 1\n.end\n", {}, 10.0)


@needs_ngspice
def test_hung_ngspice_is_stopped():
    volts = waveforms(2)
    with pytest.raises(DeviceError, match="stopped after"):
        simulate(Parts(), volts, RATE_HZ, steps=1000, timeout_s=0.05)


def test_raw_file_is_read_and_a_short_one_refused():
    values = np.arange(6.0).reshape(2, 3)
    header = b"Title: x\nNo. Variables: 3\nNo. Points: 2\nBinary:\n"
    assert np.array_equal(ngspice.read_raw(header + values.tobytes()), values.T)
    with pytest.raises(DeviceError, match="cut short"):
        ngspice.read_raw(header + values.tobytes()[:-1])


def test_netlist_holds_one_transistor_a_copy():
    lines = netlist(Parts(), 3, 10, RATE_HZ, 8).splitlines()
    assert sum(line.startswith("J") for line in lines) == 3
