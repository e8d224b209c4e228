import subprocess
import sys
from pathlib import Path

import pytest

from config.bootstrap import children
from config.bootstrap.locks import Busy, Lock, alone, is_held


def test_a_lock_is_held_for_the_block_and_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_held(path)

    with alone(path):
        assert is_held(path)
    assert not is_held(path)


def test_two_cannot_hold_it_alone(tmp_path: Path) -> None:
    with alone(tmp_path / "lock"), Lock(tmp_path / "lock") as second, pytest.raises(Busy):
        second.take(patience=0)


def test_nobody_holds_it_alone_while_it_is_shared(tmp_path: Path) -> None:
    with Lock(tmp_path / "lock") as one, Lock(tmp_path / "lock") as other:
        one.share()
        other.share()
        with Lock(tmp_path / "lock") as third, pytest.raises(Busy):
            third.take(patience=0)


def test_the_kernel_lets_go_of_a_killed_holders_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    script = (
        "import time; from pathlib import Path; from config.bootstrap.locks import alone\n"
        f"with alone(Path({str(path)!r})): print('held', flush=True); time.sleep(300)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert holder.stdout
    holder.stdout.readline()
    assert is_held(path)

    holder.kill()
    holder.wait()

    assert children.wait_until(lambda: not is_held(path), seconds=5)
