"""A pair of tasks: an output and an input on one clock, committed for one length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_core import SettingError
from pnn_electronic.daq.failures import DisturbedError
from pnn_electronic.daq.settings import DaqConfig

__all__ = ["Pair", "add_output", "writer"]

Codes = NDArray[np.signedinteger[Any]]


class Pair:
    """Finite, buffered tasks that play and record `length` samples, again and again.

    The input is clocked by the output's sample clock and started first, so both are
    aligned to the sample. It is written in volts, so that DAQmx enforces the channel's
    limits, and read in codes: a quarter of the bytes, and over-range is seen exactly.

    Args:
        config: Channels, ranges, clock and rate.
        new_task: Creates a task, which its owner closes.
        length: Samples of a record.
    """

    def __init__(
        self, config: DaqConfig, new_task: Callable[[], Any], length: int
    ) -> None:
        self.config, self.length = config, length
        self.timeout_s = config.timeout_s + length / config.sample_rate_hz
        self.output, self.input = new_task(), new_task()
        self._configure()
        self._check_rate()
        self._learn_scale()
        self.writer = writer(self.output)
        self.input.in_stream.timeout = self.timeout_s

    def play(self, record: NDArray[np.float64]) -> Codes:
        """Play a record in volts, and return the input's codes, one per sample.

        Raises:
            DisturbedError: If fewer samples came than were asked for.
        """
        self.writer.write_many_sample(record, self.timeout_s)
        self.input.start()
        self.output.start()
        codes = np.empty(self.length, self.dtype)
        got = self.input.in_stream.read_into(codes)
        if got != self.length:
            raise DisturbedError(
                f"{got} of {self.length} samples were read.",
                "Shorten the record with buffer_samples; check the connection.",
            )
        self.output.wait_until_done(self.timeout_s)
        self.input.stop()
        self.output.stop()
        return codes

    def volts(self, codes: Codes) -> NDArray[np.float32]:
        """Return codes as volts, by the polynomial that the board was calibrated to.

        Raises:
            DisturbedError: If a code is the converter's first or last.
        """
        low, high = self.rails
        if codes.min() <= low or codes.max() >= high:
            beyond = int(((codes <= low) | (codes >= high)).sum())
            raise DisturbedError(
                f"the input is over its range of {self.config.input_range_v:g} V "
                f"in {beyond} of {codes.size} samples.",
                "Lower the drive or raise input_range_v; check cables and load.",
            )
        volts: NDArray[Any] = np.polynomial.polynomial.polyval(codes, self.scale)
        return volts.astype(np.float32)

    def _configure(self) -> None:
        from nidaqmx.constants import AcquisitionType, TaskMode, TerminalConfiguration

        config = self.config
        add_output(self.output, config)
        self.input.ai_channels.add_ai_voltage_chan(
            config.input_channel,
            terminal_config=TerminalConfiguration[config.terminal],
            min_val=-config.input_range_v,
            max_val=config.input_range_v,
        )
        clock = config.clock_terminal
        if clock is None:
            clock = f"/{config.output_channel.split('/')[0]}/ao/SampleClock"
        for task, source in ((self.output, ""), (self.input, clock)):
            task.timing.cfg_samp_clk_timing(
                config.sample_rate_hz,
                source=source,
                sample_mode=AcquisitionType.FINITE,
                samps_per_chan=self.length,
            )
        self.output.out_stream.output_buf_size = self.length
        if config.start_trigger:
            trigger = clock.rsplit("/", 1)[0] + "/StartTrigger"
            self.input.triggers.start_trigger.cfg_dig_edge_start_trig(trigger)
        for task in (self.output, self.input):
            task.control(TaskMode.TASK_COMMIT)

    def _check_rate(self) -> None:
        wanted_hz, rate_hz = (
            self.config.sample_rate_hz,
            self.output.timing.samp_clk_rate,
        )
        if abs(rate_hz / wanted_hz - 1) > 1e-6:
            raise SettingError(
                f"The board cannot play at {wanted_hz:.8g} Hz, the nearest is "
                f"{rate_hz:.8g} Hz.\n  Choose a divisor of its timebase."
            )

    def _learn_scale(self) -> None:
        """Ask how codes become volts, and which of them mean over-range."""
        from nidaqmx.constants import DataJustification

        channel = self.input.ai_channels[0]
        size, bits = channel.ai_raw_samp_size, round(channel.ai_resolution)
        left = channel.ai_raw_samp_justification is DataJustification.LEFT
        step = 2 ** (size - bits) if left else 1
        self.dtype = np.dtype(f"int{size}")
        self.rails = (-(2 ** (bits - 1)) * step, (2 ** (bits - 1) - 1) * step)
        self.scale = np.trim_zeros(channel.ai_dev_scaling_coeff, "b")


def add_output(task: Any, config: DaqConfig) -> None:
    """Give a task the output, within the voltage limit."""
    limit = config.voltage_limit_v
    task.ao_channels.add_ao_voltage_chan(
        config.output_channel, min_val=-limit, max_val=limit
    )


def writer(task: Any) -> Any:
    """Return what writes to a task with one output, without asking for its shape."""
    from nidaqmx.stream_writers import AnalogSingleChannelWriter

    single = AnalogSingleChannelWriter(task.out_stream)
    single.verify_array_shape = False
    return single
