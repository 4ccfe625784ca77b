"""Physical neural networks: device, encoder, digital twin, trainer, task.

Names that need torch are imported on first use, so `import pnn_core` stays quick.
Threads of torch, of numpy and of compiled benches wait asleep, not spinning, unless the
environment says otherwise: see docs/decisions/0011-threads-wait-asleep.md.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read when torch is loaded
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")  # 2^4 cycles; read with numpy

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pnn_core.config import Config
from pnn_core.device import Device
from pnn_core.errors import (
    DeviceError,
    PluginError,
    PNNError,
    RunError,
    SettingError,
    SignalError,
    TaskError,
    TwinError,
)
from pnn_core.faults import Fault, PluginWarning
from pnn_core.hookspecs import hookimpl
from pnn_core.later import later
from pnn_core.plugins import components, faults, get, temporary_plugin
from pnn_core.server import Server
from pnn_core.signals import SignalSpec
from pnn_core.task import Split, Splits, Task, TaskConfig, stratified
from pnn_core.usage import Usage
from pnn_core.version import __version__

if TYPE_CHECKING:
    from pnn_core.calibration import Calibration, calibrate
    from pnn_core.encoder import AffineEncoder, Encoder
    from pnn_core.experiment import Experiment
    from pnn_core.layer import PhysicalLayer
    from pnn_core.learned_twin import LearnedTwin
    from pnn_core.network import Skip, physical_network
    from pnn_core.pairs import measure_pairs, reality_gap
    from pnn_core.readout import BandSums, WindowMeans
    from pnn_core.run import Run
    from pnn_core.trainer import Epoch, Trainer
    from pnn_core.twin import Twin

_NEEDS_TORCH = {
    "AffineEncoder": "encoder",
    "BandSums": "readout",
    "Calibration": "calibration",
    "Encoder": "encoder",
    "Epoch": "trainer",
    "Experiment": "experiment",
    "LearnedTwin": "learned_twin",
    "PhysicalLayer": "layer",
    "Run": "run",
    "Skip": "network",
    "Trainer": "trainer",
    "Twin": "twin",
    "WindowMeans": "readout",
    "calibrate": "calibration",
    "measure_pairs": "pairs",
    "physical_network": "network",
    "reality_gap": "pairs",
}


def __getattr__(name: str) -> Any:
    if name in _NEEDS_TORCH:
        return getattr(import_module(f"pnn_core.{_NEEDS_TORCH[name]}"), name)
    raise AttributeError(f"module 'pnn_core' has no attribute {name!r}")


__all__ = [
    "AffineEncoder",
    "BandSums",
    "Calibration",
    "Config",
    "Device",
    "DeviceError",
    "Encoder",
    "Epoch",
    "Experiment",
    "Fault",
    "LearnedTwin",
    "PNNError",
    "PhysicalLayer",
    "PluginError",
    "PluginWarning",
    "Run",
    "RunError",
    "Server",
    "SettingError",
    "SignalError",
    "SignalSpec",
    "Skip",
    "Split",
    "Splits",
    "Task",
    "TaskConfig",
    "TaskError",
    "Trainer",
    "Twin",
    "TwinError",
    "Usage",
    "WindowMeans",
    "__version__",
    "calibrate",
    "components",
    "faults",
    "get",
    "hookimpl",
    "later",
    "measure_pairs",
    "physical_network",
    "reality_gap",
    "stratified",
    "temporary_plugin",
]
