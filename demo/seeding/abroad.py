"""Beyond the border: tax rates on file, the carrier's number, one load for each customer."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Customer
from accounts.operations.enrolling import create_customer
from accounts.operations.taxing import save_tax_profile
from billing.models import LegalEntity
from billing.operations.registering import register_for_tax
from demo.seeding.clock import work_queues
from demo.seeding.company import APPROVER, BY
from demo.seeding.history import AT_THE_END
from demo.world.abroad import ABROAD, GST_NUMBER, Abroad, End
from demo.world.papers import paper
from dispatch.events import DocumentFacts, LoadFacts, MilestoneFacts, StopFacts
from dispatch.operations.costing import record_cost
from dispatch.operations.filing import Acceptance, file_paper
from dispatch.operations.planning import create_load
from dispatch.operations.tracking import Telling, add_milestones_many
from rating.engine.book import LaneRow
from rating.engine.choices import Basis
from rating.operations.approving import approve_version, submit_version
from rating.operations.carding import create_card, draft_version
from rating.operations.publishing import publish_version
from rating.operations.taxing import load_known_rates

SOURCE = "desk"
ON_THE_ROAD = timedelta(hours=20)


def seed_abroad(*, now: datetime) -> None:
    """Put the rates on file, register the carrier in Canada, and tell the loads; bill them."""
    with transaction.atomic():
        load_known_rates(by=BY, at=now)
        register_for_tax(
            LegalEntity.objects.get(), scheme="GST/HST", jurisdiction="CA", number=GST_NUMBER,
            valid_from=date(2020, 1, 1), by=BY, at=now,
        )  # fmt: skip
        for spec in ABROAD:
            _tell(spec, _customer(spec, at=now), now=now)
    work_queues(AT_THE_END, at=now)


def _customer(spec: Abroad, *, at: datetime) -> Customer:
    customer = create_customer(
        spec.code, name=spec.name, by=BY, at=at, bill_to_lines=spec.lines, country=spec.country,
        currency=spec.currency, timezone=spec.destination.timezone,
        email=f"ap@{spec.name.split()[0].lower()}.example",
    )  # fmt: skip
    save_tax_profile(customer, country=spec.country, vat_id=spec.vat_id, by=BY, at=at)
    card = create_card(
        name=f"{spec.name} contract", currency=spec.currency, customer=customer, by=BY, at=at
    )
    version = draft_version(
        card,
        effective_from=date(at.year - 1, 1, 1),
        lanes=(LaneRow(row=1, basis=Basis.FLAT, rate=spec.rate),),
        note="One lane, flat.",
        by=BY,
        at=at,
    )
    submit_version(version, by=BY, at=at)
    approve_version(version, by=APPROVER, at=at)
    publish_version(version, by=APPROVER, at=at)
    return customer


def _tell(spec: Abroad, customer: Customer, *, now: datetime) -> None:
    left = (now - timedelta(hours=26)).replace(minute=0, second=0, microsecond=0)
    facts = LoadFacts(
        references=(("SHIPMENT_ID", spec.shipment), ("PO", f"45{spec.shipment[-5:]}")),
        stops=(_stop(1, spec.origin, left), _stop(2, spec.destination, left + ON_THE_ROAD)),
        customer_code=spec.code,
        shipment_type="TRUCKLOAD",
        equipment="VAN53",
        commodity="Flour" if spec.currency == "CAD" else "Foodstuffs",
        weight_lb=Decimal(41_000),
        pieces=24,
        piece_unit="PLT",
        miles=spec.miles,
        miles_source="Contract",
        currency=spec.currency,
        carrier_scac="CDRF",
    )
    load = create_load(facts, customer=customer, by=BY, at=left, source=SOURCE)
    add_milestones_many([Telling(load, _happenings(left), SOURCE, BY)], at=now)
    record_cost(
        load, kind="CARRIER_PAY", amount=spec.cost, currency=spec.currency, source=SOURCE, by=BY,
        at=now,
    )  # fmt: skip
    file_paper(load, facts=_pod(spec), source=SOURCE, by=BY, at=now, acceptance=Acceptance.AT_ONCE)


def _stop(sequence: int, end: End, at: datetime) -> StopFacts:
    return StopFacts(
        sequence=sequence,
        kind="PICKUP" if sequence == 1 else "DELIVERY",
        name=end.name,
        city=end.city,
        state=end.state,
        postal_code=end.postal_code,
        country=end.country,
        timezone=end.timezone,
        appointment_from=at,
        appointment_to=at + timedelta(hours=1),
    )


def _happenings(left: datetime) -> list[MilestoneFacts]:
    hour = timedelta(hours=1)
    there = left + ON_THE_ROAD
    told = (
        ("ARRIVED", left, 1), ("DEPARTED", left + hour, 1), ("ARRIVED", there, 2),
        ("DEPARTED", there + hour, 2), ("DELIVERED", there + hour, 2),
    )  # fmt: skip
    return [
        MilestoneFacts(kind=kind, occurred_at=at, stop_sequence=stop, source_offset_minutes=0)
        for kind, at, stop in told
    ]


def _pod(spec: Abroad) -> DocumentFacts:
    words = [f"Shipment {spec.shipment}", f"Received at {spec.destination.name}"]
    return DocumentFacts(
        kind="POD",
        filename=f"POD_{spec.shipment}.pdf",
        content=paper("Proof of delivery", words),
        stop_sequence=2,
        signed_by="T. Novak",
    )
