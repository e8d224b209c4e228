import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.bootstrap import children
from config.bootstrap.supervisor import Program, Supervisor, backoff


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path, say=said.append)
    yield supervisor
    supervisor.stop()


def program(name: str, script: str = "sleep 300", *, stage: str = "") -> Program:
    return Program(name, stage or name, ("sh", "-c", script), {"PATH": "/usr/bin:/bin"}, Path("/"))


def await_ready(supervisor: Supervisor) -> None:
    """Wait until every program has said that it is ready."""
    logs = [supervisor.log(one.program) for one in supervisor.running]
    assert children.wait_until(lambda: all("ready" in log.read_text() for log in logs), seconds=5)


def tend_until_restarted(supervisor: Supervisor) -> None:
    first = supervisor.running[0].child.pid

    def is_restarted() -> bool:
        supervisor.tend()
        return supervisor.running[0].child.pid != first

    assert children.wait_until(is_restarted, seconds=5)


def test_a_crashed_program_is_named_and_started_again(
    supervisor: Supervisor, said: list[str]
) -> None:
    supervisor.start(program("worker-render"))
    supervisor.running[0].child.kill()

    tend_until_restarted(supervisor)

    assert said[0].startswith("worker-render was ended by SIGKILL; it starts again in 1 s")
    assert supervisor.running[0].child.poll() is None


def test_a_program_that_ends_by_itself_has_its_exit_code_told(
    supervisor: Supervisor, said: list[str]
) -> None:
    supervisor.start(program("beat", "exit 3"))

    tend_until_restarted(supervisor)

    assert said[0].startswith("beat stopped with exit code 3")


def test_each_crash_in_a_row_doubles_the_wait_up_to_half_a_minute() -> None:
    assert [backoff(failures) for failures in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]


def test_stages_stop_in_the_opposite_order_of_their_start(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    order = tmp_path / "order"
    slow = "trap 'sleep 0.2; echo {0} >> {1}; exit' TERM; echo ready; while :; do sleep 0.05; done"
    for name in ("web", "workers", "partners"):
        supervisor.start(program(name, slow.format(name, order)))
    await_ready(supervisor)

    supervisor.stop()

    assert order.read_text().split() == ["partners", "workers", "web"]


def test_programs_of_one_stage_stop_together(supervisor: Supervisor) -> None:
    slow = "trap 'sleep 0.5; exit' TERM; echo ready; while :; do sleep 0.05; done"
    supervisor.start(*(program(name, slow, stage="workers") for name in "abcd"))
    await_ready(supervisor)
    began = time.monotonic()

    supervisor.stop()

    assert time.monotonic() - began < 1.5


def test_an_impatient_second_interrupt_still_leaves_nobody_behind(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor.start(program("deaf", "trap '' TERM; echo ready; while :; do sleep 0.05; done"))
    child = supervisor.running[0].child
    await_ready(supervisor)

    def interrupt(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(children, "finish", interrupt)
    with pytest.raises(KeyboardInterrupt):
        supervisor.stop()

    assert child.wait(5) == -signal.SIGKILL


def test_a_renewed_stage_runs_afresh_and_the_others_go_on(supervisor: Supervisor) -> None:
    supervisor.start(program("web"), program("worker", stage="workers"))
    web, worker = (one.child for one in supervisor.running)

    supervisor.renew("workers")

    assert worker.returncode == -signal.SIGTERM
    assert supervisor.running[1].child.poll() is None
    assert web.poll() is None
    assert supervisor.running[0].child is web
