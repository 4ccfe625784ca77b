"""What every device must do. A check raises AssertionError, or Exempt, or passes."""

from __future__ import annotations

from typing import Any

import numpy as np

from pnn_core.device import Device
from pnn_core.errors import DeviceError, PNNError, SignalError
from pnn_core.testing.exempt import Exempt
from pnn_core.testing.probe import noise_settings, signals

__all__ = ["DEVICE_CHECKS"]

MIXING = 1e-3
"""Relative RMS difference that rounding may make between two sizes of a batch."""


def is_documented(cls: type[Device]) -> None:
    """The class and each of its settings say what they are."""
    assert cls.__doc__, f"{cls.name}: the class has no docstring"
    silent = [n for n, f in cls.Config.model_fields.items() if not f.description]
    assert not silent, f"{cls.name}: no description of {', '.join(silent)}"


def builds_without_hardware(cls: type[Device]) -> None:
    """Building a device with its defaults connects to nothing."""

    def connect(self: Device) -> None:
        raise AssertionError(f"{cls.name} connects in its constructor")

    device = _overridden(cls, connect=connect)()
    assert not device.is_open, f"{cls.name} is open after its constructor"


def refuses_to_run_closed(cls: type[Device]) -> None:
    """Running a closed device raises DeviceError."""
    device = cls()
    try:
        device.run(*signals(device))
    except DeviceError:
        return
    raise AssertionError(f"{cls.name} ran without being opened")


def measures_declared_shape(cls: type[Device]) -> None:
    """Outputs have the declared shape and range, for batches of 1 and 3."""
    with cls() as device:
        for batch in (1, 3):
            outputs = device.run(*signals(device, batch))
            wanted = (batch, *device.outputs.shape)
            assert outputs.shape == wanted, (
                f"{cls.name} measured shape {outputs.shape}, declared {wanted}"
            )
            device.outputs.check(outputs, port=f"{cls.name}.outputs", batched=True)


def refuses_out_of_range(cls: type[Device]) -> None:
    """Signals beyond the declared ranges never reach the physics."""

    def measure(self: Device, inputs: Any, params: Any) -> Any:
        raise AssertionError(f"{cls.name} let a signal out of range through")

    with _overridden(cls, measure=measure)() as device:
        for port, spec in (("inputs", device.inputs), ("params", device.params)):
            for limit in (spec.low, spec.high) if spec.size else ():
                given = dict(zip(("inputs", "params"), signals(device), strict=True))
                middle = (spec.low + spec.high) / 2
                given[port].flat[-1] = limit + (limit - middle or 1)
                try:
                    device.run(**given)
                except SignalError:
                    continue
                except DeviceError as error:
                    raise error.__cause__ or error from None
                raise AssertionError(f"{cls.name} ran with its {port} out of range")


def leaves_signals_alone(cls: type[Device]) -> None:
    """Measuring changes neither the caller's inputs nor the caller's params."""
    with cls() as device:
        given = signals(device)
        before = [signal.copy() for signal in given]
        device.run(*given)
    for port, signal, kept in zip(("inputs", "params"), given, before, strict=True):
        assert np.array_equal(signal, kept), f"{cls.name} wrote into its {port}"


def keeps_examples_apart(cls: type[Device]) -> None:
    """An example measured alone gives what it gives in a batch, and again later."""
    if not cls.virtual:
        raise Exempt("Hardware has noise: no two of its measurements are equal.")
    quiet = noise_settings(cls.Config)
    with cls(**quiet) as device:
        inputs, params = signals(device)
        together, again = device.run(inputs, params), device.run(inputs, params)
        if not quiet and not np.array_equal(together, again):
            raise Exempt("It has noise, and no setting named noise that stops it.")
        alone = np.concatenate([device.run(inputs[[row]], params) for row in (2, 0, 1)])
    scale = max(np.std(together), 1e-6)
    for other, how in ((again, "again"), (alone[[1, 2, 0]], "one by one")):
        error = float(np.sqrt(np.mean((other - together) ** 2)) / scale)
        assert error < MIXING, (
            f"{cls.name} measured otherwise {how}, without noise: relative RMS "
            f"difference {error:.2g}, need < {MIXING:g}; look for a state that "
            f"examples leave behind, or a sum over the batch"
        )


def repeats_from_its_seed(cls: type[Device]) -> None:
    """A virtual bench gives the same outputs every time it is opened."""
    if not cls.virtual:
        raise Exempt("Hardware has no seed.")
    device, runs = cls(), []
    for bench in (device, device, cls()):
        with bench:
            runs.append(bench.run(*signals(bench)))
    assert np.array_equal(runs[0], runs[1]), f"{cls.name} differs once it is reopened"
    assert np.array_equal(runs[0], runs[2]), f"{cls.name} differs when built again"


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

    device = _overridden(cls, measure=measure, disconnect=disconnect)().open()
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


def _overridden(cls: type[Device], **methods: Any) -> type[Device]:
    """Return `cls` with some methods replaced."""
    return type(cls.__name__, (cls,), methods)


DEVICE_CHECKS = (
    is_documented,
    builds_without_hardware,
    refuses_to_run_closed,
    measures_declared_shape,
    refuses_out_of_range,
    leaves_signals_alone,
    keeps_examples_apart,
    repeats_from_its_seed,
    is_safe_after_a_failure,
    closes_twice,
    counts_usage,
)
