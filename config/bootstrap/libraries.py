"""The system's libraries and programs that no Python package brings."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.bootstrap.layout import SetupFailed
from config.bootstrap.progress import Progress

APT = """
install() { apt-get install -y -qq --no-install-recommends "$@"; }
install "$@" 2>/dev/null || { apt-get update -qq && install "$@"; }
"""


@dataclass(frozen=True, slots=True)
class Need:
    """Something the machine must have, and the Debian package that brings it."""

    package: str
    is_met: Callable[[], bool]


def library(name: str) -> Callable[[], bool]:
    """Return a check that the dynamic linker finds `name`."""

    def is_met() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return is_met


def program(*names: str) -> Callable[[], bool]:
    """Return a check that one of the programs is on the path."""
    return lambda: any(shutil.which(name) for name in names)


def has_fonts() -> bool:
    """Tell whether the machine has any scalable font."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
    return any(next(folder.rglob("*.[ot]tf"), None) for folder in folders)


def has_ensurepip() -> bool:
    """Tell whether Python can make an environment; Debian ships that apart."""
    return importlib.util.find_spec("ensurepip") is not None


# To make .venv; to draw invoices; to run the tests.
PYTHON = (Need("python3-venv", has_ensurepip),)
DRAWING = (
    Need("libpango-1.0-0", library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", library("libharfbuzz-subset.so.0")),
    Need("fonts-dejavu-core", has_fonts),
)
BROWSER = (
    Need("chromium", program("chromium", "chromium-browser", "google-chrome")),
    Need("libatomic1", library("libatomic.so.1")),
)


def ensure(needs: Sequence[Need], progress: Progress) -> None:
    """Install what is missing when we may; otherwise raise `SetupFailed` with the command."""
    with coming(needs, progress):
        pass


@contextmanager
def coming(needs: Sequence[Need], progress: Progress) -> Iterator[None]:
    """Install what is missing while the block does something else; it is there afterwards.

    Raises `SetupFailed` with the exact command when we may not install.
    """
    packages = [need.package for need in needs if not need.is_met()]
    if not packages:
        yield
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SetupFailed(advice(packages))
    apt = _begin(packages)
    try:
        yield
    except BaseException:
        apt.communicate()  # half an installation is worse than the wait
        raise
    with progress.step(f"Installing {', '.join(packages)}"):
        _, complaint = apt.communicate()
        if apt.returncode:
            raise SetupFailed(f"{advice(packages)}\n\n{complaint.strip()}")


def advice(packages: Sequence[str]) -> str:
    """Return the sentence with the exact command."""
    names = " ".join(packages)
    return (
        f"The machine lacks {len(packages)} of the system's packages: install them with"
        f" `sudo apt-get install --no-install-recommends {names}`, then run this again."
    )


def _begin(packages: Sequence[str]) -> subprocess.Popen[str]:
    """Start apt; it asks for fresh lists only when those it has do not serve."""
    return subprocess.Popen(
        ["sh", "-c", APT, "apt", *packages],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
