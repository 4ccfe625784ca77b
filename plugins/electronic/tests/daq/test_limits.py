import numpy as np
import pytest

from pnn_core import DeviceError, SettingError, SignalError


def test_voltage_limit_narrows_the_inputs_and_its_edge_is_allowed(device):
    with device(voltage_limit_v=4.9) as daq:
        assert (daq.inputs.low, daq.inputs.high) == (-4.9, 4.9)
        edge = np.full((1, 196), 4.9, np.float32)  # above 4.9, by rounding
        daq.run(edge)
        with pytest.raises(SignalError, match=r"accepts -4.9 to 4.9 V"):
            daq.run(edge + 0.01)


def test_full_scale_steps_are_allowed_unless_the_slew_is_limited(device):
    steps = np.tile(np.float32([5, -5]), 98)[None]
    with device() as daq:
        daq.run(steps)
    message = r"may change by 9e\+06 V/s.*got 1e\+07"
    with (
        device(slew_limit_v_per_s=9e6) as daq,
        pytest.raises(SignalError, match=message),
    ):
        daq.run(steps)


def test_steps_from_and_to_rest_count_as_slew(device):
    ramp = np.linspace(4, 0, 196, dtype=np.float32)[None]
    for volts in (ramp, ramp[:, ::-1]):
        with (
            device(slew_limit_v_per_s=3e6) as daq,
            pytest.raises(SignalError, match=r"got 4e\+06 V/s"),
        ):
            daq.run(volts)


def test_a_rate_that_the_clock_cannot_give_is_refused(device):
    with pytest.raises(SettingError, match=r"the nearest is 900900\.9 Hz"):
        device(sample_rate_hz=9e5 + 5e2).open()


@pytest.mark.parametrize(
    ("settings", "code", "remedy"),
    [
        ({"input_channel": "Dev1/ai99"}, -200170, "Name channels"),
        ({"output_channel": "Dev7/ao0"}, -200220, "Name the board"),
        ({"sample_rate_hz": 5e6}, -200077, "Change the setting"),
        ({"input_range_v": 20.0}, -200077, "Change the setting"),
        ({"clock_terminal": "/Dev1/PFI0"}, -89120, "Set clock_terminal"),
    ],
)
def test_what_the_board_refuses_is_told_with_its_code_and_the_way_out(
    device, settings, code, remedy
):
    with pytest.raises(DeviceError, match=rf"DAQmx error {code}: .*\n  {remedy}"):
        device(**settings).open()


@pytest.mark.parametrize("terminal", ["DEFAULT", "RSE", "NRSE", "DIFF"])
def test_terminal_configurations_reach_the_board(device, terminal):
    with device(terminal=terminal):
        pass
    with pytest.raises(DeviceError, match=r"-200077: .*TermCfg"):
        device(terminal="PSEUDO_DIFF").open()


def test_board_without_trigger_routing_is_clocked_all_the_same(device):
    volts = np.random.default_rng(0).uniform(-5, 5, (2, 196)).astype(np.float32)
    with device() as daq:
        triggered = daq.run(volts)
    with device(start_trigger=False) as daq:
        assert np.array_equal(daq.run(volts), triggered)
