import numpy as np
import pytest
from pnn_electronic.bench import CircuitBench
from pnn_electronic.converters import Converters
from pnn_electronic.daq.board import Board
from pnn_electronic.daq.record import Layout
from pnn_electronic.parts import built
from pnn_electronic.rig import RigConfig
from pnn_electronic.schematic import DRIVE_V, FULL_SCALE_V

STEP_V = FULL_SCALE_V / 2**15


def waveforms(batch, seed=0):
    volts = np.random.default_rng(seed).uniform(-DRIVE_V, DRIVE_V, (batch, 196))
    return volts.astype(np.float32)


def test_driver_and_bench_measure_the_same_sample_by_sample(device, quiet):
    volts = waveforms(32)
    with CircuitBench(**quiet) as bench:
        expected = bench.run(volts)
    with device() as daq:
        measured = daq.run(volts)
    # Rounding to a code, and what is left of the example before: below STEP_V / 2.
    assert np.abs(measured - expected).max() <= 1.01 * STEP_V
    assert np.mean(measured != expected) < 0.05
    assert measured.dtype == np.float32


@pytest.mark.parametrize("lag", [0, 2])
def test_a_misaligned_driver_would_be_seen(device, quiet, lag):
    volts = waveforms(4)
    with CircuitBench(**quiet) as bench:
        expected = bench.run(volts)
    with device(lag_samples=lag) as daq:
        assert np.abs(daq.run(volts) - expected).max() > 100 * STEP_V


def test_board_with_a_wire_converts_the_hold_that_ended_at_the_edge(quiet):
    config = RigConfig(**quiet)
    board = Board(lambda volts, rate_hz: volts, Converters(config, built(config)))
    layout = Layout(samples=196, settle=1, delay=28)
    volts = waveforms(3).astype(float)
    played = board.play(layout.pack(volts, 3))
    measured = layout.unpack(board.convert(played, 1e6), 3) * board.step_v
    expected = np.pad(board.converters.generated(volts), ((0, 0), (0, 28)))[:, 28:]
    assert np.array_equal(measured, expected)


def test_board_remembers_the_voltage_it_was_left_at(quiet):
    config = RigConfig(**quiet)
    board = Board(
        lambda volts, rate_hz: volts.cumsum(-1) * 0 + volts[..., :1] / 2,
        Converters(config, built(config)),
    )
    board.play(np.array([1.0]))
    codes = board.convert(board.play(np.zeros(5)), 1e6)
    assert codes * board.step_v == pytest.approx(0.5, abs=STEP_V)


@pytest.mark.parametrize("batch", [1, 5, 12])
def test_a_divided_batch_measures_the_same(device, server, batch):
    volts = waveforms(batch)
    with device() as daq:
        whole = daq.run(volts)
    before = server.state()["records"]
    with device(buffer_samples=daq.layout.length(3)) as daq:
        divided = daq.run(volts)
    assert server.state()["records"] - before == -(-batch // 3)
    assert np.abs(divided - whole).max() <= 1.01 * STEP_V


def test_examples_do_not_reach_into_each_other(device):
    volts = waveforms(6)
    with device() as daq:
        together = daq.run(volts)
        alone = np.concatenate([daq.run(volts[[row]]) for row in range(6)])
    assert np.abs(together - alone).max() <= 1.01 * STEP_V
