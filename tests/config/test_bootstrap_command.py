"""`manage.py` with other words than `up` and `verify`."""

import os
import subprocess
import sys
from pathlib import Path

from config.bootstrap.layout import Layout
from tests.config.installations import ROOT, processes_of


def manage(layout: Layout, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**kept, "LADING_VAR": str(layout.var), **more},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_bootstrap_needs_nothing_but_the_standard_library() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import config.bootstrap.main\n"
        "strange = {name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names\n"
        "print(sorted(strange - {'__main__', 'config'}))"
    )

    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", script, str(ROOT)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"


def test_a_command_before_the_first_up_is_told_what_to_do(layout: Layout) -> None:
    done = manage(layout, "ingest", "--source", "edi", "file.edi")

    assert done.returncode == 1
    assert done.stderr.strip() == "There is no database yet: `python3 manage.py up` makes one."


def test_a_command_that_asks_no_server_starts_none(layout: Layout, tmp_path: Path) -> None:
    done = manage(layout, "check")

    assert done.returncode == 0, done.stderr
    assert not (layout.run / "postgres.lock").exists()


def test_a_command_has_the_private_servers_while_it_runs_and_no_longer(layout: Layout) -> None:
    done = manage(layout, "migrate", "--plan", "--no-color")

    assert done.returncode == 0, done.stderr
    assert "journal.0001_initial" in done.stdout
    assert processes_of(layout) == []
