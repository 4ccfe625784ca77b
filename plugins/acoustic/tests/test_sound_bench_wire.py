import numpy as np
import pytest
from pnn_acoustic.sound_bench.wire import Fault, Wire

RECORDED = np.arange(1, 401, dtype=np.float32)
PLAYED = np.where(np.arange(400) >= 50, RECORDED, 0)  # silent for 50 samples


def carried(*faults, block=400):
    """Return what arrives while each fault in turn meets the same sound."""
    wire, arrived = Wire(), []
    for fault in faults:
        wire.told = fault
        parts = [
            wire.carry(PLAYED[at : at + block], RECORDED[at : at + block])
            for at in range(0, 400, block)
        ]
        arrived.append(np.concatenate(parts))
    return arrived


def test_wire_is_faithful_unless_told():
    assert np.array_equal(carried(None)[0], RECORDED)


@pytest.mark.parametrize("block", [8, 50, 400])
def test_drop_silences_samples_counted_from_the_sound(block):
    dropped, after = carried(Fault("drop", 60, 100), None, block=block)
    expected = RECORDED.copy()
    expected[150:210] = 0
    assert np.array_equal(dropped, expected)
    assert np.array_equal(after, RECORDED)


@pytest.mark.parametrize("block", [8, 50, 400])
def test_slip_delays_all_that_follows(block):
    slipped, after = carried(Fault("slip", 60, 100), None, block=block)
    assert np.array_equal(slipped[:150], RECORDED[:150])
    assert not slipped[150:210].any()
    assert np.array_equal(slipped[210:], RECORDED[150:340])
    assert np.array_equal(after[:60], RECORDED[340:])
    assert np.array_equal(after[60:], RECORDED[:340])


def test_what_slipped_can_slip_back():
    late, back, again = carried(Fault("slip", 60), Fault("slip", -60, 100), None)
    assert np.array_equal(back[:150], np.r_[late[-1] + 1 : 401, RECORDED[:90]])
    assert np.array_equal(back[150:], RECORDED[150:])
    assert np.array_equal(again, RECORDED)


def test_mending_takes_everything_back():
    later = carried(Fault("slip", 60), Fault("mend"))[1]
    assert np.array_equal(later, RECORDED)
    unharmed = carried(Fault("drop", 60, 1000), Fault("mend"), None)
    assert all(np.array_equal(arrived, RECORDED) for arrived in unharmed)
