"""The rig around a simulated circuit: its specimen of the parts, and its converters."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pnn_core as pnn
from pnn_electronic import signals
from pnn_electronic.converters import ConverterConfig, Converters
from pnn_electronic.parts import PartConfig, built

Array = NDArray[np.floating[Any]]

__all__ = ["Rig", "RigConfig"]


class RigConfig(ConverterConfig, PartConfig, signals.SignalConfig):
    """Settings of a simulated rig."""


class Rig(pnn.Device):
    """A simulated circuit between a generator and a digitiser.

    Each example starts at rest, with the generator at 0 V; every input voltage is held
    for one sample, and after the last the generator returns to 0 V. The digitiser
    starts `delay_samples` later; output n is taken at the end of hold
    n + delay_samples. Subclasses write `respond`.
    """

    virtual = True
    Config = RigConfig
    config: RigConfig

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

    def connect(self) -> None:
        """Build the parts, and seed the noise."""
        self.parts = built(self.config)
        self.converters = Converters(self.config, self.parts)

    def measure(self, inputs: Array, params: Array) -> Array:
        """Play, listen, and convert; see `Device.measure`."""
        delay, rate_hz = self.config.delay_samples, self.config.sample_rate_hz
        volts = self.converters.generated(inputs.astype(np.float32, copy=False))
        played = np.pad(volts, ((0, 0), (0, delay)))
        return self.converters.digitised(self.respond(played)[:, delay:], rate_hz)

    @abstractmethod
    def respond(self, volts: Array) -> Array:
        """Return the probe's volts at the end of each hold, both [batch, sample]."""
