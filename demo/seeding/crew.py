"""Several processes that make history together, a day at a time."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

from django.db import connections

PATIENCE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Member:
    """One process of the crew, by its number from 0."""

    number: int
    size: int
    barrier: Barrier

    def takes(self, n: int) -> bool:
        """Tell whether the n-th piece of work is this member's."""
        return n % self.size == self.number

    def meet(self) -> None:
        """Wait for all the others; raises BrokenBarrierError when one of them has failed."""
        self.barrier.wait(PATIENCE_SECONDS)


def work_together(task: Callable[[Member], None]) -> None:
    """Run `task` once in each of two processes, one of them this one.

    Raises:
        RuntimeError: the other one failed.
    """
    size = min(2, os.cpu_count() or 1)
    fork = get_context("fork")
    barrier = fork.Barrier(size)
    connections.close_all()
    others = [
        fork.Process(target=_run, args=(task, Member(number, size, barrier)))
        for number in range(1, size)
    ]
    for other in others:
        other.start()
    _run(task, Member(0, size, barrier))
    for other in others:
        other.join()
        if other.exitcode:
            raise RuntimeError("A process that was making the demonstration has failed.")


def _run(task: Callable[[Member], None], member: Member) -> None:
    try:
        task(member)
    except BaseException:
        member.barrier.abort()
        raise
    finally:
        connections.close_all()
