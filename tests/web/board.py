"""Loads on a board, each as far on its way as a test needs it."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Customer
from dispatch.events import LoadFacts, MilestoneFacts, StopFacts
from dispatch.models import Load
from dispatch.operations.planning import assign_carrier, create_load
from dispatch.operations.tracking import add_milestones
from tests.factories import CarrierFactory, CustomerFactory

HOUR = timedelta(hours=1)


def planned(
    at: datetime,
    *,
    pickup: float = 4,
    delivery: float = 24,
    customer: Customer | None = None,
    is_assigned: bool = True,
    references: tuple[tuple[str, str], ...] = (),
) -> Load:
    """Plan a load that is picked up and delivered so many hours from `at`."""
    stops = tuple(
        StopFacts(
            sequence=sequence, kind=kind, name=f"{city} DC", city=city, state=state,
            postal_code=code, appointment_from=at + hours * HOUR,
            appointment_to=at + (hours + 1) * HOUR,
        )
        for sequence, kind, city, state, code, hours in (
            (1, "PICKUP", "Joliet", "IL", "60436", pickup),
            (2, "DELIVERY", "Columbus", "OH", "43085", delivery),
        )
    )  # fmt: skip
    told = at - 48 * HOUR
    with transaction.atomic():
        load = create_load(
            LoadFacts(references=references, stops=stops, equipment="VAN53"),
            customer=customer or CustomerFactory(), by="user:1", at=told, source="desk",
        )  # fmt: skip
        if is_assigned:
            load = assign_carrier(load, carrier=CarrierFactory(), by="user:1", at=told)
    return load


def tell(load: Load, kind: str, at: datetime, *, stop: int | None = None) -> Load:
    """Tell a load what happened, at once."""
    fact = MilestoneFacts(kind=kind, occurred_at=at, stop_sequence=stop)
    with transaction.atomic():
        return add_milestones(load, facts=[fact], source="tms", by="source:tms", at=at).load


def missed(at: datetime, **more: object) -> Load:
    """Return a load whose pickup window closed an hour ago."""
    return planned(at, pickup=-2, **more)  # type: ignore[arg-type]


def detained(at: datetime, **more: object) -> Load:
    """Return a load that has waited three hours at its pickup."""
    return tell(planned(at, pickup=-3, **more), "ARRIVED", at - 3 * HOUR, stop=1)  # type: ignore[arg-type]


def at_stop(at: datetime) -> Load:
    """Return a load that came to its pickup half an hour ago."""
    return tell(planned(at, pickup=-0.5), "ARRIVED", at - 0.5 * HOUR, stop=1)


def rolling(at: datetime, **more: object) -> Load:
    """Return a load that left its pickup an hour ago."""
    return tell(planned(at, pickup=-3, **more), "DEPARTED", at - HOUR, stop=1)  # type: ignore[arg-type]


def late(at: datetime) -> Load:
    """Return a load under way whose delivery window closed half an hour ago."""
    return tell(planned(at, pickup=-20, delivery=-1.5), "DEPARTED", at - HOUR, stop=1)


def silent(at: datetime) -> Load:
    """Return a load under way of which nothing was heard for five hours."""
    return tell(planned(at, pickup=-8), "DEPARTED", at - 5 * HOUR, stop=1)


def without_proof(at: datetime) -> Load:
    """Return a delivered load whose proof of delivery nobody has filed."""
    return tell(planned(at, pickup=-30, delivery=-4), "DELIVERED", at - 3 * HOUR, stop=2)
