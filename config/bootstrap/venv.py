"""The checkout's own environment of packages, exactly as the committed lock says.

`.venv/lading-locks.json` says which locks it satisfies, so that a second start costs nothing.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from config.bootstrap import children
from config.bootstrap.layout import Layout, SetupFailed
from config.bootstrap.progress import Progress

# From the leaner to the fuller: the second holds everything the first does.
RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements-dev.lock"


def ensure(layout: Layout, progress: Progress, *, lock: str) -> None:
    """Make `.venv` satisfy `lock`; do nothing when it does already."""
    held = _held(layout)
    if held.get(lock) == digest(layout.root / lock):
        return
    if DEVELOPMENT in held:
        lock = DEVELOPMENT
    if not _works(layout.python):
        with progress.step("Making .venv"):
            _make(layout)
    with progress.step(f"Installing the packages of {lock}"):
        _sync(layout, lock=lock)
    _stamp(layout).write_text(json.dumps(_satisfied(layout, lock=lock)))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp(layout: Layout) -> Path:
    return layout.venv / "lading-locks.json"


def _held(layout: Layout) -> dict[str, str]:
    """Return the locks, with their digests, which `.venv` satisfies."""
    if not _works(layout.python):
        return {}
    try:
        held: dict[str, str] = json.loads(_stamp(layout).read_text())
    except (OSError, ValueError):
        return {}
    return held


def _satisfied(layout: Layout, *, lock: str) -> dict[str, str]:
    locks = (RUNTIME, DEVELOPMENT) if lock == DEVELOPMENT else (RUNTIME,)
    return {name: digest(layout.root / name) for name in locks}


def _works(python: Path) -> bool:
    """Tell whether the interpreter is there; the one it was made from may have gone."""
    return python.exists() and (python.parent / "pip").exists()


def _make(layout: Layout) -> None:
    _run(
        layout, sys.executable, "-m", "venv", "--clear", layout.venv,
        failure="Python could not make an environment.",
    )  # fmt: skip


def _sync(layout: Layout, *, lock: str) -> None:
    """Install with uv in seconds; where that is not to be had, with pip."""
    _stamp(layout).unlink(missing_ok=True)
    index = _index(layout)
    try:
        _run(layout, layout.python, "-m", "pip", "install", "uv", failure="There is no uv.")
        _run(
            layout, layout.python, "-m", "uv", "pip", "sync", "--python", layout.python,
            "--require-hashes", "--system-certs", *index, lock, failure="uv failed.",
        )  # fmt: skip
    except SetupFailed:
        _run(
            layout, layout.python, "-m", "pip", "install", "--require-hashes", "-r", lock,
            failure="The packages could not be installed. Is a package index within reach?",
        )  # fmt: skip


def _index(layout: Layout) -> Sequence[str]:
    """Return the package index pip is told to use, in the words uv understands."""
    asked = subprocess.run(
        [layout.python, "-m", "pip", "config", "get", "global.index-url"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    address = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    return ("--default-index", address) if address else ()


def _run(layout: Layout, *argv: str | Path, failure: str) -> None:
    children.run(
        argv, env=os.environ, log=layout.logs / "setup.log", cwd=layout.root, failure=failure
    )
