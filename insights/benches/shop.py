"""A carrier that bills, with loads at the point of their lives at which a row takes them up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Customer
from billing.models import Charge, LegalEntity, Series
from billing.operations.readiness import evaluate_loads
from dispatch.events import MilestoneFacts
from dispatch.models import Document, Load, Stop
from dispatch.operations.tracking import Telling, add_milestones_many
from insights.benches import tariffs
from journal.operations.working import work

BY, APPROVER = "user:1", "user:2"
LANES = 25
RATED_LINES = 2
SOURCE = "bench"
# What is told of a load, in its order: kind and the stop.
LIFE = (("ARRIVED", 1), ("DEPARTED", 1), ("ARRIVED", 2), ("DELIVERED", 2))


def open_shop() -> Customer:
    """Make the entity, its series, a customer billed straight through, and its card."""
    with transaction.atomic():
        entity = LegalEntity.objects.create(
            code="BNCH", name="Bench Freight", address_lines="1 Main St\nChicago, IL 60612",
            city_label="Chicago, CT", timezone="America/Chicago", scac="BNCH",
            email="billing@bench.example", remit_ach="ABA 000000000\nAccount 4471",
        )  # fmt: skip
        Series.objects.create(entity=entity, code=Series.Code.INVOICE, prefix="INV-")
        fuel = tariffs.programme()
        shipper = tariffs.customer("SHOP")
    tariffs.published_card(LANES, name="Shop", customer=shipper, fuel=fuel)
    return shipper


def planned_loads(count: int, *, of: Customer, prefix: str = "P") -> list[Load]:
    """Make dispatched loads of two stops, judged once; of their way nothing has been told yet."""
    with transaction.atomic():
        loads = tariffs.delivered_loads(
            count, of=of, lane_count=LANES, prefix=prefix, is_told=False
        )
        ids = [load.pk for load in loads]
        status = Load.Status.DISPATCHED
        Load.objects.filter(pk__in=ids).update(status=status, picked_up_at=None, delivered_at=None)
        Stop.objects.filter(load__in=ids).update(
            status=Stop.Status.PENDING, arrived_at=None, departed_at=None
        )
        evaluate_loads(ids, by="rule:bench", at=tariffs.AT)
    return list(Load.objects.filter(pk__in=ids).order_by("pk"))


def proven(loads: Sequence[Load]) -> None:
    """Have an accepted proof of delivery on file for each load."""
    Document.objects.bulk_create(
        Document(
            load=load, customer_id=load.customer_id, kind=Document.Kind.POD, filename="POD.pdf",
            content_type="application/pdf", pages=1, size=20_000, sha256=f"{load.pk:064x}",
            status=Document.Status.ACCEPTED, signed_by="A. Clerk", source=SOURCE,
            received_at=tariffs.AT,
        )
        for load in loads
    )  # fmt: skip


def add_lines(loads: Sequence[Load], *, lines: int) -> None:
    """Bring each load to so many lines: what a person added and another one approved."""
    Charge.objects.bulk_create(
        Charge(
            load=load, customer_id=load.customer_id, code="RCL", occurrence=number,
            description=f"Extra {number}", quantity=Decimal(1), unit="EA", rate=Decimal(10),
            amount=Decimal(10), currency="USD", status=Charge.Status.APPROVED,
            origin=Charge.Origin.MANUAL, made_by=BY, decided_by=APPROVER, created_at=tariffs.AT,
            changed_at=tariffs.AT, reason="Asked for by telephone",
        )
        for load in loads
        for number in range(1, lines - RATED_LINES + 1)
    )  # fmt: skip


def tell(loads: Sequence[Load], *, event: int) -> None:
    """Tell the same event of each load, in one transaction."""
    kind, stop = LIFE[event]
    at = happened(event)
    fact = MilestoneFacts(kind=kind, occurred_at=at, stop_sequence=stop, source_offset_minutes=0)
    with transaction.atomic():
        add_milestones_many(
            [Telling(load, [fact], SOURCE, f"source:{SOURCE}") for load in loads], at=tariffs.AT
        )


def happened(event: int) -> datetime:
    """Return when the event took place."""
    return tariffs.PICKUP + timedelta(hours=(0, 1, 25, 26)[event])


def settle(*queues: str) -> None:
    """Work on the queues until nothing is due: what the workers do."""
    while sum(work(queue) for queue in queues):
        pass
