"""Processor seconds of a run: this process, the children it waited for, and its database's own.

What the neighbours of a machine do lengthens a wait but not the work, so two sides that are bound
by the processor are compared by it. Where the database runs on another machine, or the system does
not tell, only this process and its children count.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

from django.db.backends.base.base import BaseDatabaseWrapper

NANO = 1_000_000_000


def processor_clock(databases: Sequence[BaseDatabaseWrapper]) -> Callable[[], float]:
    """Return a clock of processor seconds that also counts what these connections' servers do."""
    for database in databases:
        database.ensure_connection()
    servers = [_schedule(database) for database in databases]
    told = [path for path in servers if path.exists()]

    def clock() -> float:
        times = os.times()
        children = times.children_user + times.children_system
        return process_time() + children + sum(map(_seconds, told))

    return clock


def _schedule(database: BaseDatabaseWrapper) -> Path:
    """Where Linux says how long the server process of a connection has run."""
    return Path(f"/proc/{database.connection.info.backend_pid}/schedstat")


def _seconds(path: Path) -> float:
    return int(path.read_text(encoding="ascii").split()[0]) / NANO
