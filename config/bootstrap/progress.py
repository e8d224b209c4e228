"""One line on the screen per step, with the seconds it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Tells the person at the terminal what is going on."""

    def __init__(self, *, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self.began = time.monotonic()

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Show `label` while the work goes on, and its seconds when it is done."""
        began = time.monotonic()
        self._write(f"  {label} ... ")
        try:
            yield
        except BaseException as error:
            self._write("failed\n" if isinstance(error, Exception) else "stopped\n")
            raise
        self._write(f"{time.monotonic() - began:.1f} s\n")

    def say(self, text: str = "") -> None:
        """Print a line of its own."""
        self._write(f"{text}\n")

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
