"""What the bootstrap makes of Lading's own word on its readiness."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from config.bootstrap import readiness
from config.bootstrap.layout import SetupFailed
from config.bootstrap.supervisor import Program, Supervisor

Answer = tuple[int, dict[str, object]]
READY: Answer = (200, {"status": "ready", "missing": {}})
BEHIND: Answer = (503, {"missing": {"migrations": "2 migrations are not applied."}})
SILENT: Answer = (503, {"missing": {"journal": "No worker holds any of it."}})


class Lading(BaseHTTPRequestHandler):
    answers: ClassVar[list[Answer]] = []

    def do_GET(self) -> None:
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    """Serve `Lading.answers` one after the other; the last stays."""
    server = HTTPServer(("127.0.0.1", 0), Lading)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path, say=lambda _text: None)
    yield supervisor
    supervisor.stop()


def test_it_waits_until_the_answer_is_green(port: int, supervisor: Supervisor) -> None:
    Lading.answers = [BEHIND, BEHIND, READY]

    readiness.await_ready(supervisor, port=port)

    assert Lading.answers == [READY]


def test_giving_up_repeats_what_lading_misses(
    port: int, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Lading.answers = [BEHIND]
    monkeypatch.setattr(readiness, "READY_SECONDS", 0.3)

    with pytest.raises(SetupFailed, match="2 migrations are not applied"):
        readiness.await_ready(supervisor, port=port)


def test_a_program_that_does_not_stay_up_ends_the_wait_with_its_words(
    port: int, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Lading.answers = [BEHIND]
    monkeypatch.setattr(readiness, "MOST_CRASHES", 1)
    argv = ("sh", "-c", "echo no module named lading; exit 1")
    supervisor.start(Program("web", "web", argv, {"PATH": "/usr/bin:/bin"}, Path("/")))

    with pytest.raises(SetupFailed, match=r"(?s)web does not stay up.*no module named lading"):
        readiness.await_ready(supervisor, port=port)


@pytest.mark.parametrize(
    ("answer", "is_left"), [(READY, False), (BEHIND, False), (SILENT, True), ((500, {}), False)]
)
def test_only_work_nobody_takes_up_counts_as_left_lying(
    port: int, answer: Answer, *, is_left: bool
) -> None:
    Lading.answers = [answer]

    assert readiness.is_work_left_lying(port) == is_left


def test_a_web_that_does_not_answer_says_nothing_about_the_workers() -> None:
    assert not readiness.is_work_left_lying(1)
