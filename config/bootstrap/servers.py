"""Use PostgreSQL and Redis: real ones named by the environment, otherwise the private ones."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from config.bootstrap import children, keeper, postgres, redis
from config.bootstrap.children import Account, Child
from config.bootstrap.layout import Layout, SetupFailed
from config.bootstrap.locks import Lock, is_held

# In the order of their start; they are given up the other way round.
VARIABLES = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}


def private(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the servers for which the environment names no real one."""
    return [name for name, variable in VARIABLES.items() if not environ.get(variable)]


def addresses(layout: Layout, *, names: Sequence[str]) -> dict[str, str]:
    """Return the environment that leads to the private servers called `names`."""
    place = keeper.home(layout, account=Account.unprivileged())
    found: dict[str, str] = {}
    if "postgres" in names:
        found["DATABASE_URL"] = postgres.url(postgres.APP, home=place)
        found["DATABASE_OWNER_URL"] = postgres.url(postgres.OWNER, home=place)
    if "redis" in names:
        found["REDIS_URL"] = redis.url(home=place)
    return found


@contextmanager
def in_use(layout: Layout, *, names: Sequence[str], is_hasty: bool = False) -> Iterator[None]:
    """Have the private servers called `names` running for the block.

    Raises `SetupFailed` with the server's own words when one cannot start.
    """
    uses = [Use(name, layout, is_hasty=is_hasty) for name in names]
    try:
        for use in uses:
            use.begin()
        for use in uses:
            use.wait()
        yield
    finally:
        for use in reversed(uses):
            use.end()


class Use:
    """One private server, in use by this process until `end()` or its death."""

    def __init__(self, name: str, layout: Layout, *, is_hasty: bool = False) -> None:
        self._layout = layout
        self._argv = [sys.executable, "-m", keeper.__name__, name, *["--hasty"] * is_hasty]
        self._log = layout.logs / f"keeper-{name}.log"
        self._kept = layout.run / f"{name}.lock"
        self._ready = layout.run / f"{name}.ready"
        self._users = Lock(layout.run / f"{name}.users")
        self._keeper: Child | None = None
        self._said = 0

    def begin(self) -> None:
        """Announce the use: a server on its way down is waited for, a missing one is started."""
        self._users.share()
        if not is_held(self._kept):
            self._start_keeper()

    def wait(self) -> None:
        """Wait until the server answers."""
        if not children.wait_until(self._is_ready, seconds=2 * keeper.START_SECONDS):
            raise SetupFailed(f"A private server did not become ready: see {self._log}.")

    def end(self) -> None:
        """Give the server up, and see it end if nobody else uses it."""
        self._users.close()
        if not children.wait_until(lambda: not self._ready.exists(), seconds=2):
            return
        children.wait_until(lambda: not is_held(self._kept), seconds=30)
        if self._keeper:
            with suppress(subprocess.TimeoutExpired):
                self._keeper.wait(5)

    def _is_ready(self) -> bool:
        if self._keeper and self._keeper.poll():
            raise SetupFailed(children.tail(self._log, since=self._said).strip())
        if is_held(self._kept):
            return self._ready.exists()
        if self._keeper is None or self._keeper.poll() is not None:
            self._start_keeper()
        return False

    def _start_keeper(self) -> None:
        self._said = self._log.stat().st_size if self._log.exists() else 0
        self._keeper = children.start(
            self._argv,
            env={**os.environ, "LADING_VAR": str(self._layout.var)},
            log=self._log,
            cwd=self._layout.root,
            farewell=None,
        )


def has_database(layout: Layout) -> bool:
    """Tell whether the private PostgreSQL was ever made."""
    place = keeper.home(layout, account=Account.unprivileged())
    return (place / "postgres" / "data" / "PG_VERSION").exists()
