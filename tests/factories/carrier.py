"""The small fixed cast of the journeys: a carrier, its one customer, the people, the price list.

Made through the operations, as an administrator would. Prices are those of the pictures: Joliet to
Columbus by reefer at 2.42 a mile and 0.46 fuel, or by van for 1,180.00 flat and 32.5 percent fuel.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Customer, User
from accounts.operations.enrolling import create_customer, create_person
from accounts.rules import Role
from billing.models import LegalEntity, Series
from integrations.models import EdiPartner, Source
from rating.engine import book
from rating.engine.choices import Basis, FuelMethod, FuelUnit, Trigger
from rating.engine.places import Place
from rating.operations.approving import approve_version, submit_version
from rating.operations.carding import create_card, draft_version
from rating.operations.fuelling import create_programme
from rating.operations.indexing import Published, append_values, create_series
from rating.operations.publishing import publish_version

BY, APPROVER = "user:1", "user:2"
FIRST_NUMBER = 117_001
SECRET = "whsec_" + base64.b64encode(b"prairie foods tells cedar ridge.").decode()
DIESEL = Decimal("3.742")
WEEKS = 12
SERIES = "EIA-MW"

DETENTION = book.AccessorialRule(
    rule="DET-4",
    code="DET",
    name="Detention",
    trigger=Trigger.DETENTION,
    basis=Basis.PER_HOUR,
    rate=Decimal("75.00"),
    detention=book.DetentionTerms(
        free_times=(book.FreeTime(minutes=120),),
        increment_minutes=15,
        late_tolerance_minutes=30,
    ),
    approval_above_amount=Decimal("250.00"),
)
STOP_OFF = book.AccessorialRule(
    rule="STOP-1",
    code="SOC",
    name="Stop-off",
    trigger=Trigger.EXTRA_STOP,
    basis=Basis.PER_STOP,
    rate=Decimal("75.00"),
)
LUMPER = book.AccessorialRule(
    rule="LUMP-1",
    code="LUM",
    name="Lumper",
    trigger=Trigger.RECEIPT,
    basis=Basis.PASS_THROUGH,
    receipt_kind="LUMPER_RECEIPT",
)
SCHEDULE = (DETENTION, STOP_OFF, LUMPER)

FUEL_PER_MILE = book.FuelProgramme(
    name="Fuel per mile",
    series=SERIES,
    series_name="EIA Midwest",
    method=FuelMethod.TABLE,
    unit=FuelUnit.PER_MILE,
    rows=(
        book.FuelRow(from_price=Decimal("3.700"), to_price=Decimal("3.749"), value=Decimal("0.46")),
    ),
)
FUEL_PERCENT = book.FuelProgramme(
    name="Fuel percent",
    series=SERIES,
    series_name="EIA Midwest",
    method=FuelMethod.TABLE,
    unit=FuelUnit.PERCENT,
    rows=(
        book.FuelRow(from_price=Decimal("3.700"), to_price=Decimal("3.799"), value=Decimal("32.5")),
    ),
)
JOLIET, COLUMBUS = Place.parse("604"), Place.parse("431")


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who takes part."""

    entity: LegalEntity
    series: Series
    customer: Customer
    dispatcher: User
    biller: User
    shipper: User
    tms: Source
    edi: Source


def open_carrier(*, at: datetime) -> Cast:
    """Make the cast as it stands at `at`, in a transaction of its own."""
    with transaction.atomic():
        entity = _entity()
        customer = create_customer(
            "PRFD-0042",
            name="Prairie Foods Co.",
            by=BY,
            at=at,
            bill_to_lines="AP Center, PO Box 1180\nJoliet, IL 60434",
            email="ap@prairiefoods.example",
            terms_days=30,
        )
        _publish_prices(customer, at=at)
        return Cast(
            entity=entity,
            series=Series.objects.create(
                entity=entity, code="INV", prefix="INV-", last_number=FIRST_NUMBER - 1
            ),
            customer=customer,
            dispatcher=_person("dana", Role.DISPATCHER, at=at),
            biller=_person("rita", Role.BILLER, at=at),
            shipper=_person("alma", Role.CUSTOMER, at=at, customers=(customer,)),
            tms=_tms(customer, at=at),
            edi=_edi(customer, at=at),
        )


def _entity() -> LegalEntity:
    return LegalEntity.objects.create(
        code="CDRF",
        name="Cedar Ridge Freight",
        address_lines="2150 W Fulton St\nChicago, IL 60612",
        city_label="Chicago, CT",
        scac="CDRF",
        mc_number="000000",
        usdot_number="0000000",
        phone="(312) 555-0142",
        email="billing@cedarridge.example",
        remit_ach="ABA 000000000\nAccount 0000004471",
        remit_email="remit@cedarridge.example",
    )


def _person(name: str, role: Role, *, at: datetime, customers: tuple[Customer, ...] = ()) -> User:
    return create_person(
        f"{name}@lading.example",
        name=name.capitalize(),
        role=role,
        by=BY,
        at=at,
        customers=customers,
    )


def _tms(customer: Customer, *, at: datetime) -> Source:
    return Source.objects.create(
        slug="tms",
        name="Prairie Foods TMS",
        dialect=Source.Dialect.TMS,
        owner="Dana",
        default_customer=customer,
        secret=SECRET,
        created_at=at,
    )


def _edi(customer: Customer, *, at: datetime) -> Source:
    source = Source.objects.create(
        slug="van", name="Value-added network", dialect=Source.Dialect.EDI, owner="Dana",
        created_at=at,
    )  # fmt: skip
    EdiPartner.objects.create(
        source=source,
        qualifier="ZZ",
        isa_id="PRAIRIEFOODS",
        name="Prairie Foods Co.",
        customer=customer,
    )
    return source


def _publish_prices(customer: Customer, *, at: datetime) -> None:
    series = create_series(code=SERIES, name="EIA Midwest")
    append_values(series, values=_diesel(at), source="eia.gov", by=BY, at=at)
    reefer = book.LaneRow(
        row=1,
        origin=JOLIET,
        destination=COLUMBUS,
        basis=Basis.PER_MILE,
        rate=Decimal("2.42"),
        minimum=Decimal("850.00"),
    )
    van = book.LaneRow(
        row=1, origin=JOLIET, destination=COLUMBUS, basis=Basis.FLAT, rate=Decimal("1180.00")
    )
    _publish("Prairie Foods Reefer", "REEFER53", reefer, FUEL_PER_MILE, customer, at=at)
    _publish("Prairie Foods Van", "VAN53", van, FUEL_PERCENT, customer, at=at)


def _publish(
    name: str,
    equipment: str,
    lane: book.LaneRow,
    fuel: book.FuelProgramme,
    customer: Customer,
    *,
    at: datetime,
) -> None:
    version = draft_version(
        create_card(
            name=name, currency="USD", customer=customer, equipment=equipment, by=BY, at=at
        ),
        effective_from=at.date() - timedelta(weeks=WEEKS),
        lanes=(lane,),
        accessorials=SCHEDULE,
        fuel=create_programme(fuel, by=BY, at=at),
        by=BY,
        at=at,
    )
    submit_version(version, by=BY, at=at)
    approve_version(version, by=APPROVER, at=at)
    publish_version(version, by=APPROVER, at=at)


def _diesel(at: datetime) -> Iterator[Published]:
    """Yield the same price for each of the last weeks, as published on their Mondays."""
    monday = at.date() - timedelta(days=at.weekday())
    for week in range(WEEKS + 1):
        survey_on = monday - timedelta(weeks=week)
        published_at = datetime.combine(survey_on, time(21), tzinfo=UTC)
        if published_at <= at:
            yield Published(survey_on=survey_on, value=DIESEL, published_at=published_at)
