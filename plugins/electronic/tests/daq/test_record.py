import numpy as np
import pytest
from pnn_electronic.daq.record import Layout


@pytest.mark.parametrize("settle", [0, 3, 40])
@pytest.mark.parametrize("delay", [0, 5])
@pytest.mark.parametrize("lag", [0, 1, 4])
def test_a_wire_gives_back_what_was_played_delay_samples_later(settle, delay, lag):
    layout = Layout(samples=10, settle=settle, delay=delay, lag=lag)
    volts = np.random.default_rng(0).uniform(-1, 1, (3, 10))
    record = layout.pack(volts, 3)
    converted = np.concatenate([np.zeros(lag), record])[: len(record)]
    silent = np.pad(volts, ((0, 0), (0, delay)))[:, delay:]
    assert np.array_equal(layout.unpack(converted, 3), silent)


def test_record_and_every_example_begin_and_end_at_rest():
    layout = Layout(samples=10, settle=4, delay=2)
    record = layout.pack(np.ones((3, 10)), 3)
    assert (len(record), record[0], record[-1]) == (layout.length(3), 0.0, 0.0)
    rests = np.flatnonzero(np.diff(np.concatenate([[0], record == 0, [0]])))
    assert np.diff(rests).tolist() == [1, 10, 4, 10, 4, 10, 4]


def test_what_a_short_batch_leaves_of_a_record_is_at_rest():
    layout = Layout(samples=10, settle=4, delay=2)
    assert not layout.pack(np.ones((2, 10)), 5)[2 * layout.period :].any()


@pytest.mark.parametrize("batch", [1, 7, 100, 256])
@pytest.mark.parametrize("limit", [2, 100, 701, 100_000])
def test_chunks_are_as_few_and_as_equal_as_the_buffer_allows(batch, limit):
    layout = Layout(samples=10, settle=4, delay=2)
    chunk = layout.chunk(batch, limit)
    assert layout.length(chunk) <= limit or chunk == 1
    chunks = -(-batch // chunk)
    assert chunk * chunks - batch < chunks
    assert chunks == 1 or layout.length(-(-batch // (chunks - 1))) > limit
