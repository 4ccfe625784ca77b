"""What a device must make of signals. A check raises what is wrong, or passes."""

from __future__ import annotations

from typing import Any

import numpy as np

from pnn_core import plugins
from pnn_core.device import Device
from pnn_core.errors import DeviceError, SignalError
from pnn_core.testing.exempt import Exempt
from pnn_core.testing.probe import noise_settings, overridden, signals

__all__ = ["SIGNAL_CHECKS"]

MIXING = 1e-3
"""Relative RMS difference that rounding may make between two sizes of a batch."""


def signals_have_units(cls: type[Device]) -> None:
    """Each signal says its unit; "1" where it has none."""
    device = cls()
    for port in ("inputs", "params", "outputs"):
        unit = getattr(device, port).unit
        assert unit.strip(), f'{cls.name}.{port} has no unit; write "1" for a number'


def has_its_twin(cls: type[Device]) -> None:
    """Its own twin is installed: the one that it names, or that has its name."""
    own = plugins.twin_of(cls)
    assert own or cls.twin is None, (
        f"{cls.name} names the twin {cls.twin!r}, which is not installed"
    )
    if not own:
        raise Exempt(f"No twin is named {cls.name!r}; 'learned' fits any device.")


def builds_without_hardware(cls: type[Device]) -> None:
    """Building a device with its defaults connects to nothing."""

    def connect(self: Device) -> None:
        raise AssertionError(f"{cls.name} connects in its constructor")

    device = overridden(cls, connect=connect)()
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

    with overridden(cls, measure=measure)() as device:
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


SIGNAL_CHECKS = (
    signals_have_units,
    has_its_twin,
    builds_without_hardware,
    refuses_to_run_closed,
    measures_declared_shape,
    refuses_out_of_range,
    leaves_signals_alone,
    keeps_examples_apart,
    repeats_from_its_seed,
)
