import sys

import numpy as np
import pytest
from pnn_electronic.bench import CircuitBench
from pnn_electronic.schematic import DRIVE_V
from pnn_electronic.visa.device import CircuitVisa
from pnn_electronic.visa.dialect_files import SHIPPED, shipped
from pnn_electronic.visa.server import VisaServer

import pnn_core as pnn

ADC_STEP_V = 10.24 / 2**12
DAC_STEP_V = 10 / 2**14


@pytest.fixture(scope="module")
def volts():
    rng = np.random.default_rng(0)
    return rng.uniform(-DRIVE_V, DRIVE_V, (12, 196)).astype(np.float32)


@pytest.fixture(scope="module")
def expected(volts):
    quiet = {"noise_v": 0.0, "jitter_noise_s": 0.0, "noise_temperature_k": 0.0}
    with CircuitBench(adc_bits=24, dac_bits=24, **quiet) as bench:
        return bench.run(volts)


def test_measures_what_the_bench_measures_to_the_converters_rounding(
    visa, volts, expected, leaves_nothing
):
    with visa() as device:
        measured = device.run(volts)
        assert abs(device.skew_s) < 0.35e-6  # tolerance of the parts
    # half a step of the digitiser; the generator's, by the circuit's gain of about 1/3
    assert np.abs(measured - expected).max() < (ADC_STEP_V + DAC_STEP_V) / 2
    one_sample_off = measured[:, 1:] - expected[:, :-1]
    assert one_sample_off.std() > 20 * (measured - expected).std()


def test_output_is_on_while_open_and_off_afterwards(server, visa):
    with visa():
        assert server.state()["output"]
    assert server.state() == {"output": False, "shape": "DC"}


def test_batch_beyond_the_memory_is_played_in_several_records(
    visa, volts, expected, tmp_path
):
    settings = {}
    for kind, key in (("generator", "awg_dialect"), ("digitiser", "scope_dialect")):
        name = getattr(visa().config, key)
        text = (SHIPPED / f"{name}.toml").read_text()
        most = shipped()[name]["max_points"]
        path = tmp_path / f"{kind}.toml"
        path.write_text(
            text.replace(f"max_points = {most:_}", "max_points = 6_000\ngranularity=64")
        )
        settings[key] = str(path)
    with visa(**settings) as device:
        assert device.pair.longest < 6_000 < len(volts) * 1_000
        assert np.abs(device.run(volts) - expected).max() < ADC_STEP_V


def test_example_that_exceeds_the_memory_is_refused(visa, refusal):
    with visa() as device, refusal(pnn.SettingError, "points", "memory for 500"):
        player = device.pair.player
        player.dialect = player.dialect.model_copy(update={"max_points": 500})
        device.run(np.zeros((1, 196)))


def test_misalignment_is_refused_and_the_setting_that_it_names_repairs_it(
    servers, refusal
):
    """Takes seconds: a server of its own starts."""
    servers()  # skips where there is no pyvisa
    server = VisaServer(latency_s=3.25e-6, noise_v=0.0)
    server.start()
    try:
        with refusal(pnn.DeviceError, "samples later") as caught:
            CircuitVisa(**server.settings()).open()
        assert not server.state()["output"]
        named_s = float(str(caught.value).split("trigger_delay_s = ")[1])
        assert named_s == pytest.approx(3.25e-6, abs=0.35e-6)
        with CircuitVisa(trigger_delay_s=named_s, **server.settings()) as device:
            assert abs(device.skew_s) < 0.5e-6
    finally:
        server.stop()


def test_circuit_that_is_not_connected_is_noticed(server, visa, refusal):
    server.probe_gain(0.0)
    with refusal(pnn.DeviceError, "no response", "connected"):
        visa().open()


def test_over_range_is_an_error_that_names_the_range(server, visa, volts, refusal):
    with visa() as device:
        server.probe_gain(30.0)
        with refusal(pnn.DeviceError, "over-range", "10 V", "Raise range_v"):
            device.run(volts)
        assert not device.is_open
    assert not server.state()["output"]


def test_instrument_of_another_family_is_told_nothing(server, visa, refusal):
    other = {
        "keysight-trueform": "tektronix-afg31000",
        "tektronix-afg31000": "keysight-trueform",
    }[visa().config.awg_dialect]
    with refusal(pnn.DeviceError, "VIRTUAL", "Choose the dialect of its family"):
        visa(awg_dialect=other).open()
    visa().open().close()  # its error queue is empty


@pytest.mark.parametrize("field", ["awg_resource", "scope_resource"])
def test_resource_names_must_be_given(visa, refusal, field):
    with refusal(pnn.SettingError, f"needs {field}", "lab file"):
        visa(**{field: ""}).open()


def test_without_pyvisa_the_message_says_what_to_install(monkeypatch, refusal):
    monkeypatch.setitem(sys.modules, "pyvisa", None)
    device = CircuitVisa(
        awg_resource="GPIB0::1::INSTR", scope_resource="GPIB0::2::INSTR"
    )
    with refusal(pnn.DeviceError, "pip install pnn-electronic[visa]"):
        device.open()


def test_without_a_visa_library_the_message_says_so(visa, refusal):
    pytest.importorskip("pyvisa")
    if "none" not in list(CircuitVisa.doctor())[-1]:
        pytest.skip("this machine has a VISA library")
    with refusal(pnn.DeviceError, "no VISA library", "backend = '@py'"):
        visa(backend="@ivi").open()


def test_doctor_names_versions_and_library():
    lines = list(CircuitVisa.doctor())
    assert [line.split()[0] for line in lines] == ["pyvisa", "pyvisa-py", "VISA"]
