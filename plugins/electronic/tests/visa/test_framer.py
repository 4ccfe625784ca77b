import numpy as np
import pytest
from pnn_electronic.visa.framer import Framer, block, units

MESSAGES = [
    b"*IDN?",
    b"DATA:DAC record," + block(b"\n;\"'#\n" * 40) + b";:SYST:ERR?",
    b'NAME "a#9;b"',
    b"NAME 'it is \"#1\"'",
    b"MASK #HFF;MASK #B01",
    b'ODD "open',
    b"",
    b"A " + block(b"") + b";B " + block(bytes(range(256))),
    b"*OPC?",
]
STREAM = b"".join(message + b"\n" for message in MESSAGES)


@pytest.mark.parametrize("seed", range(20))
def test_any_split_of_the_stream_gives_the_same_messages(seed):
    rng = np.random.default_rng(seed)
    cuts = np.sort(rng.integers(0, len(STREAM), rng.integers(0, 60)))
    framer, got = Framer(), []
    for part in np.split(np.frombuffer(STREAM, np.uint8), cuts):
        got += framer.feed(part.tobytes())
    assert got == MESSAGES


def test_byte_by_byte_is_a_split_too():
    framer = Framer()
    assert [m for byte in STREAM for m in framer.feed(bytes([byte]))] == MESSAGES


def test_units_joined_by_semicolons_are_the_message():
    wanted = [b"DATA:DAC record," + block(b";\n" * 9), b'NAME "a;b"', b":SYST:ERR?"]
    assert units(b";".join(wanted)) == wanted


def test_unfinished_block_is_known_as_such():
    framer = Framer()
    assert framer.feed(b"DATA #15abc\n") == []
    assert framer.inside_block
    assert framer.feed(b"d\n") == [b"DATA #15abc\nd"]
    assert not framer.inside_block
