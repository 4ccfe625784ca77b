"""Modules as plain arrays, in and out of a run folder. Nothing is pickled."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import nn

from pnn_core.errors import RunError
from pnn_core.layer import PhysicalLayer
from pnn_core.run import Arrays, Run


def network_arrays(network: nn.Module) -> Arrays:
    """Return what was trained, without the twin, and the params the device is held at.

    The keys that end in "physics.params" are what a rig is set to; the rest rebuilds
    the network.
    """
    arrays = {k: v.numpy(force=True) for k, v in _own_state(network).items()}
    for name, module in network.named_modules():
        if isinstance(module, PhysicalLayer) and module.theta.numel():
            arrays[f"{name}.params"] = module.params.numpy(force=True)
    return arrays


def _own_state(module: nn.Module) -> dict[str, torch.Tensor]:
    return {k: v for k, v in module.state_dict().items() if ".twin." not in k}


def state_arrays(module: nn.Module) -> Arrays:
    """Return the state of a module, such as a twin."""
    return {k: v.numpy(force=True) for k, v in module.state_dict().items()}


def fill(module: nn.Module, run: Run, name: str) -> None:
    """Load a file of a run folder into a module, after comparing names and shapes.

    Raises:
        RunError: If the file is missing, damaged, or does not fit.
    """
    state, arrays = _own_state(module), run.read_arrays(name)
    arrays = {k: v for k, v in arrays.items() if not k.endswith("physics.params")}
    expected = {k: _form(v.numpy(force=True)) for k, v in state.items()}
    got = {k: _form(v) for k, v in arrays.items()}
    if expected != got:
        odd = sorted(set(expected.items()) ^ set(got.items()))
        raise RunError(
            f"{run.folder / name} does not fit its experiment: expected and found "
            f"differ in {', '.join(f'{k} {form}' for k, form in odd[:4])}.\n"
            f"  Use the plugin versions in the manifest, or train again."
        )
    module.load_state_dict({k: torch.from_numpy(v) for k, v in arrays.items()}, False)


def _form(array: NDArray[Any]) -> str:
    return f"{array.dtype} {list(array.shape)}"
