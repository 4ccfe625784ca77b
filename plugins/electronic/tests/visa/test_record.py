import numpy as np
import pytest
from pnn_electronic.circuit import Circuit
from pnn_electronic.parts import PartConfig, built
from pnn_electronic.visa.record import Layout, onset, taken

LAYOUT = Layout(samples=20, delay=5, rest=40, rate_hz=1e6)


@pytest.mark.parametrize("oversampling", [1, 2, 8])
def test_what_is_played_is_taken_back_in_place(oversampling):
    rng = np.random.default_rng(0)
    volts = rng.uniform(-5, 5, (7, 20))
    played = LAYOUT.played(volts)
    step_s = 1e-6 / oversampling
    times_s = -8e-6 + step_s * np.arange(int(oversampling * (len(played) + 20)))
    hold = np.ceil(times_s * 1e6 - 1e-6).astype(int) - 1
    heard = np.pad(played, (1, 20))[hold.clip(-1) + 1]
    got = taken(heard, -8e-6, step_s, LAYOUT.ends_s(7))
    assert np.array_equal(got[:, :15], volts[:, 5:])  # the delay
    assert not got[:, 15:].any()


def test_records_begin_and_end_at_rest():
    played = LAYOUT.played(np.ones((3, 20)))
    assert played[0] == played[-1] == 0
    assert len(played) == LAYOUT.length(3)
    assert LAYOUT.most(len(played)) == 3
    assert LAYOUT.most(len(played) - 1) == 2


def test_records_that_end_too_early_are_refused():
    with pytest.raises(ValueError, match="do not cover"):
        taken(np.zeros(60), -8e-6, 1e-6, LAYOUT.ends_s(1) + 60e-6)


def test_a_clock_that_slips_is_refused_and_one_that_hardly_does_is_not():
    played, ends_s = LAYOUT.played(np.ones((9, 20))), LAYOUT.ends_s(9)
    for slip, refused in ((1e-5, False), (1e-3, True), (0.6, True)):
        record = np.zeros(2 * len(played)), 0.0, 1e-6 * (1 + slip)
        if refused:
            with pytest.raises(ValueError, match="from the ends of the holds"):
                taken(*record, ends_s)
        else:
            taken(*record, ends_s)


def test_onset_moves_with_the_response():
    time = np.arange(100.0)
    for shift in (10.0, 10.25, 17.5):
        ramp = 3 * np.clip((time - shift) / 50, 0, 1)
        assert onset(ramp) == pytest.approx(shift + 10, abs=1e-9)


def test_tolerances_of_the_parts_move_the_onset_by_less_than_is_refused():
    step = np.full((1, 196), 5.0)
    nominal = onset(Circuit().respond(step, 1e6)[0])
    moved = [
        onset(Circuit(built(PartConfig(part_seed=seed))).respond(step, 1e6)[0])
        for seed in range(30)
    ]
    assert np.abs(np.array(moved) - nominal).max() < 0.35
