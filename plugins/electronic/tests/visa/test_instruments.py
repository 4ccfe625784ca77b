"""The virtual instruments by themselves, as SCPI-99 and their manuals have them."""

import numpy as np
import pytest
from pnn_electronic.circuit import Circuit
from pnn_electronic.converters import ConverterConfig, Converters
from pnn_electronic.schematic import Parts
from pnn_electronic.visa.bench.afg31000 import Afg31000
from pnn_electronic.visa.bench.infiniivision import InfiniiVision
from pnn_electronic.visa.bench.mso import Mso
from pnn_electronic.visa.bench.trueform import Trueform
from pnn_electronic.visa.bench.wiring import Wiring
from pnn_electronic.visa.framer import block


@pytest.fixture
def wiring():
    quiet = ConverterConfig(noise_v=0, jitter_noise_s=0, noise_temperature_k=0)
    return Wiring(Circuit(), Converters(quiet, Parts()), 0.0)


@pytest.fixture
def trueform(wiring):
    return Trueform(wiring, 14)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"OUTPU1 ON", -113),  # neither the short nor the long form
        (b"SOUR1:VOLT 21", -222),
        (b"SOUR1:VOLT high", -104),
        (b"SOUR1:VOLT", -109),
        (b"SOUR1:FUNC CIRCLE", -224),
        (b"SOUR1:DATA:ARB:DAC a,#15ab", -161),
        (b"SOUR1:DATA:ARB:DAC a," + block(bytes(6)), -222),  # fewer than 8 points
        (b"*TRG", -211),  # no burst waits for it
    ],
)
def test_refusals_have_the_standards_numbers(trueform, message, code):
    assert trueform.told(message) is None
    assert trueform.told(b"SYST:ERR?").startswith(f"{code},".encode())
    assert trueform.told(b"SYST:ERR?") == b'+0,"No error"\n'


def test_short_long_and_relative_headers_are_the_same_command(trueform):
    for message in (b"OUTP ON", b":output1:state ON", b"SOUR1:VOLT 2;VOLT:OFFS 0;*CLS"):
        trueform.told(message)
        assert trueform.on
        assert trueform.told(b"*ESR?;:SYST:ERR?") == b'0;+0,"No error"\n'


def test_full_error_queue_ends_with_queue_overflow(trueform):
    for _ in range(50):
        trueform.told(b"NONSENSE")
    codes = [int(trueform.told(b"SYST:ERR?").split(b",")[0]) for _ in range(20)]
    assert codes == [-113] * 19 + [-350]
    assert trueform.told(b"*ESR?") == b"32\n"  # command error


def test_one_refused_unit_does_not_stop_the_others(trueform):
    assert trueform.told(b"NONSENSE;*OPC?;:SYST:ERR?").startswith(b'1;-113,"')


def test_tektronix_events_can_be_read_only_after_esr(wiring):
    mso = Mso(wiring, 12)
    mso.told(b"NONSENSE")
    assert mso.told(b"EVMsg?").startswith(b"1,")
    assert mso.told(b"*ESR?;:EVMsg?").startswith(b'32;113,"')
    assert mso.told(b"*ESR?;:EVMsg?").startswith(b"0;0,")


def test_a_load_of_50_ohm_doubles_the_voltage_at_a_high_impedance(wiring):
    played = []
    for load, make in ((b"50", Trueform), (b"INF", Trueform)):
        generator = make(wiring, 14)
        codes = np.full(8, 32767, "<i2").tobytes()
        setup = (
            b"OUTP1:LOAD " + load + b";:FORM:BORD SWAP;:SOUR1:VOLT 2;:TRIG1:SOUR BUS"
        )
        generator.told(setup + b";:SOUR1:DATA:ARB:DAC a," + block(codes))
        generator.told(b"SOUR1:FUNC:ARB a;:SOUR1:FUNC ARB;BURS:STAT ON")
        generator.told(b"SOUR1:BURS:STAT ON;:OUTP ON;*TRG")
        played.append(float(wiring._held_v[0]))
    assert played == pytest.approx([2.0, 1.0], rel=2**-13)


def test_output_that_is_off_plays_nothing(wiring):
    generator = Afg31000(wiring, 14)
    codes = np.full(8, 16382, ">u2").tobytes()
    generator.told(b"TRAC:DATA EMEM1," + block(codes))
    generator.told(b"FUNC EMEM1;:TRIG:SOUR EXT;:BURS:STAT ON;*TRG")
    assert not wiring._held_v.any()
    assert generator.told(b"SYST:ERR?") == b'+0,"No error"\n'


def test_digitiser_takes_nothing_unless_it_is_armed(wiring):
    scope = InfiniiVision(wiring, 12)
    scope.told(b"TRIG:EDGE:SOUR EXT")
    wiring.play(np.ones(8), 1e6)
    assert scope.told(b"WAV:DATA?;:SYST:ERR?").startswith(b"-230,")
    scope.told(b"SING")
    assert scope.told(b"AER?;AER?;:OPER:COND?") == b"+1;+0;40\n"
    assert scope.told(b"*OPC?") is None  # not while it waits for a trigger
    wiring.play(np.ones(8), 1e6)
    assert scope.told(b"*OPC?;:OPER:COND?") == b"1;0\n"
    assert scope.told(b"WAV:DATA?").startswith(b"#42000")
