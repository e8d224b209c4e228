"""When an open load needs somebody, and why: pure rules over its watch and the clock.

`dispatch.queries.attention` says the same in conditions; a test holds the two together.

    MISSED_PICKUP  the pickup window has closed and no truck came
    DETENTION      the truck has been at a stop longer than the usual free time; its clock starts
                   at arrival, or with the appointment when it came early
    LATE           under way, and the next window has closed or the last estimate is beyond it
    NO_PING        under way, and nothing was heard of it for a while
    UNASSIGNED     accepted, to be picked up within a day, and nobody drives
    NO_POD         delivered, and no proof of delivery is on file

The first that holds counts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

# What the trade gives away; the rate card of the customer decides what is billed.
FREE_TIME = timedelta(hours=2)
SILENCE = timedelta(hours=2)
ASSIGN_AHEAD = timedelta(hours=24)


class Attention(StrEnum):
    """Why a load needs somebody, the most urgent first."""

    MISSED_PICKUP = "MISSED_PICKUP"
    DETENTION = "DETENTION"
    LATE = "LATE"
    NO_PING = "NO_PING"
    UNASSIGNED = "UNASSIGNED"
    NO_POD = "NO_POD"


ACT_NOW = (
    Attention.MISSED_PICKUP,
    Attention.DETENTION,
    Attention.LATE,
    Attention.NO_PING,
    Attention.UNASSIGNED,
)


class Watched(Protocol):
    """What the rules look at; `dispatch.models.Watch` has it."""

    phase: str
    is_assigned: bool
    late_at: datetime | None
    waiting_from: datetime | None
    heard_at: datetime | None
    pickup_at: datetime


@dataclass(frozen=True, slots=True)
class Need:
    """Why a load needs somebody, and since when."""

    attention: Attention
    since: datetime | None = None


def need_of(watch: Watched, *, at: datetime) -> Need | None:
    """Return why the load needs somebody at `at`, or None when it goes well."""
    if watch.phase == "BEFORE":
        return _before_pickup(watch, at)
    if watch.phase == "AT_STOP":
        free_until = watch.waiting_from + FREE_TIME if watch.waiting_from else None
        return _reached(Attention.DETENTION, free_until, at)
    if watch.phase == "ROLLING":
        late = _reached(Attention.LATE, watch.late_at, at)
        silent = watch.heard_at is not None and watch.heard_at + SILENCE <= at
        return late or (Need(Attention.NO_PING, watch.heard_at) if silent else None)
    return Need(Attention.NO_POD) if watch.phase == "DONE" else None


def _before_pickup(watch: Watched, at: datetime) -> Need | None:
    missed = _reached(Attention.MISSED_PICKUP, watch.late_at, at)
    if missed or watch.is_assigned:
        return missed
    return _reached(Attention.UNASSIGNED, watch.pickup_at - ASSIGN_AHEAD, at)


def _reached(attention: Attention, instant: datetime | None, at: datetime) -> Need | None:
    return Need(attention, instant) if instant and instant <= at else None
