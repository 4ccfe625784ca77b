"""Devices: anything that turns input signals into output signals by physics."""

from __future__ import annotations

import atexit
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable
from time import perf_counter
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from pnn_core import config
from pnn_core.errors import DeviceError, PNNError, told
from pnn_core.lab import lab_settings
from pnn_core.signals import Array, SignalSpec
from pnn_core.usage import Usage


class Device(ABC):
    """A physical system, or a virtual bench, that computes outputs = f(inputs, params).

    Subclasses state `name`, `inputs`, `params` and `outputs`, and write `measure`.
    Building a device never touches hardware; opening it does::

        with PlateBench(noise_v=0.02) as device:
            outputs = device.run(inputs, params)

    A device is one concrete system: deep copies share it, and a pickled one arrives
    closed, with the same settings and nothing used.

    Args:
        **settings: Fields of this device's nested `Config`. Those left out come from
            the lab file where it has them: see `pnn_core.lab`.
    """

    name: ClassVar[str]
    """What users type to choose this device. Unique among installed devices."""

    virtual: ClassVar[bool] = False
    """True for a virtual bench, False for hardware."""

    twin: ClassVar[str | None] = None
    """Name of its twin, where that is not the device's own name."""

    power_w: float | None = None
    """Power drawn while it runs, in watts; None where it is not known."""

    Config: ClassVar[type[config.Config]] = config.Config

    def __init__(self, **settings: Any) -> None:
        given = lab_settings(self.name) | settings
        self.config = config.validated(self.Config, given, owner=self.name)
        self.is_open = False
        self.usage = Usage()
        self._busy = threading.Lock()

    @property
    @abstractmethod
    def inputs(self) -> SignalSpec:
        """The signal that differs from example to example."""

    @property
    @abstractmethod
    def params(self) -> SignalSpec:
        """The signal that is trained, and held constant over a batch."""

    @property
    @abstractmethod
    def outputs(self) -> SignalSpec:
        """The signal that is measured."""

    @abstractmethod
    def measure(self, inputs: Array, params: Array) -> Array:
        """Drive the physics once per example, and return what was measured.

        Called by `run`, with read-only arrays already checked against the specs.

        Args:
            inputs: Shape [batch, *inputs.shape], in `inputs.unit`.
            params: Shape [*params.shape], in `params.unit`.

        Returns:
            Shape [batch, *outputs.shape], in `outputs.unit`.
        """

    def connect(self) -> None:  # noqa: B027  a bench has nothing to acquire
        """Acquire the hardware. Override where there is something to acquire."""

    def disconnect(self) -> None:  # noqa: B027  nor to release
        """Leave the hardware safe and release it. Override together with `connect`.

        It must also cope with a `connect` that failed half-way.
        """

    @classmethod
    def doctor(cls) -> Iterable[str]:
        """Return lines for `pnn doctor`: what this machine has and lacks for it.

        Opens nothing, takes no time, and never raises.
        """
        return ()

    def record(self) -> dict[str, Any]:
        """Return what belongs in a run's record: a serial number, a measured latency.

        Called after the device is closed; what it returns is written as JSON.
        """
        return {}

    def run(self, inputs: ArrayLike, params: ArrayLike = ()) -> Array:
        """Check the signals, measure, check the measurement, and account for it.

        The one door to the physics. Whatever fails while measuring, Ctrl-C
        included, leaves the device safe and closed.

        Raises:
            DeviceError: If the device is closed or busy, or measuring failed.
            SignalError: If a signal does not match its spec.
        """
        if not self.is_open:
            raise DeviceError(
                f"{self.name} is not open.\n"
                f"  Wrap the run in `with device:`, or call device.open() first."
            )
        inputs = self.inputs.check(inputs, port=f"{self.name}.inputs", batched=True)
        params = self.params.check(params, port=f"{self.name}.params", batched=False)
        if not self._busy.acquire(blocking=False):
            raise DeviceError(
                f"{self.name} is busy: it runs one batch at a time.\n"
                f"  Wait for the other thread, or give each thread its own device."
            )
        try:
            start = perf_counter()
            outputs = self._measured(_read_only(inputs), _read_only(params))
            self.usage.add(len(inputs), perf_counter() - start, self.power_w)
            return outputs
        except BaseException as error:
            self._make_safe(error)
            raise
        finally:
            self._busy.release()

    def open(self) -> Self:
        """Connect; does nothing if already open.

        Raises:
            DeviceError: If connecting failed. What was acquired is released.
        """
        if self.is_open:
            return self
        try:
            self.connect()
        except BaseException as error:
            self._make_safe(error)
            if isinstance(error, PNNError) or not isinstance(error, Exception):
                raise
            raise DeviceError(
                f"{self.name} could not be opened: {told(error)}.\n"
                f"  Check cables, power and drivers; see also `pnn doctor`."
            ) from error
        self.is_open = True
        atexit.register(self.close)
        return self

    def close(self) -> None:
        """Disconnect; does nothing if already closed."""
        if self.is_open:
            self.is_open = False
            atexit.unregister(self.close)
            self.disconnect()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.config.model_dump())

    def _measured(self, inputs: Array, params: Array) -> Array:
        """Measure, and return a checked copy that the device cannot change later."""
        try:
            measured = self.measure(inputs, params)
        except PNNError:
            raise
        except Exception as error:
            raise DeviceError(
                f"{self.name} failed while measuring {len(inputs)} examples: "
                f"{told(error)}.\n"
                f"  It was made safe and closed; open it again once the cause is gone."
            ) from error
        if isinstance(measured, tuple):
            raise DeviceError(
                f"{self.name} must measure one array, got a tuple of {len(measured)}.\n"
                f"  Stack several outputs into one array with an axis of their own."
            )
        port = f"{self.name}.outputs"
        outputs = self.outputs.check(
            measured,
            port=port,
            batched=True,
            remedy="Check the sensor and its gain, or state the range it really has.",
        )
        if len(outputs) != len(inputs):
            raise DeviceError(
                f"{self.name} was given {len(inputs)} examples and measured "
                f"{len(outputs)}.\n  Return one row of outputs per row of inputs."
            )
        return np.array(outputs)

    def _make_safe(self, error: BaseException) -> None:
        """Disconnect after `error`; a failure to do so is noted on it."""
        self.is_open = False
        atexit.unregister(self.close)
        try:
            self.disconnect()
        except Exception as second:
            error.add_note(f"{self.name} could not be made safe either: {told(second)}")


def _read_only(array: Array) -> Array:
    """Return a view that a device cannot write into by accident."""
    view = array.view()
    view.flags.writeable = False
    return view


def _rebuilt(cls: type[Device], settings: dict[str, Any]) -> Device:
    return cls(**settings)
