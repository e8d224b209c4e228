"""The road as the desk finds it: who drives, and what was heard of each truck in the last day."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle

from django.db import transaction

from accounts.models import User
from accounts.rules import Role
from demo.partners.dialect import Message, seen
from demo.seeding.clock import work_queues
from demo.seeding.history import fate_of
from demo.seeding.partners import TMS
from demo.world.stories import Story
from dispatch.models import Carrier, Driver, Load
from dispatch.operations.planning import assign_carrier
from integrations.models import Source
from integrations.operations.receiving import receive

OURS = "CDRF"
# Of so many loads one goes to a carrier of its own.
BROKERED_IN = 4
PING_EVERY = timedelta(minutes=70)
# One truck in so many keeps silent after its pickup.
SILENT_IN = 5
UNDER_WAY = ("ACCEPTED", "DISPATCHED", "AT_PICKUP", "IN_TRANSIT", "AT_DELIVERY")


def give_drivers(*, now: datetime) -> None:
    """Say who drives what is under way; a load that nobody carries yet is left so."""
    drivers = cycle(
        Driver.objects.filter(carrier__scac=OURS).select_related("carrier").order_by("pk")
    )
    others = cycle(Carrier.objects.exclude(scac=OURS).order_by("pk"))
    with transaction.atomic():
        by = User.objects.get(groups__name=Role.DISPATCHER).actor
        open_loads = Load.objects.filter(status__in=UNDER_WAY).exclude(carrier=None)
        for n, load in enumerate(open_loads.order_by("pk"), start=1):
            driver = next(drivers) if n % BROKERED_IN else None
            carrier = driver.carrier if driver else next(others)
            assign_carrier(load, carrier=carrier, driver=driver, by=by, at=now)


def hear_trucks(stories: Sequence[Story], *, now: datetime) -> None:
    """Let the TMS tell where the trucks were, each message at its own time."""
    source = Source.objects.get(slug=TMS)
    for at, message in sorted(_sightings(stories, now=now), key=lambda each: each[0]):
        with transaction.atomic():
            receive(
                source, external_id=message["id"], body=json.dumps(message).encode(),
                content_type="application/json", headers={}, at=at,
            )  # fmt: skip
        work_queues(("intake",), at=at + timedelta(seconds=2))


def _sightings(stories: Sequence[Story], *, now: datetime) -> Iterator[tuple[datetime, Message]]:
    for n, story in enumerate(s for s in stories if s.ended_at > now and not fate_of(s)):
        left, there = story.happenings[4].occurred_at, story.happenings[-3].occurred_at
        at, count = left + PING_EVERY, 0
        while at < min(there, now) and not (n % SILENT_IN == 0 and count):
            count += 1
            yield at, seen(story, count, at=at, share=(at - left) / (there - left))
            at += PING_EVERY
