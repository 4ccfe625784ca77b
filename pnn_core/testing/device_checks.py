"""What every device must do. A check raises AssertionError, or Exempt, or passes."""

from __future__ import annotations

from pnn_core.testing.life_checks import LIFE_CHECKS
from pnn_core.testing.signal_checks import SIGNAL_CHECKS

__all__ = ["DEVICE_CHECKS"]

DEVICE_CHECKS = (*SIGNAL_CHECKS, *LIFE_CHECKS)
