"""Laws of `SignalSpec.check`: what passes is safe, and unchanged but for rounding."""

import numpy as np
import pytest

from pnn_core import SignalError, SignalSpec

PORT = SignalSpec(shape=(3,), unit="V", low=-0.3, high=0.3)


def check(signal, batched=True):
    return PORT.check(signal, port="rig.inputs", batched=batched)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_floating_signal_within_range_is_returned_itself(dtype):
    signal = np.full((2, 3), 0.1, dtype)
    assert check(signal) is signal


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_integers_become_float32(dtype):
    checked = check(np.zeros((2, 3), dtype))
    assert checked.dtype == np.float32


@pytest.mark.parametrize("sign", [1, -1])
def test_rounding_beyond_a_limit_is_moved_onto_it_in_a_copy(sign):
    signal = np.full((1, 3), sign * 0.3, np.float32)  # float32(0.3) = 0.30000001
    signal[0, 0] += sign * 1e-7
    before = signal.copy()
    checked = check(signal)
    assert checked.dtype == signal.dtype
    assert (checked == sign * np.float32(0.3)).all()
    assert np.array_equal(signal, before)


@pytest.mark.parametrize("beyond", [0.3 + 2e-6, -0.3 - 2e-6])
def test_more_than_rounding_beyond_the_limit_is_refused_with_range_and_unit(beyond):
    with pytest.raises(
        SignalError, match=r"accepts -0.3 to 0.3 V, got .* V\.\n  Scale"
    ):
        check(np.full((1, 3), beyond))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_first_value_that_is_not_finite_is_located(value):
    signal = np.zeros((2, 3))
    signal[1, 2] = value
    with pytest.raises(SignalError, match=r"got 1 that are .* first at \[1, 2\]"):
        check(signal)


@pytest.mark.parametrize("shape", [(), (3,), (0, 3), (2, 4), (2, 3, 1)])
def test_a_batch_has_one_more_axis_than_the_port_and_is_not_empty(shape):
    with pytest.raises(SignalError, match=r"expects shape \[batch, 3\], got \["):
        check(np.zeros(shape))


@pytest.mark.parametrize("shape", [(), (1, 3), (4,)])
def test_what_is_held_over_a_batch_has_exactly_the_ports_shape(shape):
    with pytest.raises(SignalError, match=r"expects shape \[3\], got \["):
        check(np.zeros(shape), batched=False)


def test_byte_order_is_made_native():
    checked = check(np.zeros((1, 3), ">f4"))  # as instruments send it
    assert checked.dtype.isnative


def test_a_port_that_carries_nothing_accepts_only_nothing():
    nothing = SignalSpec.empty()
    assert nothing.size == 0
    assert nothing.check((), port="rig.params", batched=False).shape == (0,)
    with pytest.raises(SignalError):
        nothing.check([1.0], port="rig.params", batched=False)


@pytest.mark.parametrize(("low", "high"), [(1, -1), (np.nan, 1), (0, np.inf)])
def test_a_range_is_finite_and_ordered(low, high):
    with pytest.raises(SignalError, match="finite and ordered"):
        SignalSpec(shape=(1,), unit="V", low=low, high=high)
