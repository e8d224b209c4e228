"""The system's libraries and programs that no Python package brings."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.bootstrap.layout import SetupFailed
from config.bootstrap.progress import Progress


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
    packages = [need.package for need in needs if not need.is_met()]
    if not packages:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SetupFailed(advice(packages))
    with progress.step(f"Installing {', '.join(packages)}"):
        _install(packages)


def advice(packages: Sequence[str]) -> str:
    """Return the sentence with the exact command."""
    names = " ".join(packages)
    return (
        f"The machine lacks {len(packages)} of the system's packages: install them with"
        f" `sudo apt-get install --no-install-recommends {names}`, then run this again."
    )


def _install(packages: Sequence[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for argv in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(argv, env=quiet, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupFailed(f"{advice(packages)}\n\n{done.stderr.strip()}")
