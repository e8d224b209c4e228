"""Keep a set of programs running, and stop them in order."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.bootstrap import children
from config.bootstrap.children import Account, Child

LONGEST_WAIT = 30.0
STEADY_AFTER = 60.0
LOG_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Program:
    """A long-running program; those of one `stage` are stopped together."""

    name: str
    stage: str
    argv: tuple[str | Path, ...]
    env: Mapping[str, str]
    cwd: Path
    account: Account | None = None
    farewell: signal.Signals = signal.SIGTERM
    grace: float = 10.0


@dataclass(slots=True)
class Running:
    """A program's present child, or the time to start it again."""

    program: Program
    child: Child
    started: float
    failures: int = 0
    due: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Starts programs, starts a crashed one again, stops all: the last stage first."""

    logs: Path
    say: Callable[[str], None]
    running: list[Running] = field(default_factory=list)

    def start(self, *programs: Program) -> None:
        """Start programs and keep them running from now on."""
        for program in programs:
            _trim(self.log(program))
            self.running.append(Running(program, self._spawn(program), time.monotonic()))

    def tend(self) -> None:
        """Notice the children that ended and start those whose wait is over; call it often."""
        now = time.monotonic()
        for one in self.running:
            if one.due is None and one.child.poll() is not None:
                self._note_crash(one, now=now)
            elif one.due is not None and now >= one.due:
                one.child, one.started, one.due = self._spawn(one.program), now, None

    def renew(self, stage: str) -> None:
        """Stop the programs of one stage and start them afresh."""
        chosen = [one for one in self.running if one.program.stage == stage]
        self._stop_stage(chosen)
        for one in chosen:
            one.child, one.started, one.due = self._spawn(one.program), time.monotonic(), None

    def stop(self) -> None:
        """Stop every child, stage by stage, in the opposite order of their start."""
        try:
            for stage in self.stages:
                self._stop_stage([one for one in self.running if one.program.stage == stage])
        finally:  # a second Ctrl-C ends the patience, not the duty
            for one in self.running:
                children.sweep(one.child)
            self.running.clear()

    @property
    def stages(self) -> list[str]:
        """The stages in the order of their stop."""
        return list(dict.fromkeys(one.program.stage for one in reversed(self.running)))

    def log(self, program: Program) -> Path:
        """Return where a program's words go."""
        return self.logs / f"{program.name}.log"

    def _stop_stage(self, stage: Sequence[Running]) -> None:
        for one in stage:
            children.ask(one.child, how=one.program.farewell)
        for one in stage:
            children.finish(one.child, grace=one.program.grace)

    def _note_crash(self, one: Running, *, now: float) -> None:
        children.sweep(one.child)
        one.failures = 1 if now - one.started > STEADY_AFTER else one.failures + 1
        wait = backoff(one.failures)
        one.due = now + wait
        self.say(
            f"{one.program.name} {_ending(one.child)}; it starts again in {wait:.0f} s "
            f"(its words are in {self.log(one.program)})."
        )

    def _spawn(self, program: Program) -> Child:
        return children.start(
            program.argv,
            env=program.env,
            log=self.log(program),
            cwd=program.cwd,
            account=program.account,
            farewell=program.farewell,
        )


def backoff(failures: int) -> float:
    """Return the seconds to wait after `failures` crashes in a row: 1, 2, 4 ... at most 30."""
    return min(2.0 ** (failures - 1), LONGEST_WAIT)


def _ending(child: subprocess.Popen[bytes]) -> str:
    code = child.returncode
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"stopped with exit code {code}"


def _trim(log: Path) -> None:
    """Put a log that has grown large aside; one old one is kept."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
