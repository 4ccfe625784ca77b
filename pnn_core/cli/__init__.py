"""The `pnn` command.

Exit status: 0 done, 1 a fault was found, 2 misused or failed, 130 interrupted.
"""

from __future__ import annotations

import signal
import sys
import warnings
from types import FrameType
from typing import NoReturn

from pnn_core.cli.app import app
from pnn_core.errors import PNNError
from pnn_core.faults import PluginWarning


def main() -> int:
    """Run the command line, and return its exit status."""
    warnings.simplefilter("ignore", PluginWarning)  # `list` and `doctor` show them
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = app(standalone_mode=False)
        if status == 130:  # what typer makes of KeyboardInterrupt
            raise KeyboardInterrupt
    except PNNError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: what was finished is kept", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:
        return _misused(error)
    return status if isinstance(status, int) else 0


def _misused(error: Exception) -> int:
    """Show a usage error the way typer does; anything else is a bug and escapes."""
    show = getattr(error, "show", None)
    if show is None:
        if type(error).__name__ == "Abort":
            print("interrupted: what was finished is kept", file=sys.stderr)
            return 130
        raise error
    show()
    return 2


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """Treat being asked to end like Ctrl-C, so that devices are left safe."""
    raise KeyboardInterrupt


__all__ = ["main"]
