"""The real plate: a sound card plays to the amplifier and records the microphone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

import pnn_core as pnn
from pnn_acoustic.card.alignment import chirp
from pnn_acoustic.card.batch import Batch
from pnn_acoustic.card.calibrate import Calibrator
from pnn_acoustic.card.doctor import found
from pnn_acoustic.card.segment import Segment, faded
from pnn_acoustic.card.settings import PlateConfig
from pnn_acoustic.card.stream import Recording, Stream
from pnn_acoustic.card.timing import Calibration, Timing
from pnn_acoustic.waveforms import played, recorded

Array = NDArray[np.floating[Any]]

__all__ = ["PlateDevice"]


class PlateDevice(pnn.Device):
    """Metal plate, driven by a loudspeaker and heard by a microphone, at a sound card.

    A batch is one waveform without gaps, a guard of silence before each example, and a
    chirp before the first and after the last that tell when the answers arrive. Output
    n is taken `delay_samples` after the onset of the answer to input n: latency and
    time of flight are calibrated away, as on the virtual bench.

    There an input is a voltage held for one sample, and so it is at a sound server. A
    real converter interpolates: what lies above half the sample rate is missing, the
    hold's droop (3.9 dB at that frequency) too, and a step overshoots and rings, with a
    linear-phase filter also before it. AC coupling takes what is slow. Calibrate the
    twin on the card that is trained on.
    """

    name = "acoustic-plate"
    twin: ClassVar[str | None] = "acoustic-plate-bench"
    Config = PlateConfig
    config: PlateConfig

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.stream: Stream | None = None
        self.calibration: Calibration | None = None
        self.calibrations = self.remeasured = 0
        self.distortion_per_v = 0.0
        """Relative error of a linear plate, per volt RMS, that repeats were found to
        have; what is no larger is not measured again."""

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Volts out of the power amplifier, one per sample."""
        config = self.config
        return played(config.samples, config.limit_v, config.sample_rate_hz)

    @property
    def params(self) -> pnn.SignalSpec:
        """None: the plate is as it was built."""
        return pnn.SignalSpec.empty()

    @property
    def outputs(self) -> pnn.SignalSpec:
        """Volts at the recorder, one per sample."""
        config = self.config
        return recorded(
            config.samples,
            config.input_full_scale_v,
            config.sample_rate_hz,
            config.delay_samples,
        )

    @classmethod
    def doctor(cls) -> Iterable[str]:
        """Return the sound devices of this machine, or what is missing."""
        return found()

    @property
    def timing(self) -> Timing | None:
        """The last timing calibration; None before the first opening."""
        return self.calibration and self.calibration.timing

    def record(self) -> dict[str, Any]:
        """Return the timing calibration, and how often anything was repeated."""
        if self.calibration is None:
            return {}
        return {
            "timing": asdict(self.calibration.timing),
            "calibrations": self.calibrations,
            "remeasured_examples": self.remeasured,
        }

    def connect(self) -> None:
        """Open the stream, which plays silence, and calibrate its timing."""
        self.pilot = self.config.pilot_v * chirp(self.config.count(self.config.pilot_s))
        settings = self.config.model_dump(
            include={"output", "input", "output_channel", "input_channel"}
            | {"sample_rate_hz", "buffer_s", "stall_s"}
        )
        self.stream = Stream(self.name, settings)
        self.stream.open()
        self.distortion_per_v = 0.0
        self.calibrate()

    def disconnect(self) -> None:
        """Be silent at once, and close the stream."""
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.close()

    def calibrate(self) -> None:
        """Measure latency, jitter, gain and noise with chirps."""
        config = self.config
        calibrator = Calibrator(self.name, config, self.pilot, self.play)
        self.calibration = calibrator.calibrated()
        self.calibrations += 1
        if config.timing_path:
            text = json.dumps(asdict(self.calibration.timing), indent=1)
            config.timing_path.write_text(text + "\n")

    def measure(self, inputs: Array, params: Array) -> Array:
        """Play, listen, and repeat what went wrong; see `Device.measure`."""
        examples = faded(inputs, self.config.fade_samples)
        batch = Batch(self, examples)
        outputs = batch.measured()
        self.remeasured += batch.remeasured
        return outputs

    def segment(self, examples: int) -> Segment:
        """Return the layout of a waveform of so many examples."""
        latency = self.calibration.timing.latency_samples
        guard, samples = self.config.guard, self.config.samples
        return Segment(examples, samples, len(self.pilot), guard, latency + guard)

    def play(self, volts: Array) -> tuple[Array, Recording]:
        """Play volts [sample]; return the volts recorded meanwhile, and how it went.

        Raises:
            SignalError: If the voltages are above what the loudspeaker may get.
        """
        self._check_level(volts)
        scaled = (volts / self.config.output_full_scale_v).astype(np.float32)
        recording = self.stream.play(scaled)
        return recording.samples * self.config.input_full_scale_v, recording

    def _check_level(self, volts: Array) -> None:
        """Raise if a waveform is above what the loudspeaker may get."""
        limits = (
            ("peak", "limit_v", float(np.abs(volts).max(initial=0))),
            ("RMS", "rms_limit_v", float(np.sqrt(np.square(volts).mean()))),
        )
        for what, setting, level in limits:
            limit = getattr(self.config, setting)
            if level > limit * (1 + 1e-6):
                raise pnn.SignalError(
                    f"{self.name} may play {limit:g} V {what} ({setting}), and the "
                    f"waveform has {level:.3g} V.\n"
                    f"  Lower the inputs, lengthen guard_s, or raise {setting} if the "
                    f"loudspeaker is made for it."
                )
