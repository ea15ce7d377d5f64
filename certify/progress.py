"""Telling a person what is being done when it takes longer than a second."""

from __future__ import annotations

import sys
import time
from types import TracebackType

DELAY = 1.0


class Progress:
    """A spinner with the current activity on the terminal; silent when stderr is no terminal or all is quick."""

    def __init__(self) -> None:
        self._silent = not sys.stderr.isatty()
        self._start = time.monotonic()
        self._bar: object | None = None

    def __call__(self, activity: str) -> None:
        """Say what is being done from now on."""
        if self._silent or time.monotonic() - self._start < DELAY:
            return
        from rich.console import Console
        from rich.status import Status

        if isinstance(self._bar, Status):
            self._bar.update(activity)
            return
        self._bar = Status(activity, console=Console(stderr=True))
        self._bar.start()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()  # type: ignore[attr-defined]
