"""The clock rings tasks that exist, and every queue has a worker."""

import pytest

from config.bootstrap.processes import WORKERS
from config.celery import app
from journal.events import QUEUES

SERVED = {queue for queues, _ in WORKERS.values() for queue in queues.split(",")}


def test_every_task_of_the_schedule_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELERY_SKIP_CHECKS", "1")
    app.loader.import_default_modules()

    assert {line["task"] for line in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_every_queue_has_exactly_one_worker() -> None:
    served = [queue for queues, _ in WORKERS.values() for queue in queues.split(",")]

    assert sorted(served) == sorted(QUEUES)


def test_the_clock_rings_only_queues_with_a_worker() -> None:
    rung = {line["options"]["queue"] for line in app.conf.beat_schedule.values()}

    assert rung <= SERVED


def test_a_ring_nobody_heard_is_void_before_the_next() -> None:
    lines = app.conf.beat_schedule.values()

    assert all(line["options"]["expires"] == line["schedule"] for line in lines)
