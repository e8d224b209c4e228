"""Twelve weeks of loads, told in date order through the operations."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from random import Random

from django.db import transaction

from accounts.models import Customer
from demo.plan import plan
from demo.seeding.clock import work_queues
from demo.seeding.crew import Member, work_together
from demo.seeding.desk import tidy_desk
from demo.world.lanes import LANES
from demo.world.stories import Story, tell
from demo.world.tariffs import UNPRICED, is_priced
from dispatch.events import MilestoneFacts
from dispatch.models import Load
from dispatch.operations.filing import Acceptance, file_paper
from dispatch.operations.planning import create_load
from dispatch.operations.tracking import Telling, add_milestones_many

SOURCE = "tms"
BY = "source:tms"
LOADS = 600
WEEKS = 12
AHEAD = timedelta(days=3)
FIRST_NUMBER = 100_001
# Bills are made day by day; what else waits is done at the end or, like PDFs, in the background.
DAILY = ("billing",)
AT_THE_END = ("intake", "billing", "housekeeping")
HEARD_AFTER = timedelta(minutes=4)
# What came in the last days still waits for somebody.
UNTOUCHED = timedelta(days=4)
# A customer began to ship where nobody has agreed a price.
NEW_LANE = timedelta(days=24)
OLDER = next(lane for lane in LANES if lane.customer == UNPRICED[0] and is_priced(lane))
# Of so many loads one waits for somebody to carry it, as long as it has not been picked up.
UNGIVEN_IN = 12
TIDY_ON = frozenset({1, 4})

Stage = Callable[[MilestoneFacts], bool]
# What is heard together: decisions, the pickup, what lies between, the end.
STAGES: tuple[Stage, ...] = (
    lambda fact: fact.stop_sequence is None,
    lambda fact: fact.stop_sequence == 1,
    lambda fact: fact.stop_sequence is not None and fact.stop_sequence > 1,
)
CALLED_OFF_AT = frozenset({"ACCEPTED", "DISPATCHED", "ARRIVED"})


def stories(*, now: datetime, loads: int = LOADS) -> list[Story]:
    """Return the loads of the last weeks and the next days, by the time they end."""
    random = Random(1180)  # noqa: S311  a world, not a secret
    behaviours = plan(1180)
    start = now - timedelta(weeks=WEEKS)
    span = now + AHEAD - start
    told = []
    for n in range(loads):
        pickup_at = start + span * n / loads
        lane = LANES[random.randrange(len(LANES))]
        if not is_priced(lane) and now - pickup_at > NEW_LANE:
            lane = OLDER
        story = tell(FIRST_NUMBER + n, lane, pickup_at=pickup_at, behaviour=behaviours[n % 100])
        told.append(story)
    return sorted(told, key=lambda story: story.ended_at)


def seed_history(
    customers: dict[str, Customer],
    *,
    now: datetime,
    loads: int = LOADS,
    tell_progress: Callable[[int], None],
) -> None:
    """Make every load, a day at a time, in as many processes as the machine has cores for.

    What would happen after `now` has not been told yet. `tell_progress` hears, after each day, how
    many more loads are made.
    """
    days = _days(stories(now=now, loads=loads), now=now)

    def make(member: Member) -> None:
        gc.disable()
        for day, batch in days:
            _live(day, batch, customers, member, now=now)
            if member.number == 0:
                tell_progress(len(batch))

    work_together(make)
    gc.enable()
    work_queues(AT_THE_END, at=now)


def _days(told: Sequence[Story], *, now: datetime) -> list[tuple[date, list[Story]]]:
    by_day = groupby(told, key=lambda story: min(story.ended_at, now).date())
    return [(day, list(batch)) for day, batch in by_day]


def _live(
    day: date,
    batch: Sequence[Story],
    customers: dict[str, Customer],
    member: Member,
    *,
    now: datetime,
) -> None:
    """Tell one day, bill it, and twice a week let the people do what waits for them."""
    end = min(max(story.ended_at for story in batch) + HEARD_AFTER, now)
    with transaction.atomic():
        _tell_day([s for n, s in enumerate(batch) if member.takes(n)], customers, now=now)
    member.meet()
    work_queues(DAILY, at=end)
    member.meet()
    if day.weekday() in TIDY_ON and now - end > UNTOUCHED:
        if member.number == 0:
            tidy_desk(at=end)
        member.meet()
        work_queues(DAILY, at=end)
        member.meet()


def _tell_day(batch: Sequence[Story], customers: dict[str, Customer], *, now: datetime) -> None:
    loads = {story.number: _tender(story, customers, now=now) for story in batch}
    for stage in STAGES:
        told = [(story, _told(story, stage, now=now)) for story in batch]
        tellings = [
            Telling(loads[story.number], facts, SOURCE, BY) for story, facts in told if facts
        ]
        if tellings:
            last = max(fact.occurred_at for telling in tellings for fact in telling.facts)
            add_milestones_many(tellings, at=min(last + HEARD_AFTER, now))
    for story in batch:
        if fate_of(story) is None:
            _file_papers(story, loads[story.number], now=now)


def _tender(story: Story, customers: dict[str, Customer], *, now: datetime) -> Load:
    tendered, accepted, dispatched = story.happenings[:3]
    is_ungiven = story.number % UNGIVEN_IN == 0 and dispatched.occurred_at > now
    at = min(tendered.occurred_at, now)
    return create_load(
        replace(
            story.facts,
            respond_by=accepted.occurred_at if accepted.occurred_at > now else None,
            carrier_scac="" if is_ungiven else story.facts.carrier_scac,
        ),
        customer=customers[story.lane.customer],
        by=BY,
        at=at,
        source=SOURCE,
        source_reference=tendered.source_reference,
        tendered_at=at,
    )


def fate_of(story: Story) -> str | None:
    """Return how the load is called off, for the few that are."""
    if story.number % 67 == 0:
        return "CANCELLED"
    return "TRUCK_NOT_USED" if story.number % 53 == 0 else None


def _told(story: Story, stage: Stage, *, now: datetime) -> list[MilestoneFacts]:
    """Return what had happened by `now` in one stage of a load's life."""
    facts = [fact for fact in story.happenings[1:] if stage(fact)]
    if fate := fate_of(story):
        facts = [_called_off(fact, fate) for fact in facts if fact.kind in CALLED_OFF_AT]
    return [fact for fact in facts if fact.occurred_at <= now]


def _called_off(fact: MilestoneFacts, fate: str) -> MilestoneFacts:
    """Put the fate where the truck would have arrived at the pickup."""
    if fact.kind != "ARRIVED":
        return fact
    return replace(fact, kind=fate, stop_sequence=None)


def _file_papers(story: Story, load: Load, *, now: datetime) -> None:
    for paper in story.papers:
        came = (paper.occurred_at or now) + HEARD_AFTER
        if came <= now:
            file_paper(
                load, facts=paper, source=SOURCE, by=BY, at=came, acceptance=Acceptance.BY_RULE
            )
