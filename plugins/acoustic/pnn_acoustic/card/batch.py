"""One batch: measured in segments, and what went wrong measured again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pnn_acoustic.card import faults
from pnn_acoustic.card.timing import FIT
from pnn_core.errors import DeviceError

if TYPE_CHECKING:
    from pnn_acoustic.card.device import PlateDevice

Array = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]
Indices = NDArray[np.integer[Any]]

__all__ = ["Batch"]

WAYS_OUT = {
    "clipped": "Turn the microphone's gain down, or lower the inputs; clipped_share "
    "says how much is tolerated",
    "torn": "Samples are lost: raise buffer_s, close other programs, and start the "
    "sound server with longer blocks",
    "lost": "The pilots are not heard as they were calibrated: did a plug, a gain or "
    "the plate move? Open the device again to calibrate anew",
}


class Batch:
    """The measurement of one batch.

    Args:
        device: Open, and calibrated.
        examples: Volts to play [example, sample].
    """

    def __init__(self, device: PlateDevice, examples: Array) -> None:
        self.device, self.examples = device, examples
        step_v = device.config.input_full_scale_v * 2**-15
        self.noise_v = max(device.calibration.timing.noise_v, step_v)
        self.outputs = np.full_like(examples, np.nan)
        self.faults: dict[str, list[int]] = {}
        self.flags: list[str] = []
        self.remeasured = 0

    def measured(self) -> Array:
        """Return the volts recorded for each example.

        Raises:
            DeviceError: If examples were faulty each time.
        """
        todo, size = np.arange(len(self.examples)), self._largest_segment()
        for attempt in range(self.device.config.retries + 1):
            if attempt:
                self.remeasured += len(todo)
                size = max(1, size // 2)  # what is played less long is hit less often
                if "lost" in self.faults:
                    self.device.calibrate()
            self.faults = {}
            parts = [todo[i : i + size] for i in range(0, len(todo), size)]
            todo = np.concatenate([self._faulty(part) for part in parts])
            if not len(todo):
                return self.outputs
        raise self._given_up(todo)

    def _largest_segment(self) -> int:
        config = self.device.config
        rest = config.count(config.segment_s) - self.device.segment(0).length
        return max(1, rest // (config.samples + config.guard))

    def _faulty(self, part: Indices) -> Indices:
        """Measure some examples; keep what is good, and return what is not."""
        device, calibration = self.device, self.device.calibration
        segment, examples = device.segment(len(part)), self.examples[part]
        recorded, recording = device.play(segment.assembled(examples, device.pilot))
        self.flags += recording.flags
        opening, fit = calibration.pilot(recorded, segment.opening)
        closing, closing_fit = calibration.pilot(recorded, segment.closing)
        if fit < FIT:
            return self._note("lost", part)
        device.calibration = calibration.shifted(round(opening))

        delay = device.config.delay_samples
        expected = faults.predicted(examples, calibration.response, delay)
        late = device.calibration.timing.latency_samples + delay

        def misfits(shift: int = 0) -> Array:
            shifted = segment.records(recorded, late + shift)
            return faults.misfit(shifted, expected, self.noise_v)

        got, moved = segment.records(recorded, late), round(closing) - round(opening)
        relative = got / device.config.input_full_scale_v
        clipped = faults.clipped(relative, device.config.clipped_share)
        if closing_fit < FIT or moved:
            others = [misfits(shift) for shift in {-1, 1, moved} - {0}]
            torn = ~faults.unshifted(misfits(), *others)
        else:
            torn = self._odd(part, got, misfits(), expected)
        torn |= faults.stuck(relative, self.noise_v / device.config.input_full_scale_v)
        self.outputs[part] = got
        self._note("clipped", part[clipped])
        self._note("torn", part[torn & ~clipped])
        return part[clipped | torn]

    def _odd(self, part: Indices, got: Array, misfits: Array, expected: Array) -> Flags:
        """Return which records are odd and have not repeated; learn from those that do.

        A loudspeaker distorts, relatively, at least in proportion to the level.
        """
        level = np.sqrt(np.square(expected).mean(axis=1))
        odd = faults.odd(misfits, self.device.distortion_per_v * level)
        physics = odd & faults.repeats(got, self.outputs[part], self.noise_v)
        if physics.any():
            steepest = float((misfits[physics] / level[physics]).max())
            self.device.distortion_per_v = max(self.device.distortion_per_v, steepest)
        return odd & ~physics

    def _note(self, fault: str, examples: Indices) -> Indices:
        if len(examples):
            self.faults.setdefault(fault, []).extend(examples.tolist())
        return examples

    def _given_up(self, todo: Indices) -> DeviceError:
        device = self.device
        told = ", ".join(
            f"{fault}: {_ranges(examples)}" for fault, examples in self.faults.items()
        )
        flags = ", ".join(sorted(set(self.flags))) or "nothing"
        ways = "\n".join(f"  {WAYS_OUT[fault]}." for fault in self.faults)
        return DeviceError(
            f"{device.name} could not measure {len(todo)} of {len(self.examples)} "
            f"examples, in {device.config.retries + 1} attempts ({told}; the sound "
            f"system reported: {flags}).\n{ways}"
        )


def _ranges(numbers: list[int]) -> str:
    """Return numbers as text, "3-5, 9"; at most ten parts of it."""
    parts = list(_runs(sorted(numbers)))
    shown = [f"{a}-{b}" if b > a else f"{a}" for a, b in parts[:10]]
    return ", ".join(shown + (["..."] if len(parts) > 10 else []))


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of consecutive numbers."""
    splits = np.flatnonzero(np.diff(numbers) != 1) + 1
    for run in np.split(np.array(numbers), splits):
        yield int(run[0]), int(run[-1])
