"""A pool of workers whose child dies by SIGKILL at a named step.

Run as a program it starts Django once, as a master of forked workers does. For each order, a line
of JSON on stdin, it forks a child that hears messages through the webhook door and works on the
queues; then it prints how the child ended. The code under test has no hooks for this: the child
wraps one function from outside.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.utils.module_loading import import_string

Order = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """The moment before a function is called, or after: when it has returned something."""

    target: str
    is_after: bool = False

    def deadly(self) -> Callable[..., Any]:
        """Return the function such that the process ends there, without a last word."""
        original = import_string(self.target)

        def die(*args: Any, **kwargs: Any) -> Any:
            if self.is_after and not (result := original(*args, **kwargs)):
                return result
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError("Nobody survives this.")

        return die


def main() -> None:
    """Be the master until stdin ends."""
    import django

    django.setup()
    import billing.handlers  # what a worker has loaded before it forks

    print("ready", billing.handlers.__name__, flush=True)  # noqa: T201
    for line in sys.stdin:
        print(_end_of_child(json.loads(line)), flush=True)  # noqa: T201


def _end_of_child(order: Order) -> int:
    """Fork a child that lives through the order; return its exit code, -9 when it was killed."""
    child = os.fork()
    if child == 0:
        try:
            live(order)
        except BaseException:  # noqa: BLE001  the parent must never run on in the child's place
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def live(order: Order) -> None:
    """Hear the messages of each chapter and work until nothing is due; die as told."""
    from django.conf import settings

    for name, value in order["settings"].items():
        setattr(settings, name, value)
    step = Step(**order["die"])
    patch(step.target, step.deadly()).start()
    for chapter in order["chapters"]:
        if chapter:
            _hear(chapter, note=Path(order["acknowledged"]))
        work_through()


def _hear(messages: list[dict[str, Any]], *, note: Path) -> None:
    """Push messages, noting the id of each that was acknowledged, as its sender does."""
    from integrations.models import Source
    from tests.factories.doors import push_all

    source = Source.objects.get(slug="tms")
    for message in messages:
        push_all(source, [message])
        with note.open("a") as file:
            file.write(f"{message['id']}\n")


def work_through() -> None:
    """Work on every queue until nothing is due."""
    from journal.events import QUEUES
    from journal.operations.working import work

    while sum(work(queue) for queue in QUEUES):
        pass


if __name__ == "__main__":
    main()
