"""What is in the database and beside it: the schema, the demo company, and starting over."""

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from config.bootstrap import children, keeper, venv
from config.bootstrap.children import Account
from config.bootstrap.layout import Layout, SetupFailed
from config.bootstrap.locks import is_held
from config.bootstrap.progress import Progress

# All that Lading writes into `var`, but for the locks of what is running.
WRITTEN = ("blobs", "bytecode", "demo", "static", "log", "done", "secret-key", "postgres", "redis")


def migrate(
    layout: Layout, progress: Progress, *, env: Mapping[str, str], is_private: bool
) -> None:
    """Bring the schema up to the code, as the owner.

    The private database is left alone while no source has changed since the last time.
    """
    digest = sources_digest(layout.root)
    note = layout.var / "done" / "migrate"
    if is_private and _says(note, digest):
        return
    with progress.step("Migrating the database"):
        _manage(layout, "migrate", "--no-input", env=env, failure="The migration failed.")
    if is_private:
        _write(note, digest)


def seed(layout: Layout, progress: Progress, *, env: Mapping[str, str], is_private: bool) -> None:
    """Fill the database with the demo company, unless it is there.

    Raises `SetupFailed` when an earlier seeding was cut short: half a company proves nothing.
    """
    if not is_private:
        _demo(layout, progress, env=env)
        return
    note = layout.var / "done" / "demo"
    if _says(note, "seeding"):
        raise SetupFailed(
            "The demo was cut short while it was seeded: start over with"
            " `python3 manage.py up --reset`."
        )
    if not _says(note, "seeded"):
        _write(note, "seeding")
        with keeper.cluster(layout).hurried():
            _demo(layout, progress, env=env)
        _write(note, "seeded")


def reset(layout: Layout) -> None:
    """Remove the private servers' data and all Lading wrote; refuse while anything uses them."""
    for name in ("postgres", "redis"):
        if is_held(layout.run / f"{name}.lock"):
            raise SetupFailed(f"Another command is using the private {name}: end it first.")
    place = keeper.home(layout, account=Account.unprivileged())
    for folder in {layout.var, place}:
        for path in (*(folder / name for name in WRITTEN), *folder.glob("server-*")):
            _remove(path)


def sources_digest(root: Path) -> str:
    """Return one digest of all that a schema comes from: our sources and the locked packages."""
    digest = hashlib.sha256((root / venv.RUNTIME).read_bytes())
    for package in sorted(path.parent for path in root.glob("*/__init__.py")):
        for source in sorted(package.rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def how_far(log: Path) -> str:
    """Return the last `done/all` a program's bar has written, or nothing."""
    counts = re.findall(r"\d+/\d+", children.tail(log, lines=1))
    return counts[-1] if counts else ""


def _demo(layout: Layout, progress: Progress, *, env: Mapping[str, str]) -> None:
    log = layout.logs / "demo.log"
    with progress.step("Seeding the demo company") as show:
        _manage(
            layout, "demo", env=env, failure="The demo could not be seeded.",
            meanwhile=lambda: show(how_far(log)),
        )  # fmt: skip


def _manage(
    layout: Layout,
    *words: str,
    env: Mapping[str, str],
    failure: str,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    children.run(
        [layout.python, "manage.py", *words],
        env=env,
        log=layout.logs / f"{words[0]}.log",
        cwd=layout.root,
        failure=failure,
        meanwhile=meanwhile,
    )


def _says(note: Path, text: str) -> bool:
    return note.exists() and note.read_text() == text


def _write(note: Path, text: str) -> None:
    note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    note.write_text(text)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
