"""`manage.py up` on a checkout whose packages are a stub: what goes wrong, and what is left."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.bootstrap import servers
from config.bootstrap.layout import Layout
from config.bootstrap.locks import alone
from tests.config.installations import make_checkout, processes_of, remove_servers_of

FAILING_MIGRATE = """#!/bin/sh
# The interpreter of a checkout whose migration fails and forgets a process.
sleep 300 "$LADING_VAR" &
echo "column load.pro_number already exists" >&2
exit 3
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Layout]:
    """A checkout whose interpreter fails at whatever it is asked."""
    layout = make_checkout(tmp_path / "lading", interpreter=FAILING_MIGRATE)
    yield layout
    remove_servers_of(layout)


def up(layout: Layout, *words: str) -> subprocess.CompletedProcess[str]:
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "up", "--no-demo", *words],
        cwd=layout.root, env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.faults
def test_a_failed_migrate_is_explained_and_leaves_no_process(checkout: Layout) -> None:
    done = up(checkout, "--port", str(free_port()))

    assert done.returncode == 1
    assert "Migrating the database ... failed" in done.stdout
    assert "column load.pro_number already exists" in done.stderr
    assert "Traceback" not in done.stderr
    assert processes_of(checkout) == []


def test_a_second_up_gives_one_clear_sentence(checkout: Layout) -> None:
    with alone(checkout.run / "up.lock") as lock:
        lock.write("process 4711, http://localhost:8000")
        done = up(checkout)

    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Lading is already running here (process 4711, http://localhost:8000):"
        " Ctrl-C in its terminal stops it."
    )


def test_a_port_in_use_is_named_before_anything_is_started(checkout: Layout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = up(checkout, "--port", str(port))

    assert done.returncode == 1
    assert done.stderr.strip() == f"Port {port} is taken: name another with `--port`."
    assert done.stdout == ""


def test_reset_removes_what_lading_wrote_and_nothing_else(checkout: Layout) -> None:
    (checkout.var / "blobs").mkdir(parents=True)
    (checkout.var / "blobs" / "invoice.pdf").touch()
    (checkout.var / "somebodys-notes.txt").touch()

    up(checkout, "--reset", "--port", str(free_port()))

    assert not (checkout.var / "blobs").exists()
    assert (checkout.var / "somebodys-notes.txt").exists()


def test_reset_refuses_while_another_command_uses_the_servers(checkout: Layout) -> None:
    with servers.in_use(checkout, names=["redis"]):
        done = up(checkout, "--reset", "--port", str(free_port()))

    assert done.stderr.strip() == "Another command is using the private redis: end it first."
