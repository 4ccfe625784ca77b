"""Exemption: how a check says that it does not apply."""

from __future__ import annotations

from unittest import SkipTest

__all__ = ["Exempt"]


class Exempt(SkipTest):
    """Raised by a check that does not apply, with the reason.

    It is counted as exempt, never as passed; pytest reports it as skipped.
    """
