"""Change one stop of a load, or leave it out; the plan tells the others as before."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from dispatch.events import LoadFacts, Purpose, StopFacts
from dispatch.models import Load
from dispatch.operations.planning import change_load
from dispatch.operations.routing import PlanError
from dispatch.queries.plans import read_plan

Stops = tuple[StopFacts, ...]
FEWEST_STOPS = 2


class NoSuchStop(Exception):
    """The plan of the load has no stop of that number."""

    status = 404
    code = "no_such_stop"


def change_stop(
    load: Load, sequence: int, *, told: Mapping[str, Any], source: str, by: str, at: datetime
) -> Load:
    """Lay `told` over one stop of the plan; None takes an appointment away.

    Raises:
        NoSuchStop: the plan does not have it.
        PlanError: the stop makes no sense like that.
    """

    def change(stops: Stops) -> Stops:
        return tuple(replace(s, **told) if s.sequence == sequence else s for s in stops)

    return _lay(load, sequence, change, source=source, by=by, at=at)


def skip_stop(
    load: Load, sequence: int, *, reason: str, source: str, by: str, at: datetime
) -> Load:
    """Leave a stop out of the plan; what was told of it stays.

    Raises:
        NoSuchStop: the plan does not have it.
        PlanError: `too_few_stops`.
    """

    def leave_out(stops: Stops) -> Stops:
        kept = tuple(stop for stop in stops if stop.sequence != sequence)
        if len(kept) < FEWEST_STOPS:
            raise PlanError("too_few_stops", "A load has at least two stops.", field="sequence")
        return kept

    return _lay(load, sequence, leave_out, source=source, by=by, at=at, reason=reason)


def _lay(
    load: Load,
    sequence: int,
    change: Callable[[Stops], Stops],
    *,
    source: str,
    by: str,
    at: datetime,
    reason: str = "",
) -> Load:
    stops = read_plan(load).stops
    if sequence not in {stop.sequence for stop in stops}:
        raise NoSuchStop(f"Load {load.number} has no stop {sequence}.")
    facts = LoadFacts(references=(), stops=change(stops), purpose=Purpose.CHANGE)
    return change_load(load, facts=facts, source=source, by=by, at=at, reason=reason)
