"""Plans and facts as partners tell them, and their way into loads."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from accounts.models import Customer
from dispatch.events import ItemFacts, LoadFacts, MilestoneFacts, Purpose, StopFacts
from dispatch.models import Load
from dispatch.operations.planning import change_load, create_load
from journal.models import Event

PICKUP_AT = datetime(2026, 11, 18, 13, tzinfo=UTC)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def stop(sequence: int, kind: str, **fields) -> StopFacts:
    """A stop in Joliet or, for a delivery, in Columbus."""
    places = {
        "PICKUP": {"name": "Prairie Foods DC 12", "city": "Joliet", "state": "IL"},
        "DELIVERY": {"name": "Lakeshore Grocers DC 3", "city": "Columbus", "state": "OH"},
        "STOP_OFF": {"name": "Lakeshore Grocers RDC", "city": "Indianapolis", "state": "IN"},
    }
    return StopFacts(**{"sequence": sequence, "kind": kind, **places[kind], **fields})


PICKUP = stop(1, "PICKUP", appointment_from=PICKUP_AT, appointment_to=PICKUP_AT + hours(1))
DELIVERY = stop(2, "DELIVERY", appointment_from=PICKUP_AT + hours(22))

PALLET = ItemFacts(
    weight_lb=Decimal(450),
    freight_class="100",
    description="Bath fixtures",
    pieces=1,
    length_in=Decimal(48),
    width_in=Decimal(48),
    height_in=Decimal(40),
)


def plan(**fields) -> LoadFacts:
    """A reefer from Joliet to Columbus."""
    told = {
        "references": (("SHIPMENT_ID", "S-104882"), ("BOL", "PF-2291847")),
        "stops": (PICKUP, DELIVERY),
        "equipment": "REEFER53",
        "commodity": "Chilled dairy",
        "weight_lb": Decimal(38420),
        "miles": Decimal(377),
        "miles_source": "PC*MILER 38 practical",
        "quoted_amount": Decimal("1445.76"),
    }
    return LoadFacts(**{**told, **fields})


def change(**fields) -> LoadFacts:
    """A change that tells nothing but `fields`."""
    return LoadFacts(**{"references": (), "purpose": Purpose.CHANGE, **fields})


def fact(kind: str, after: float, sequence: int | None = None, **fields) -> MilestoneFacts:
    """Something that happened `after` hours past the pickup appointment."""
    reference = fields.pop("reference", f"{kind}-{after}-{sequence}")
    return MilestoneFacts(
        kind=kind,
        occurred_at=PICKUP_AT + hours(after),
        stop_sequence=sequence,
        source_reference=reference,
        **fields,
    )


SEVEN = (
    fact("TENDERED", -24),
    fact("ACCEPTED", -23),
    fact("DISPATCHED", -2),
    fact("ARRIVED", 0, 1),
    fact("DEPARTED", 1.5, 1),
    fact("ARRIVED", 21, 2),
    fact("DELIVERED", 23, 2),
)


def create(customer: Customer, at: datetime, **fields) -> Load:
    """Make a load of `plan(**fields)`."""
    return create_load(plan(**fields), customer=customer, by="source:tms", at=at, source="tms")


def lay(load: Load, at: datetime, *, planned: float = 0, **fields) -> Load:
    """Lay `change(**fields)` over a load, as planned some hours after `at`."""
    return change_load(
        load,
        facts=change(**fields),
        by="source:tms",
        at=at,
        source="tms",
        planned_at=at + hours(planned),
    )


def events(load: Load, name: str) -> list[Event]:
    """What the journal says of a load under one name."""
    return list(Event.objects.filter(name=name, subject_id=load.pk).order_by("id"))
