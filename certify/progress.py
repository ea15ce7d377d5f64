"""Telling a person what is being done when it takes longer than a second."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event, Thread

Report = Callable[[str], None]
"""What is told of the present activity."""

DELAY = 1.0
_PAUSE = 0.2


def silent(activity: str) -> None:
    """Tell nobody."""


class Progress:
    """A spinner with the present activity on a terminal; plain lines where a terminal should not be drawn on (NO_COLOR,
    TERM=dumb). Silent when stderr is no terminal, when the user wants it, or when all is quick.

    A thread of its own shows it, so that the first long activity is seen, too.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._silent = quiet or not sys.stderr.isatty()
        self._plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self._activity = "starting"
        self._thread: tuple[Thread, Event] | None = None

    def __call__(self, activity: str) -> None:
        """Say what is being done from now on."""
        self._activity = activity

    def __enter__(self) -> Progress:
        if not self._silent:
            from threading import Event, Thread

            done = Event()
            thread = Thread(target=self._print if self._plain else self._draw, args=(done,), daemon=True)
            self._thread = (thread, done)
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            thread, done = self._thread
            done.set()
            thread.join()

    def _draw(self, done: Event) -> None:
        if done.wait(DELAY):
            return
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner
        from rich.text import Text

        spinner = Spinner("dots", Text(self._activity))
        console = Console(stderr=True)
        # Standard output stays where it is: it may be a file, and what is printed meanwhile belongs there.
        with Live(spinner, console=console, transient=True, redirect_stdout=False, redirect_stderr=False):
            while not done.wait(_PAUSE):
                spinner.update(text=Text(self._activity))

    def _print(self, done: Event) -> None:
        said = ""
        while not done.wait(DELAY):
            if self._activity != said:
                said = self._activity
                print(f"certify: {said}", file=sys.stderr)
