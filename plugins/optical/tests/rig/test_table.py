"""The optical table: time constants and what an exposure collects."""

import asyncio

import numpy as np
import pytest
from pnn_optical.rig.table import Faults, Table, TableSettings

QUIET = {"shot_noise": 0.0, "read_noise_electrons": 0.0, "laser_noise": 0.0}


@pytest.fixture
def table(monkeypatch):
    """Return a table with slow pixels, and its clock in a list."""
    now = [0.0]
    monkeypatch.setattr("pnn_optical.rig.table.monotonic", lambda: now[0])
    return Table(TableSettings(shaper_tau_s=0.1, dark_drift_per_s=0.01, **QUIET)), now


def test_pixels_follow_exponentially(table):
    table, now = table
    table.show(np.ones(100))
    now[0] = 0.1
    assert table.shown(now[0]) == pytest.approx(np.full(100, 1 - np.exp(-1)))
    table.show(np.zeros(100))
    assert table.shown(0.2) == pytest.approx(np.full(100, (1 - np.exp(-1)) / np.e))


def test_what_the_shaper_shows_is_what_the_spectrometer_sees(table):
    table, now = table
    pattern = np.random.default_rng(0).uniform(0, 1, 100)
    table.show(pattern)
    now[0] = 100.0
    lit, unlit = asyncio.run(table.exposed(4e-3, unlit=8))
    table.optics.shaper.fields(pattern[None].astype(np.float32))
    expected = table.optics.counts(pattern[None].astype(np.float32), 4e-3)[0]
    assert lit == pytest.approx((expected + 1.0).clip(0, 1))  # drifted to the end
    assert unlit == pytest.approx(np.ones(8))


def test_fault_strikes_as_often_as_it_was_provoked():
    faults = Faults()
    faults.provoke("shaper", "drop", 2)
    struck = [faults.strikes("shaper", "drop") for _ in range(3)]
    assert struck == [True, True, False]
    assert not faults.strikes("spectrometer", "drop")
