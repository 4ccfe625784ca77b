"""The six hooks a plugin may implement. Each returns classes; none takes arguments.

Import the classes inside the hook body, or name them with `pnn_core.later` where
they need torch: listing what is installed must not import it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from pnn_core.device import Device
    from pnn_core.encoder import Encoder
    from pnn_core.later import Later
    from pnn_core.server import Server
    from pnn_core.task import Task
    from pnn_core.trainer import Trainer
    from pnn_core.twin import Twin

hookspec = pluggy.HookspecMarker("pnn")
hookimpl = pluggy.HookimplMarker("pnn")
"""Marks a function of a plugin as the implementation of the hook of that name."""


@hookspec
def pnn_devices() -> Iterable[type[Device] | Later]:  # type: ignore[empty-body]
    """Return the devices this plugin drives: hardware, virtual benches, or both."""


@hookspec
def pnn_encoders() -> Iterable[type[Encoder] | Later]:  # type: ignore[empty-body]
    """Return the encoders that turn features into device inputs."""


@hookspec
def pnn_twins() -> Iterable[type[Twin] | Later]:  # type: ignore[empty-body]
    """Return the digital twins. One that shares a device's name is its default."""


@hookspec
def pnn_trainers() -> Iterable[type[Trainer] | Later]:  # type: ignore[empty-body]
    """Return the trainers: ways of choosing a network's parameters, such as "pat"."""


@hookspec
def pnn_tasks() -> Iterable[type[Task] | Later]:  # type: ignore[empty-body]
    """Return the tasks: data sets with train, validation and test splits."""


@hookspec
def pnn_servers() -> Iterable[type[Server] | Later]:  # type: ignore[empty-body]
    """Return the virtual benches that drivers reach through a real protocol."""
