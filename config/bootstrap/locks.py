"""File locks the kernel lets go of when their process ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType


class Busy(Exception):
    """Somebody else holds the lock."""


class Lock:
    """A `flock` on a file: shared by many or exclusive to one. Children do not inherit it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def share(self) -> None:
        """Wait until nobody holds it exclusively, then hold it with others."""
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def take(self, *, patience: float = 0.5) -> None:
        """Hold it alone; raise `Busy` when others still hold it after `patience` seconds.

        The default outlasts a passing look of `is_held`.
        """
        end = time.monotonic() + patience
        while True:
            try:
                return fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() >= end:
                    raise Busy from error
            time.sleep(0.02)

    def write(self, text: str) -> None:
        """Leave a note for whoever finds the lock taken."""
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, text.encode(), 0)

    def close(self) -> None:
        """Let go."""
        os.close(self._handle)

    def __enter__(self) -> "Lock":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@contextmanager
def alone(path: Path) -> Iterator[Lock]:
    """Hold the lock at `path` alone for the block; raise `Busy` at once when it is taken."""
    with Lock(path) as lock:
        lock.take()
        yield lock


def is_held(path: Path) -> bool:
    """Tell whether some living process holds the lock at `path` alone."""
    if not path.exists():
        return False
    with Lock(path) as lock:
        try:
            lock.take(patience=0)
        except Busy:
            return True
    return False
