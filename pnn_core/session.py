"""Sessions: run an experiment into a run folder, and evaluate what the folder holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from pnn_core.calibration import calibrate
from pnn_core.device import Device
from pnn_core.errors import RunError
from pnn_core.evaluation import Evaluation, Tick, batch, evaluate
from pnn_core.experiment import Experiment
from pnn_core.lab import lab_settings
from pnn_core.layer import PhysicalLayer, Where, forwarding
from pnn_core.run import Arrays, Run
from pnn_core.stored import fill, network_arrays, state_arrays
from pnn_core.task import Split, Splits
from pnn_core.trainer import Epoch
from pnn_core.twin import Twin

Progress = Callable[[str], Any]
"""Returns a context manager that yields a `Tick`, given what is being done."""

SplitName = Literal["validation", "test"]

PORTS = ("inputs", "params", "outputs")


@contextmanager
def silent(_: str) -> Iterator[Tick | None]:
    """Show no progress."""
    yield None


def run_calibration(
    experiment: Experiment, folder: Path, *, progress: Progress = silent
) -> Run:
    """Calibrate an experiment's twin, and leave it in a run folder.

    Raises:
        PNNError: Whatever the components raise; the folder then says "failed".
    """
    experiment = experiment.resolved()
    with _recorded(folder, experiment) as (run, device):
        _calibrated(run, experiment, device, progress)
        run.mark("calibrated")
    return run


def run_training(
    experiment: Experiment,
    folder: Path,
    *,
    twin_from: Path | None = None,
    progress: Progress = silent,
    report: Callable[[Epoch], None] | None = None,
) -> Run:
    """Calibrate and train an experiment, and leave everything in a run folder.

    Args:
        experiment: What to do.
        folder: New or empty.
        twin_from: A run folder whose calibrated twin is used instead of a new one.
        progress: Shows what takes long.
        report: Told each epoch as it ends.

    Raises:
        PNNError: Whatever the components raise; the folder then says "failed" and
            holds the last epoch's network.
    """
    experiment = experiment.resolved()
    splits = experiment.build_task().load()
    source = None if twin_from is None else Run.open(twin_from)
    with _recorded(folder, experiment) as (run, device):
        if source is None:
            twin = _calibrated(run, experiment, device, progress)
        else:
            twin = _copied_twin(run, source, experiment, device)
        network = experiment.build_network(device, twin, len(splits.classes))
        history: list[dict[str, Any]] = []

        def keep(epoch: Epoch) -> None:
            history.append(asdict(epoch))
            run.write_arrays("network.npz", network_arrays(network))
            run.write_json("metrics.json", history)
            if report:
                report(epoch)

        trainer = experiment.build_trainer()
        try:
            with progress(f"training ({trainer.name})") as tick:
                trainer.fit(
                    network, splits.train, splits.validation, report=keep, tick=tick
                )
        except KeyboardInterrupt:
            run.write_arrays("network.npz", network_arrays(network))
            raise
        run.write_arrays("waveforms.npz", _waveforms(network, splits.validation))
        run.mark("trained")
    return run


def run_evaluation(
    run: Run,
    *,
    split: SplitName = "test",
    where: Where | None = None,
    progress: Progress = silent,
) -> Evaluation:
    """Evaluate a run's network from its folder alone, and record the result there.

    Args:
        run: An opened run folder.
        split: What to evaluate on.
        where: Device, twin or identity; default: the device, or the identity for a
            network trained on it.
        progress: Shows what takes long.

    Raises:
        RunError: If the folder lacks something, or does not fit the components.
    """
    experiment = load_experiment(run)
    place = where or _deployed_on(experiment)
    splits = experiment.build_task().load()
    with ExitStack() as stack:
        device = experiment.build_device()
        if place == "device":
            stack.enter_context(device)
        network = load_network(run, experiment, device, splits)
        stack.enter_context(forwarding(network, place))
        tick = stack.enter_context(progress(f"evaluating on the {place}"))
        found = evaluate(
            network, getattr(splits, split), classes=len(splits.classes), tick=tick
        )
    known = run.read_json("evaluation.json") if run.has("evaluation.json") else {}
    known[f"{split}_{place}"] = {
        "accuracy": found.accuracy,
        "loss": found.loss,
        "confusion": found.confusion.tolist(),
        "classes": list(splits.classes),
        "virtual": device.virtual,
    }
    run.write_json("evaluation.json", known)
    return found


def load_experiment(run: Run) -> Experiment:
    """Return the experiment of a run folder."""
    return Experiment.load(run.folder / "experiment.toml")


def load_network(
    run: Run, experiment: Experiment, device: Device, splits: Splits
) -> nn.Sequential:
    """Rebuild a run's trained network around `device`."""
    twin = experiment.build_twin(device)
    fill(twin, run, "twin.npz")
    network = experiment.build_network(device, twin, len(splits.classes))
    fill(network, run, "network.npz")
    return network


def _calibrated(
    run: Run, experiment: Experiment, device: Device, progress: Progress
) -> Twin:
    """Build the twin, fit it if asked to, and record both."""
    twin = experiment.build_twin(device)
    if experiment.calibration is not None:
        with progress("calibrating the twin") as tick:
            record = calibrate(
                twin, device, tick=tick, **experiment.calibration.model_dump()
            )
        run.write_json("calibration.json", asdict(record))
    run.write_arrays("twin.npz", state_arrays(twin))
    return twin


def _copied_twin(run: Run, source: Run, experiment: Experiment, device: Device) -> Twin:
    """Take over the twin of another run, if it is of the same kind."""
    theirs = load_experiment(source)
    if (theirs.twin, theirs.device) != (experiment.twin, experiment.device):
        raise RunError(
            f"The twin in {source.folder} was calibrated for another device or twin "
            f"than this experiment's.\n"
            f"  Make [device] and [twin] equal in both, or calibrate anew."
        )
    twin = experiment.build_twin(device)
    fill(twin, source, "twin.npz")
    if source.has("calibration.json"):
        run.write_json("calibration.json", source.read_json("calibration.json"))
    run.write_arrays("twin.npz", state_arrays(twin))
    run.mark("started", twin_from=str(source.folder))
    return twin


def _waveforms(network: nn.Module, split: Split, count: int = 8) -> Arrays:
    """Return what the first physical layer got, measured and predicted."""
    caught: list[torch.Tensor] = []
    layer = next(m for m in network.modules() if isinstance(m, PhysicalLayer))
    features, _ = batch(split, slice(0, count))
    handle = layer.register_forward_pre_hook(lambda _, args: caught.append(args[0]))
    with torch.no_grad(), forwarding(network, "twin"):
        network(features)
        predicted = layer.twin(caught[0], layer.params)
    handle.remove()
    measured = layer.device.run(caught[0].numpy(), layer.params.numpy(force=True))
    return {
        "features": features.numpy(),
        "inputs": caught[0].numpy(),
        "measured": measured,
        "predicted": predicted.numpy(),
        "input_range": np.array([layer.device.inputs.low, layer.device.inputs.high]),
    }


def _deployed_on(experiment: Experiment) -> Where:
    """Return where a network trained by this experiment is meant to run."""
    trained_on = experiment.trainer.load("trainer").forward_on
    return "identity" if trained_on == "identity" else "device"


@contextmanager
def _recorded(folder: Path, experiment: Experiment) -> Iterator[tuple[Run, Device]]:
    """Start a run folder and its device, and mark what became of both."""
    device = experiment.build_device()
    signals = {port: asdict(getattr(device, port)) for port in PORTS}
    run = Run.create(
        folder,
        experiment.toml(),
        virtual=device.virtual,
        signals=signals,
        lab=lab_settings(device.name),
    )
    try:
        with device:
            yield run, device
    except KeyboardInterrupt:
        run.mark("interrupted")
        raise
    except BaseException as error:
        run.mark("failed", error=str(error))
        raise
    finally:
        run.mark(run.manifest["status"], usage=asdict(device.usage))
        if facts := device.record():
            run.write_json("device.json", facts)
