"""Redis wiped in the middle: every bell is gone, and the sweeper rings again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import pytest
from redis import Redis

from billing.models import Invoice, InvoiceDocument
from config.bootstrap.layout import Layout
from config.bootstrap.redis import Broker, broker
from journal.events import QUEUES
from journal.models import Delivery
from tests.factories import stories
from tests.factories.carrier import Cast
from tests.factories.stories import Message
from tests.faults.environment import ROOT, environment
from tests.journeys.endings import invoices_of, load_of

pytestmark = pytest.mark.faults

LONGEST_SECONDS = 120


@pytest.fixture
def private_redis() -> Iterator[Broker]:
    """Run a Redis that this test may wipe; its socket's path is short enough for a socket."""
    with TemporaryDirectory(prefix="lading-") as folder:
        server = broker(Layout.here(), home=Path(folder))
        server.initialise()
        process = subprocess.Popen(server.program().argv, stdout=subprocess.DEVNULL)
        wait_until(server.is_ready)
        yield server
        process.terminate()
        process.wait(timeout=10)


def test_bells_wiped_out_of_redis_are_rung_again(
    cast_now: Cast, told: list[Message], private_redis: Broker, tmp_path: Path
) -> None:
    redis = Redis(unix_socket_path=str(private_redis.socket))
    env = environment(
        tmp_path,
        REDIS_URL=f"unix://{private_redis.socket}",
        LADING_BELLS="1",
        LADING_SWEEP_SECONDS="3",
    )
    argv = [sys.executable, "manage.py", "ingest", "--source", "tms", *write(told, tmp_path)]
    subprocess.run(argv, env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    assert redis.llen("billing") > 0
    redis.flushall()
    assert not any(redis.llen(queue) for queue in QUEUES)

    with workers(env, tmp_path):
        wait_until(Invoice.objects.exists)
        redis.flushall()
        wait_until(InvoiceDocument.objects.exists)
        wait_until(lambda: not Delivery.objects.exclude(status__in=["DONE", "IGNORED"]).exists())

    [invoice] = invoices_of(load_of("CR104882"))
    assert invoice.total_amount == stories.TOTAL


def write(told: list[Message], folder: Path) -> list[str]:
    """Write each message to a file of its own; return their paths."""
    paths = [folder / f"{message['id']}.json" for message in told]
    for path, message in zip(paths, told, strict=True):
        path.write_text(json.dumps(message))
    return [str(path) for path in paths]


@contextmanager
def workers(env: dict[str, str], folder: Path) -> Iterator[None]:
    """Run a real worker for every queue, with the clock that rings for the sweeper."""
    words = ["-B", "-s", str(folder / "beat"), "-Q", ",".join(QUEUES), "-c", "1", "-l", "ERROR"]
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config.celery", "worker", *words],
        env=env,
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    end = monotonic() + LONGEST_SECONDS
    while not is_so():
        assert monotonic() < end, f"Not within {LONGEST_SECONDS} s."
        sleep(0.1)
