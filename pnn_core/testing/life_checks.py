"""What a device must do from opening to closing, and what it must count meanwhile."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

from pnn_core.device import Device
from pnn_core.errors import DeviceError, PNNError
from pnn_core.signals import Array
from pnn_core.testing.probe import overridden, signals

__all__ = ["LIFE_CHECKS"]

PATIENCE_S = 20.0
"""How long a measurement may take, at most."""

WAITING_S = 0.2
"""How long a second thread that is not refused is watched."""


def is_safe_after_a_failure(cls: type[Device]) -> None:
    """An exception while measuring, Ctrl-C too, disconnects and closes the device."""
    for error in (OSError("unplugged"), KeyboardInterrupt()):
        _fail(cls, error)


def _fail(cls: type[Device], error: BaseException) -> None:
    calls = []

    def measure(self: Device, inputs: Any, params: Any) -> Any:
        raise error

    def disconnect(self: Device) -> None:
        calls.append("disconnect")
        cls.disconnect(self)

    device = overridden(cls, measure=measure, disconnect=disconnect)().open()
    what = type(error).__name__
    try:
        device.run(*signals(device))
    except (PNNError, KeyboardInterrupt):
        assert calls, f"{cls.name} was not disconnected after {what}"
        assert not device.is_open, f"{cls.name} stayed open after {what}"
    else:
        raise AssertionError(f"{cls.name} hid that measuring failed with {what}")
    finally:
        device.close()


def closes_twice(cls: type[Device]) -> None:
    """Closing a closed device does nothing, and it can be opened again."""
    device = cls().open()
    device.close()
    device.close()
    assert not device.is_open, f"{cls.name} says that it is open after close()"
    with device:
        device.run(*signals(device))


def runs_one_batch_at_a_time(cls: type[Device]) -> None:
    """While a thread is measuring, another is refused or waits; neither is harmed."""
    inside, release = Event(), Event()
    errors: list[Exception] = []
    measuring: list[int] = []

    def measure(self: Device, inputs: Array, params: Array) -> Array:
        measuring.append(len(measuring))
        try:
            assert measuring == [0], f"{cls.name} measures for two threads at once"
            inside.set()
            release.wait(PATIENCE_S)
            return cls.measure(self, inputs, params)
        finally:
            measuring.pop()

    def run() -> None:
        try:
            device.run(*signals(device))
        except Exception as error:
            errors.append(error)

    with overridden(cls, measure=measure)() as device:
        threads = [Thread(target=run, daemon=True) for _ in range(2)]
        threads[0].start()
        assert inside.wait(PATIENCE_S), f"{cls.name} did not begin to measure"
        threads[1].start()
        threads[1].join(WAITING_S)
        release.set()
        for thread in threads:
            thread.join(PATIENCE_S)
        late = any(thread.is_alive() for thread in threads)
        assert not late, f"{cls.name} is still measuring after {PATIENCE_S:g} s"
        wrong = [e for e in errors if not isinstance(e, DeviceError) or e.__cause__]
        if wrong:
            raise wrong[0].__cause__ or wrong[0]
        assert len(errors) < 2, f"{cls.name} refused both threads: {errors[0]}"
        assert device.is_open, f"{cls.name} was closed by refusing a thread"


def counts_usage(cls: type[Device]) -> None:
    """Runs, examples, seconds and, where power is declared, joules are counted."""
    with cls() as device:
        device.run(*signals(device, batch=3))
        spent = device.usage
    got = (spent.runs, spent.examples)
    assert got == (1, 3), f"{cls.name} counted (runs, examples) {got}, spent (1, 3)"
    assert spent.seconds > 0, f"{cls.name} counted no time"
    expected = None if device.power_w is None else device.power_w * spent.seconds
    assert spent.joules == expected, (
        f"{cls.name} counted {spent.joules} J, its power says {expected} J"
    )


LIFE_CHECKS = (
    is_safe_after_a_failure,
    closes_twice,
    runs_one_batch_at_a_time,
    counts_usage,
)
