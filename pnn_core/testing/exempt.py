"""Why a check did not decide: it does not apply, or something is missing here."""

from __future__ import annotations

from unittest import SkipTest

from pnn_core.errors import PNNError

__all__ = ["Exempt", "Missing"]


class Exempt(SkipTest):
    """Raised by a check that does not apply, with the reason.

    It is counted as exempt, never as passed; pytest reports it as skipped.
    """


class Missing(PNNError, SkipTest):  # noqa: N818  no error, as SkipTest is none
    """Raised by a check that this machine lacks something for: data, a rig.

    It is counted as skipped: elsewhere the check may fail.
    """
