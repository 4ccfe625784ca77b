"""The circuit, played and heard by instruments on VISA."""

from __future__ import annotations

import ctypes.util
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pnn_core as pnn
from pnn_core.errors import DeviceError, SettingError
from pnn_electronic import signals
from pnn_electronic.circuit import Circuit
from pnn_electronic.schematic import DRIVE_V
from pnn_electronic.visa.backend import resource_manager
from pnn_electronic.visa.dialect import DigitiserDialect, GeneratorDialect
from pnn_electronic.visa.dialect_files import load
from pnn_electronic.visa.link import LinkError
from pnn_electronic.visa.pair import Pair
from pnn_electronic.visa.player import Player
from pnn_electronic.visa.record import Layout, onset, taken
from pnn_electronic.visa.recorder import Recorder
from pnn_electronic.visa.session import Session
from pnn_electronic.visa.settings import VisaConfig

Array = NDArray[np.floating[Any]]

__all__ = ["CircuitVisa"]

STEPS = 8
"""Steps played to see that generator and digitiser are aligned."""

QUIET = 0.1
"""Response that counts as none, relative to the nominal circuit's."""

MOST_SKEW_S = 0.5e-6
"""Misalignment that is refused, or half a sample: the tolerances of the parts alone
move the onset by a third of a microsecond."""


class CircuitVisa(pnn.Device):
    """The resonant circuit between a waveform generator and an oscilloscope, by SCPI.

    A batch is one long record where the instruments' memories allow it, with rests
    between the examples. The generator's trigger output triggers the oscilloscope;
    output n is the sample nearest to the end of hold n + delay_samples, by the times
    that the oscilloscope states. A step through the circuit verifies it on connecting:
    `skew_s` is by how much it came later than the schematic says.
    """

    name = "electronic-circuit-visa"
    twin = "electronic-circuit-bench"

    Config = VisaConfig
    config: VisaConfig
    pair: Pair | None = None
    skew_s: float = 0.0
    """Response to a step, later than the schematic says; set on connecting."""

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Volts out of the generator, one per sample."""
        return signals.inputs(self.config)

    @property
    def params(self) -> pnn.SignalSpec:
        """None: the circuit is as it was built."""
        return pnn.SignalSpec.empty()

    @property
    def outputs(self) -> pnn.SignalSpec:
        """Volts at the digitiser, one per sample."""
        return signals.outputs(self.config)

    @classmethod
    def doctor(cls) -> Iterable[str]:
        """Say which VISA there is; see `Device.doctor`."""
        for package in ("pyvisa", "pyvisa-py"):
            try:
                yield f"{package} {version(package)}"
            except PackageNotFoundError:
                yield f"{package} is missing: pip install pnn-electronic[visa]"
        library = ctypes.util.find_library("visa") or ctypes.util.find_library("visa64")
        yield f"VISA library: {library or 'none; not needed with backend @py'}"

    def connect(self) -> None:
        """Open both sessions, set up, and verify the alignment."""
        config = self.config
        for field in ("awg_resource", "scope_resource"):
            if not getattr(config, field):
                raise SettingError(
                    f"{self.name} needs {field}, got none.\n"
                    f"  State it in the lab file, e.g. TCPIP0::192.0.2.7::INSTR;\n"
                    f"  for virtual instruments run `pnn bench electronic-visa`."
                )
        plays = load(GeneratorDialect, config.awg_dialect)
        takes = load(DigitiserDialect, config.scope_dialect)
        manager = resource_manager(config.backend)
        generator = Session(manager, config.awg_resource, plays, config.timeout_s)
        digitiser = Session(manager, config.scope_resource, takes, config.timeout_s)
        rate_hz = config.sample_rate_hz
        self.pair = Pair(
            Player(generator, plays, rate_hz, DRIVE_V),
            Recorder(digitiser, takes, rate_hz, config.range_v, config.timeout_s),
            late=1 + max(0, round(config.trigger_delay_s * rate_hz)),
        )
        self.pair.open()
        self._verify()

    def disconnect(self) -> None:
        """Switch the generator off, and close both sessions."""
        pair, self.pair = self.pair, None
        if pair:
            pair.close()

    def measure(self, inputs: Array, params: Array) -> Array:
        """Play in as few records as the memories allow; see `Device.measure`."""
        assert self.pair
        layout, longest = self._layout(), self.pair.longest
        most = layout.most(longest)
        if not most:
            raise SettingError(
                f"{self.name}: one example takes {layout.length(1)} points, the "
                f"instruments have memory for {longest}.\n"
                f"  Lower samples, delay_samples or settle_s."
            )
        parts = [
            self._persistently(self.pair, layout, inputs[first : first + most])
            for first in range(0, len(inputs), most)
        ]
        return np.concatenate(parts).astype(np.float32)

    def _layout(self) -> Layout:
        config = self.config
        rest = round(config.settle_s * config.sample_rate_hz)
        return Layout(config.samples, config.delay_samples, rest, config.sample_rate_hz)

    def _persistently(self, pair: Pair, layout: Layout, volts: Array) -> Array:
        """Play and hear; after a lost connection open new sessions and try again."""
        failures = 0
        while True:
            try:
                if not pair.is_open:
                    pair.open()
                    self._verify()
                return self._heard(pair, layout, volts)
            except LinkError as error:
                pair.drop()
                failures += 1
                if failures > self.config.retries:
                    error.add_note(f"{self.name} gave up after {failures} attempts.")
                    raise

    def _heard(self, pair: Pair, layout: Layout, volts: Array) -> Array:
        """Play, and return the samples at the ends of the outputs' holds."""
        name, heard = pair.recorder.session.name, pair.shoot(layout.played(volts))
        wanted_s = layout.ends_s(len(volts)) + self.config.trigger_delay_s
        try:
            return taken(*heard, wanted_s)
        except ValueError as error:
            raise DeviceError(
                f"{name}: {error}.\n"
                f"  Choose a sample_rate_hz that divides both clocks, or correct its "
                f"dialect's record."
            ) from None

    def _verify(self) -> None:
        """Play steps, and compare their onset with that of the nominal circuit."""
        assert self.pair
        layout = replace(self._layout(), delay=0)
        steps = np.full((STEPS, layout.samples), DRIVE_V, np.float32)
        nominal = Circuit().respond(steps[:1], layout.rate_hz)[0]
        responses = self._heard(self.pair, layout, steps)
        if np.ptp(responses) < QUIET * np.ptp(nominal):
            raise DeviceError(
                f"{self.name} heard no response to a step of {DRIVE_V:g} V.\n"
                f"  Check that the circuit is connected, and has power."
            )
        late = float(np.median([*map(onset, responses)]) - onset(nominal))
        self.skew_s = late / layout.rate_hz
        if abs(self.skew_s) > max(MOST_SKEW_S, 0.5 / layout.rate_hz):
            raise DeviceError(
                f"{self.name}: the response to a step came {late:.2f} samples later "
                f"than it should.\n"
                f"  Set trigger_delay_s = "
                f"{self.config.trigger_delay_s + self.skew_s:.3g}"
            )
