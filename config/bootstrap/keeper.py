"""Hold one private server for as long as anybody uses it: `python -m config.bootstrap.keeper`.

Whoever needs the server shares the lock `NAME.users`; the kernel lets go of that lock when its
holder ends, even by kill -9. Once nobody holds it, the keeper shuts the server down cleanly and
ends. So `up`, `verify` and any command can share one server, and none can leave it behind.
"""

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Protocol

from config.bootstrap import children, postgres, redis
from config.bootstrap.children import Account
from config.bootstrap.layout import Layout, SetupFailed
from config.bootstrap.locks import Busy, Lock, alone
from config.bootstrap.postgres import Cluster
from config.bootstrap.supervisor import Program, Supervisor

START_SECONDS = 60.0
LOOK_SECONDS = 0.2
# The longest address a Unix socket can have.
SOCKET_LIMIT = 107


class Server(Protocol):
    """What a keeper can hold."""

    def initialise(self) -> None:
        """Make what the server needs on disk."""

    def program(self) -> Program:
        """Return the server as a supervised program."""

    def is_ready(self) -> bool:
        """Tell whether it answers."""

    def furnish(self) -> None:
        """Make what its users need inside it."""


def main(arguments: list[str]) -> int:
    """Keep the server named in the arguments; return the exit code."""
    signal.signal(signal.SIGTERM, _leave)
    name, is_hasty = arguments[0], "--hasty" in arguments
    try:
        keep(name, Layout.here(), is_hasty=is_hasty)
    except Busy:
        return 0
    except (SetupFailed, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def keep(name: str, layout: Layout, *, is_hasty: bool) -> None:
    """Serve until nobody uses the server any more; raise `Busy` when another keeper does."""
    ready = layout.run / f"{name}.ready"
    supervisor = Supervisor(layout.logs, say=lambda text: print(text, flush=True))
    with alone(layout.run / f"{name}.lock"), Lock(layout.run / f"{name}.users") as users:
        ready.unlink(missing_ok=True)
        try:
            _open(server(name, layout, is_hasty=is_hasty), supervisor)
            ready.touch()
            while not _is_unused(users):
                supervisor.tend()
                time.sleep(LOOK_SECONDS)
        finally:
            ready.unlink(missing_ok=True)
            supervisor.stop()


def server(name: str, layout: Layout, *, is_hasty: bool = False) -> Server:
    """Return the private server called `name`."""
    if name == "redis":
        return redis.broker(layout, home=home(layout, account=Account.unprivileged()))
    return cluster(layout, is_hasty=is_hasty)


def cluster(layout: Layout, *, is_hasty: bool = False) -> Cluster:
    """Return the private PostgreSQL."""
    account = Account.unprivileged()
    place = home(layout, account=account)
    if place != layout.var:
        place.mkdir(mode=0o711, parents=True, exist_ok=True)
        place.chmod(0o711)
    return postgres.cluster(layout, home=place, account=account, is_hasty=is_hasty)


def home(layout: Layout, *, account: Account | None) -> Path:
    """Return the folder of the private servers: `var`, unless they could not work there.

    They could not where the path is too long for a socket, or where parents are closed to the
    account that serves root.
    """
    address = layout.var / "postgres" / ".s.PGSQL.5432"
    is_short = len(str(address).encode()) <= SOCKET_LIMIT
    layout.var.mkdir(parents=True, exist_ok=True)
    if is_short and (account is None or account.can_enter(layout.var)):
        return layout.var
    states = Path("/var/lib") if account else Path.home() / ".local" / "state"
    return states / f"lading-{layout.fingerprint}"


def _open(one: Server, supervisor: Supervisor) -> None:
    one.initialise()
    program = one.program()
    supervisor.start(program)

    def is_ready() -> bool:
        supervisor.tend()
        return one.is_ready()

    if not children.wait_until(is_ready, seconds=START_SECONDS):
        words = children.tail(supervisor.log(program))
        raise SetupFailed(f"{program.name} did not start:\n{words}")
    one.furnish()


def _is_unused(users: Lock) -> bool:
    """Tell whether nobody shares the lock; if so, nobody can until we are done."""
    try:
        users.take(patience=0)
    except Busy:
        return False
    return True


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
