"""How much memory a piece of work took at its peak."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Generic, TypeVar

T = TypeVar("T")

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
KIB, MEGABYTE = 1024, 1_000_000


@dataclass(frozen=True, slots=True)
class Spent(Generic[T]):
    """What work gave, how long it took, what the process held at its peak, and before."""

    result: T
    seconds: float
    peak_bytes: int
    before_bytes: int

    def __str__(self) -> str:
        grown = max(self.peak_bytes - self.before_bytes, 0)
        peak, above = self.peak_bytes / MEGABYTE, grown / MEGABYTE
        return f"{self.seconds:.1f} s, {peak:.0f} MB at the peak, {above:.0f} above what it held"


def spend(work: Callable[[], T]) -> Spent[T]:
    """Do `work` once. The peak is that of this process alone, not of the database.

    Where the system cannot forget an earlier peak, the highest of the whole run shows.
    """
    gc.collect()
    _forget_peak()
    before, start = _resident(), perf_counter()
    result = work()
    seconds = perf_counter() - start
    return Spent(result, seconds, _peak(), before)


def _forget_peak() -> None:
    """Linux lets a process set its high-water mark back to what it holds now."""
    if RESET.exists():
        RESET.write_text("5", encoding="ascii")


def _resident() -> int:
    return _status("VmRSS") or getrusage(RUSAGE_SELF).ru_maxrss * KIB


def _peak() -> int:
    return _status("VmHWM") or getrusage(RUSAGE_SELF).ru_maxrss * KIB


def _status(name: str) -> int:
    if not STATUS.exists():
        return 0
    lines = STATUS.read_text(encoding="ascii").splitlines()
    found = next((line for line in lines if line.startswith(f"{name}:")), f"{name}: 0")
    return int(found.split()[1]) * KIB
