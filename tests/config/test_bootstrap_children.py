import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from config.bootstrap import children
from config.bootstrap.layout import SetupFailed

HERE = Path("/")
ENV = {"PATH": "/usr/bin:/bin"}


def test_a_failing_program_is_told_of_with_its_own_last_words(tmp_path: Path) -> None:
    argv = ["sh", "-c", "echo the disk is full >&2; exit 3"]

    with pytest.raises(SetupFailed, match=r"(?s)It failed\..*the disk is full"):
        children.run(argv, env=ENV, log=tmp_path / "log", cwd=HERE, failure="It failed.")


def test_words_of_an_earlier_run_are_not_shown_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("an old story\n")

    with pytest.raises(SetupFailed) as caught:
        children.run(["false"], env=ENV, log=log, cwd=HERE, failure="It failed.")

    assert "an old story" not in str(caught.value)


def test_a_program_that_ended_leaves_none_of_its_own_children(tmp_path: Path) -> None:
    child = children.start(
        ["sh", "-c", "sleep 300 & echo $!"], env=ENV, log=tmp_path / "log", cwd=HERE
    )
    child.wait()
    left_behind = int((tmp_path / "log").read_text())

    children.stop(child, grace=1)

    assert children.wait_until(lambda: not _is_alive(left_behind), seconds=5)


def test_a_child_deaf_to_the_request_is_killed_after_its_grace(tmp_path: Path) -> None:
    child = children.start(
        ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"],
        env=ENV,
        log=tmp_path / "log",
        cwd=HERE,
    )
    children.wait_until(lambda: "deaf" in (tmp_path / "log").read_text(), seconds=5)
    began = time.monotonic()

    children.stop(child, grace=0.3)

    assert child.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 3


def test_a_child_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from config.bootstrap import children\n"
        f"log = Path({str(tmp_path / 'log')!r})\n"
        f"print(children.start(['sleep', '300'], env={ENV}, log=log, cwd=Path('/')).pid)\n"
        "sys.stdout.flush(); time.sleep(300)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout
    pid = int(parent.stdout.readline())

    parent.kill()
    parent.wait()

    assert children.wait_until(lambda: not _is_alive(pid), seconds=5)


def _is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
