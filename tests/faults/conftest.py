"""A pool of mortal workers, and everything they leave to those who come after."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import IO, cast

import pytest
from django.conf import settings
from django.utils import timezone

from tests.factories import stories
from tests.factories.carrier import Cast, open_carrier
from tests.factories.stories import Message
from tests.faults import worker
from tests.faults.environment import ROOT, environment


class Pool:
    """The master of `worker.py`, as a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said = cast("IO[str]", process.stdout)
        self._heard = cast("IO[str]", process.stdin)
        assert self._said.readline().startswith("ready")

    def kill(self, step: worker.Step, chapters: list[list[Message]], *, note: Path) -> set[str]:
        """Let a worker hear and work until it dies at `step`.

        Return the ids of the messages that were acknowledged; the worker writes them to `note`.
        """
        note.touch()
        order = {
            "die": asdict(step),
            "chapters": chapters,
            "acknowledged": str(note),
            "settings": {"ERP_URL": settings.ERP_URL, "BLOB_ROOT": str(settings.BLOB_ROOT)},
        }
        self._heard.write(json.dumps(order) + "\n")
        self._heard.flush()
        assert int(self._said.readline()) == -signal.SIGKILL
        return set(note.read_text().split())

    def close(self) -> None:
        """Let the master go."""
        self._heard.close()
        self._process.wait(timeout=10)
        self._said.close()


@pytest.fixture(scope="session")
def pool(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """Start Django once for all the workers that are going to die."""
    argv = [sys.executable, "-m", worker.__name__]
    env = environment(tmp_path_factory.mktemp("pool"))
    pool = Pool(
        subprocess.Popen(
            argv, env=env, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    )
    yield pool
    pool.close()


@pytest.fixture
def cast_now(transactional_db: None) -> Cast:
    """Open the carrier now, by the clock that other processes read."""
    return open_carrier(at=timezone.now())


@pytest.fixture
def told() -> list[Message]:
    """Return all that the TMS tells of a load which was delivered some hours ago."""
    pickup_at = (timezone.now() - timedelta(hours=31)).replace(minute=0, second=0, microsecond=0)
    return stories.messages(stories.tell_story(104882, pickup_at=pickup_at))
