"""Programs that servers start: child processes that answer JSON, line by line."""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from typing import IO, Any

from pnn_core.errors import DeviceError

__all__ = ["Program", "say", "tether"]

PR_SET_PDEATHSIG = 1


class Program:
    """`python -m module argument...`: says one line of JSON, then answers each it gets.

    It should end with its standard input, and be tethered: see `tether`.

    Args:
        owner: Who starts it, for messages.
        module: What to run.
        *arguments: Of its command line.
        environment: Variables on top of this process's own.
    """

    def __init__(
        self,
        owner: str,
        module: str,
        *arguments: str,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.owner = owner
        self.command = [sys.executable, "-P", "-m", module, *arguments]
        self.environment = environment or {}
        self.process: subprocess.Popen[str] | None = None
        self._errors: IO[str] | None = None

    @property
    def runs(self) -> bool:
        """Whether it has started and not ended."""
        return self.process is not None and self.process.poll() is None

    def start(self, patience_s: float) -> Any:
        """Start it, and return what it says first.

        Raises:
            DeviceError: If it says nothing in time; then it does not run.
        """
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  stop closes it
        try:
            self.process = subprocess.Popen(
                self.command,
                env=os.environ | self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                start_new_session=True,  # Ctrl-C is for who started it
            )
            return self._answer(patience_s)
        except BaseException:
            self.stop()
            raise

    def ask(self, order: Any, patience_s: float = 10.0) -> Any:
        """Send an order, and return the answer.

        Raises:
            DeviceError: If the program does not run, or does not answer in time.
        """
        self.tell(order)
        return self._answer(patience_s)

    def tell(self, order: Any) -> None:
        """Send an order that has no answer.

        Raises:
            DeviceError: If the program does not run.
        """
        if not (self.runs and self.process and self.process.stdin):
            raise DeviceError(f"{self.owner} does not run.\n  Start it first.")
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def stop(self, patience_s: float = 1.0) -> None:
        """End it by closing its input, or by force; does nothing if it does not run."""
        process, self.process = self.process, None
        if process and process.stdin and process.stdout:
            process.stdin.close()
            try:
                process.wait(patience_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        if self._errors:
            self._errors.close()
            self._errors = None

    def _answer(self, patience_s: float) -> Any:
        assert self.process
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], patience_s)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            raise DeviceError(
                f"{self.owner} did not answer within {patience_s:g} s, or ended.\n"
                f"{self._last_words()}"
            )
        return json.loads(line)

    def _last_words(self) -> str:
        assert self._errors
        self._errors.seek(0)
        lines = self._errors.read().strip().splitlines()[-5:]
        return "\n".join(f"  {line}" for line in lines or ["It said nothing."])


def say(content: Any, to: IO[str] | None = None) -> None:
    """Answer, from within the program; on standard output, unless that has moved."""
    print(json.dumps(content), file=to, flush=True)


def tether() -> None:
    """Let this process end when its parent does, however that ends; on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
