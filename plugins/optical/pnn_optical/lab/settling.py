"""How long a shaper takes to settle, seen on the light itself."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from pnn_core.errors import DeviceError
from pnn_core.signals import Array

__all__ = ["settling_time"]

FIRST_WAIT_S = 1e-3
LOOKS = 6
WATCH = 3.0
"""Multiple of the longest time for which light is watched, to see that it stays."""
FEWEST_COUNTS = 100.0
"""Less light than this, over all bins, is none."""


def settling_time(
    show: Callable[[float], None],
    look: Callable[[], float],
    *,
    settle_s: float,
    longest_s: float,
    tolerance: float,
) -> float:
    """Return the time after which light is what it stays, up or down.

    It is `settle_s`, or else the first of twice, four times, ... that is enough.

    Args:
        show: Sets all pixels to a transmission, 0 or 1.
        look: Takes a spectrum, and returns its sum, the dark subtracted.
        settle_s: The time to try first.
        longest_s: The time after which to give up.
        tolerance: Relative error that does not matter; noise adds to it.

    Raises:
        DeviceError: If there is no light, or it does not settle by then.
    """
    dark = _looks(look)
    show(1.0)
    floor = FEWEST_COUNTS + 10 * dark.std()
    rest_s = _still(look, longest_s, tolerance, floor)
    final = _looks(look)
    show(0.0)
    time.sleep(rest_s)
    zero = _looks(look)
    wrong = (final.mean() - zero.mean()) * tolerance + 4 * final.std()
    wait_s = settle_s
    while wait_s <= longest_s:
        error = 0.0
        for transmission, right in ((1.0, final), (0.0, zero)):
            show(transmission)
            time.sleep(wait_s)
            error = max(error, abs(look() - right.mean()))
            time.sleep(rest_s)
        if error <= wrong:
            return wait_s
        wait_s = 2 * wait_s or FIRST_WAIT_S
    raise _unsettled(f"{error / final.mean():.2g} of it was still to come", longest_s)


def _looks(look: Callable[[], float]) -> Array:
    return np.array([look() for _ in range(LOOKS)])


def _still(
    look: Callable[[], float], longest_s: float, tolerance: float, floor: float
) -> float:
    """Wait until light has changed little while the time doubled; return how long.

    A slow change is a small one at any two moments close by.
    """
    start, seen = time.monotonic(), [look()]
    while len(seen) < 4 or seen[-1] < floor or np.ptp(seen[-3:]) > tolerance * seen[-1]:
        passed_s = time.monotonic() - start
        if passed_s > WATCH * longest_s:
            change = f"it went from {seen[0]:.4g} to {seen[-1]:.4g} counts"
            raise _unsettled(f"{change}, and below {floor:.2g} it is dark", longest_s)
        time.sleep(max(passed_s / 2, FIRST_WAIT_S))
        seen.append(look())
    return time.monotonic() - start


def _unsettled(what: str, longest_s: float) -> DeviceError:
    return DeviceError(
        f"The light had not settled {longest_s:g} s after the shaper was opened: "
        f"{what}.\n"
        f"  Check that laser and shaper are on and nothing blocks the beam; for a "
        f"slower shaper, raise longest_settle_s."
    )
