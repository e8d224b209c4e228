"""One line on the screen per step, with the seconds it took."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

CLEAR_LINE = "\x1b[K"


class Progress:
    """Tells the person at the terminal what is going on."""

    def __init__(self, *, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._began = time.monotonic()
        self._open = ""

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    @contextmanager
    def step(self, label: str) -> Iterator[Callable[[str], None]]:
        """Show `label` while the work goes on, and its seconds when it is done.

        The block may call what it is given with how far it is; a terminal shows that in place.
        """
        began = time.monotonic()
        self._begin(label)
        try:
            yield self._show
        except BaseException as error:
            self._end(label, "failed" if isinstance(error, Exception) else "stopped")
            raise
        self._end(label, f"{time.monotonic() - began:.1f} s")

    def say(self, text: str = "") -> None:
        """Print a line of its own."""
        if self._open:
            self._write("\n")
            self._open = ""
        self._write(f"{text}\n")

    def _show(self, how_far: str) -> None:
        if self._open and self._out.isatty():
            self._write(f"\r  {self._open} ... {how_far} \b")

    def _begin(self, label: str) -> None:
        self._write(f"  {label} ... ")
        self._open = label

    def _end(self, label: str, verdict: str) -> None:
        if self._open != label:
            self._begin(label)
        elif self._out.isatty():
            self._write(f"\r{CLEAR_LINE}  {label} ... ")
        self._write(f"{verdict}\n")
        self._open = ""

    def _write(self, text: str) -> None:
        # A terminal that has gone must not keep us from stopping in order.
        with suppress(OSError):
            self._out.write(text)
            self._out.flush()
