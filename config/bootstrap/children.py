"""Start and stop child processes that never outlive us, whatever kills us."""

import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.bootstrap.layout import SetupFailed

PR_SET_PDEATHSIG = 1
MEANWHILE_SECONDS = 0.5
Child = subprocess.Popen[bytes]
_libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a server runs as when we are root, since PostgreSQL refuses root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> "Account | None":
        """Return `postgres` or `nobody` when we are root; None when we are nobody special."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(name, entry.pw_uid, entry.pw_gid)
        raise SetupFailed("PostgreSQL refuses root, and there is no account postgres or nobody.")

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this account reaches into `folder` through all of its parents."""
        test = ["/usr/bin/test", "-x", str(folder)]
        return subprocess.run(test, check=False, **as_account(self)).returncode == 0


def as_account(account: Account | None) -> dict[str, Any]:
    """Return what makes `subprocess` run a program as `account`, or as ourselves."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def start(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path,
    account: Account | None = None,
    farewell: signal.Signals | None = signal.SIGTERM,
) -> Child:
    """Start a program that writes to `log` and gets `farewell` should we die without stopping it.

    It leads a process group of its own: the terminal's Ctrl-C reaches us alone, and we stop our
    children in order. Without a `farewell` it outlives us.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            argv,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_bound_to(os.getpid(), farewell=farewell) if farewell else None,
            **as_account(account),
        )


def stop(child: Child, *, grace: float, how: signal.Signals = signal.SIGTERM) -> None:
    """Ask a child to end, kill it after `grace` seconds, and leave nothing of its group behind."""
    ask(child, how=how)
    finish(child, grace=grace)


def ask(child: Child, *, how: signal.Signals = signal.SIGTERM) -> None:
    """Ask a child to end."""
    if child.poll() is None:
        child.send_signal(how)


def finish(child: Child, *, grace: float) -> None:
    """Wait `grace` seconds for a child that was asked to end, then kill what is left of it."""
    with suppress(subprocess.TimeoutExpired):
        child.wait(grace)
    sweep(child)
    child.wait()


def sweep(child: Child) -> None:
    """Kill whatever is left of a child's process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def run(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path,
    cwd: Path,
    failure: str,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Run a program to its end, calling `meanwhile` now and then.

    Raises `SetupFailed` with `failure` and the program's last lines.
    """
    began_at = log.stat().st_size if log.exists() else 0
    child = start(argv, env=env, log=log, cwd=cwd)
    try:
        while not wait_until(lambda: child.poll() is not None, seconds=MEANWHILE_SECONDS):
            if meanwhile:
                meanwhile()
    finally:
        stop(child, grace=5)
    if child.returncode:
        raise SetupFailed(f"{failure}\n\n{tail(log, since=began_at)}\n\nAll of it: {log}")


def wait_until(is_done: Callable[[], bool], *, seconds: float) -> bool:
    """Ask again and again; return whether it was done within `seconds`."""
    end = time.monotonic() + seconds
    while not (done := is_done()) and time.monotonic() < end:
        time.sleep(0.05)
    return done


def tail(log: Path, *, since: int = 0, lines: int = 15) -> str:
    """Return the last lines a program wrote to its log after byte `since`."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(since)
        text = file.read().decode(errors="replace")
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines()[-lines:])


def _bound_to(parent: int, *, farewell: signal.Signals) -> Callable[[], None]:
    """Return what a child does before its program starts: ask the kernel to end it with us."""

    def bind() -> None:
        if hasattr(_libc, "prctl"):
            _libc.prctl(PR_SET_PDEATHSIG, farewell, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return bind
