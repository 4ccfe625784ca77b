"""A session with an instrument: told, asked, and held to its error queue."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from time import monotonic, sleep
from typing import Any, TypeVar

from pnn_core.errors import DeviceError
from pnn_electronic.visa.dialect import Dialect, Poll
from pnn_electronic.visa.link import Link, LinkError

__all__ = ["Session"]

MOST_ERRORS = 64
"""Entries read from an error queue before giving up emptying it."""

Answer = TypeVar("Answer", str, bytes)


class Session:
    """A session with one instrument that speaks a known dialect.

    After every exchange the instrument is asked whether it is done (*OPC?) and what
    its error queue holds.

    Args:
        manager: pyvisa's resource manager.
        resource: VISA resource name.
        dialect: What the instrument speaks.
        timeout_s: Longest silence.
    """

    def __init__(
        self, manager: Any, resource: str, dialect: Dialect, timeout_s: float
    ) -> None:
        self._link, self._dialect = Link(manager, resource, timeout_s), dialect
        self.close, self.allow = self._link.close, self._link.allow

    @property
    def name(self) -> str:
        """What the instrument says it is, and its resource name."""
        return self._link.name

    def open(self) -> None:
        """Open, forget old errors, and see who it is.

        Raises:
            LinkError: If it cannot be reached.
            DeviceError: If it is an instrument of another family.
        """
        link = self._link
        link.open()
        link.send("*CLS")
        identity = link.answer("*IDN?")
        link.name = f"{identity} ({link.resource})"
        if not re.match(self._dialect.idn, identity):
            raise DeviceError(
                f"{link.resource} is {identity!r}, but its dialect is for instruments "
                f"like {self._dialect.idn!r}.\n"
                f"  Choose the dialect of its family, or write one; this one might set "
                f"voltages that were never meant."
            )

    def tell(
        self,
        commands: tuple[str, ...],
        quantities: Mapping[str, float],
        *,
        completed: bool = True,
    ) -> None:
        """Fill in and send commands, and check that each succeeded.

        Args:
            commands: What to send.
            quantities: What to fill in.
            completed: Whether to wait until each is done.

        Raises:
            LinkError: If the link fails.
            DeviceError: If the instrument has an error to report.
        """
        for template in commands:
            command = template.format(**quantities)
            self._link.send(command)
            self._check(command, completed=completed)

    def load(self, command: str, data: bytes) -> None:
        """Send a command that ends with a block, and check as `tell` does."""
        self._link.send(command, data)
        self._check(command)

    def ask(self, query: str) -> str:
        """Return the answer to a query, and check as `tell` does."""
        answer = self._explained(self._link.answer, query)
        self._check(query)
        return answer

    def fetch(self, query: str) -> bytes:
        """Return the block that answers a query, and check as `tell` does."""
        data = self._explained(self._link.block, query)
        self._check(query)
        return data

    def wait(self, poll: Poll, seconds: float, remedy: str) -> None:
        """Repeat a query until its answer is the awaited one.

        Raises:
            LinkError: If it takes too long.
        """
        deadline, pause_s = monotonic() + seconds, 1e-4
        while not poll.reached(
            answer := self._explained(self._link.answer, poll.query)
        ):
            if monotonic() > deadline:
                raise LinkError(
                    f"{self.name} was not ready within {seconds:g} s: {poll.query} is "
                    f"still {answer}.\n  {remedy}"
                )
            sleep(pause_s)
            pause_s = min(2 * pause_s, 0.05)
        self._check(poll.query, completed=False)

    def _explained(self, receive: Callable[[str], Answer], query: str) -> Answer:
        """Receive an answer; where none comes, the error queue may say why."""
        try:
            return receive(query)
        except LinkError as error:
            try:
                self._check(query, completed=False)
            except LinkError:
                raise error from None
            raise

    def _check(self, command: str, *, completed: bool = True) -> None:
        """Read the error queue until it is empty, and raise what it held."""
        errors, found = self._dialect.errors, []
        query = errors.query if not completed else f"*OPC?;{errors.absolute}"
        for _ in range(MOST_ERRORS):
            answer = self._link.answer(query)
            entry = re.fullmatch(errors.answer, answer[2 * completed :])
            if not entry:
                raise LinkError(
                    f"{self.name} answered {query} with {answer!r} after {command!r}: "
                    f"its answers are out of step.\n"
                    f"  If this stays, correct errors in its dialect."
                )
            if int(entry["code"]) in errors.empty:
                break
            found.append(f"{entry['code']} {entry['text']}")
        if found:
            raise DeviceError(
                f"{self.name} refused {command!r}: {'; '.join(found)}.\n"
                f"  Its manual explains the number; the dialect may not fit this model."
            )
