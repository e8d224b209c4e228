import json
from io import StringIO
from pathlib import Path

import pytest

from config.bootstrap import venv
from config.bootstrap.layout import Layout
from config.bootstrap.progress import Progress


@pytest.fixture
def checkout(tmp_path: Path) -> Layout:
    (tmp_path / venv.RUNTIME).write_text("django==5.2.19\n")
    (tmp_path / venv.DEVELOPMENT).write_text("django==5.2.19\npytest==9.2.0\n")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").touch()
    (programs / "pip").touch()
    return Layout(tmp_path, tmp_path / "var")


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The locks that were installed, without installing anything."""
    synced: list[str] = []
    monkeypatch.setattr(venv, "_sync", lambda _layout, *, lock: synced.append(lock))
    return synced


def ensure(layout: Layout, lock: str) -> None:
    venv.ensure(layout, Progress(out=StringIO()), lock=lock)


def test_a_second_start_installs_nothing(checkout: Layout, synced: list[str]) -> None:
    ensure(checkout, venv.RUNTIME)
    ensure(checkout, venv.RUNTIME)

    assert synced == [venv.RUNTIME]


def test_the_development_lock_satisfies_the_runtime_one(
    checkout: Layout, synced: list[str]
) -> None:
    ensure(checkout, venv.DEVELOPMENT)
    ensure(checkout, venv.RUNTIME)

    assert synced == [venv.DEVELOPMENT]


def test_the_runtime_lock_does_not_satisfy_the_development_one(
    checkout: Layout, synced: list[str]
) -> None:
    ensure(checkout, venv.RUNTIME)
    ensure(checkout, venv.DEVELOPMENT)

    assert synced == [venv.RUNTIME, venv.DEVELOPMENT]


def test_a_changed_lock_keeps_the_developers_tools(checkout: Layout, synced: list[str]) -> None:
    ensure(checkout, venv.DEVELOPMENT)
    (checkout.root / venv.RUNTIME).write_text("django==5.2.20\n")

    ensure(checkout, venv.RUNTIME)

    assert synced == [venv.DEVELOPMENT, venv.DEVELOPMENT]


def test_a_spoilt_note_means_installing_again(checkout: Layout, synced: list[str]) -> None:
    ensure(checkout, venv.RUNTIME)
    (checkout.venv / "lading-locks.json").write_text("{")

    ensure(checkout, venv.RUNTIME)

    assert synced == [venv.RUNTIME, venv.RUNTIME]
    assert json.loads((checkout.venv / "lading-locks.json").read_text())


def test_an_environment_without_its_interpreter_is_made_anew(
    checkout: Layout, synced: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure(checkout, venv.RUNTIME)
    checkout.python.unlink()
    made: list[Path] = []
    monkeypatch.setattr(venv, "_make", lambda layout: made.append(layout.venv))

    ensure(checkout, venv.RUNTIME)

    assert made == [checkout.venv]
