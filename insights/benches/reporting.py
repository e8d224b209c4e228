"""What a run is told as: the machine, each figure, and whether its goal is met."""

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from insights.benches.measuring import Result, Timing

KIB = 1024


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure of one run that has no other side; `is_met` is None where there is no goal."""

    name: str
    text: str
    is_met: bool | None = None


Finding = Result | Statement


def machine() -> str:
    """One line that says on what the figures were measured."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0].split()[0]
    memory = _field("/proc/meminfo", "MemTotal")
    model = _field("/proc/cpuinfo", "model name") or platform.machine()
    return ", ".join(
        (
            f"{os.cpu_count()} CPUs ({model})",
            f"{int(memory.split()[0]) / KIB / KIB:.0f} GiB" if memory else "memory unknown",
            platform.platform(terse=True),
            f"Python {platform.python_version()}",
            f"PostgreSQL {postgres}",
        )
    )


def told(finding: Finding) -> Iterator[str]:
    """The lines of one finding; the last one ends with its verdict."""
    if isinstance(finding, Statement):
        yield f"{finding.name}: {finding.text}{_verdict(finding.is_met)}"
        return
    yield finding.name
    for timing in (finding.first, finding.second):
        yield f"    {timing.name:<34} {_figures(timing)}"
    rounds = len(finding.first.seconds)
    yield (
        f"    {finding.ratio:.2f}x, the median of {rounds} rounds, goal {finding.goal}"
        f"{_verdict(finding.is_met)}"
    )


def table(findings: Sequence[Finding]) -> Iterator[str]:
    """One line for each finding that has a goal: what, both medians, ratio, goal, verdict."""
    results = [finding for finding in findings if isinstance(finding, Result)]
    widest = max((len(each.name) for each in results), default=0)
    for each in results:
        one, other = each.first.median * 1000, each.second.median * 1000
        yield (
            f"{each.name:<{widest}}  {one:10.3f} ms {other:10.3f} ms  {each.ratio:6.2f}x  "
            f"goal {each.goal!s:<8}{_verdict(each.is_met)}"
        )


def _figures(timing: Timing) -> str:
    low, high = timing.interval
    return (
        f"{timing.median * 1000:9.3f} ms each, least {timing.least * 1000:.3f}, "
        f"95 % {low * 1000:.3f} to {high * 1000:.3f}"
    )


def _verdict(is_met: bool | None) -> str:  # noqa: FBT001
    return {True: "  MET", False: "  MISSED", None: ""}[is_met]


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
