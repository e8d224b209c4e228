"""What tests of the bootstrap ask about an installation."""

import json
import os
import shutil
from pathlib import Path

import psutil

from config.bootstrap import keeper, venv
from config.bootstrap.children import Account
from config.bootstrap.layout import Layout

ROOT = Layout.here().root


def make_checkout(root: Path, *, interpreter: str) -> Layout:
    """Copy the bootstrap to `root`, with a shell script for the interpreter of its packages."""
    for name in ("manage.py", "config/__init__.py", venv.RUNTIME, venv.DEVELOPMENT):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "config" / "bootstrap", root / "config" / "bootstrap")
    layout = Layout(root, root / "var")
    layout.python.parent.mkdir(parents=True)
    layout.python.write_text(interpreter)
    layout.python.chmod(0o755)
    (layout.python.parent / "pip").touch()
    (layout.venv / "lib").symlink_to(ROOT / ".venv" / "lib")
    held = {name: venv.digest(root / name) for name in (venv.RUNTIME, venv.DEVELOPMENT)}
    (layout.venv / "lading-locks.json").write_text(json.dumps(held))
    return layout


def remove_servers_of(layout: Layout) -> None:
    """Remove what the private servers keep outside of `var`."""
    place = keeper.home(layout, account=Account.unprivileged())
    if place != layout.var:
        shutil.rmtree(place, ignore_errors=True)


def processes_of(layout: Layout) -> list[psutil.Process]:
    """Return the living processes that speak of this installation's folders."""
    places = {str(layout.var), str(keeper.home(layout, account=Account.unprivileged()))}
    return [process for process in psutil.process_iter() if _speaks_of(process, places)]


def _speaks_of(process: psutil.Process, places: set[str]) -> bool:
    try:
        words = [*process.cmdline(), process.environ().get("LADING_VAR", "")]
    except psutil.Error:
        return False
    is_other = process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
    return is_other and any(place in word for place in places for word in words)
