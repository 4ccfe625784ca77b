"""The program behind the sound bench: a sound server with the plate at its far end.

Runs until its standard input is closed, so that it never outlives who started it.
Says "ready" on standard output, and after that answers every line it is sent, such as
"drop 480 1000" (see `Fault`). "die" kills the server, and so ends this program, too.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import traceback
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from pnn_acoustic.rig import RigConfig
from pnn_acoustic.sound_bench.live import LivePlate
from pnn_acoustic.sound_bench.wire import Fault, Wire
from pnn_core.program import say

END_S = 10.0
"""For the server and its client to leave."""


def main() -> None:
    """Run the bench that the command line describes: its folder, and its settings."""
    folder, settings = Path(sys.argv[1]), json.loads(sys.argv[2])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries print what they like

    def stopped(*_: object) -> None:
        _ending()
        raise SystemExit(1)

    signal.signal(signal.SIGTERM, stopped)
    rig = {key: settings[key] for key in RigConfig.model_fields}
    plate, wire = LivePlate(RigConfig(**rig)), Wire()
    plate.heard_v(np.zeros(1, np.float32))  # compiles, once
    try:
        with _served(folder, settings, plate, wire) as server:
            say("ready", answers)
            for line in sys.stdin:
                kind, *numbers = json.loads(line).split()
                if kind == "die":
                    server.kill()
                else:
                    wire.told = Fault(kind, *map(int, numbers))
                    say("done", answers)
            _ending()
    except OSError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ending() -> None:
    """Hear of no second end, and let the first one take no longer than it may."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Timer(END_S, os._exit, (1,)).start()


def _served(
    folder: Path, settings: dict[str, Any], plate: LivePlate, wire: Wire
) -> AbstractContextManager[subprocess.Popen[bytes]]:
    def died() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    if settings["server"] == "pulse":
        from pnn_acoustic.sound_bench.pulse import pulse_plate

        return pulse_plate(folder, plate, wire, died=died)
    from pnn_acoustic.sound_bench.jack import jack_plate

    return jack_plate(
        folder.name,
        plate,
        wire,
        period_samples=settings["period_samples"],
        freewheel=settings["freewheel"],
        died=died,
    )


if __name__ == "__main__":
    status = 1
    try:
        main()
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)  # a sound library's threads may not want to
