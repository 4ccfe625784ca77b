"""The core's own plugin: it uses the same hooks as everybody else's."""

from __future__ import annotations

from pnn_core.hookspecs import hookimpl
from pnn_core.later import Later, later


@hookimpl
def pnn_encoders() -> list[Later]:
    """Return the encoder that suits any device."""
    return [later("pnn_core.encoder:AffineEncoder")]


@hookimpl
def pnn_twins() -> list[Later]:
    """Return the twin that is learned from any device's measurements."""
    return [later("pnn_core.learned_twin:LearnedTwin")]


@hookimpl
def pnn_trainers() -> list[Later]:
    """Return physics-aware and in-silico training, and the digital baseline."""
    return [
        later("pnn_core.gradient:PATTrainer"),
        later("pnn_core.gradient:InSilicoTrainer"),
        later("pnn_core.gradient:IdentityTrainer"),
    ]
