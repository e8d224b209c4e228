"""A carrier that bills, a price for every lane, and loads on their way to an invoice."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast

from accounts.models import Customer
from billing.models import LegalEntity, PolicyRule, ReadinessPolicy, Series
from dispatch.models import Document, Load, Stop
from dispatch.operations.filing import accept_document
from rating.engine import book
from rating.engine.choices import Basis, Trigger
from rating.models import RateCardVersion
from rating.operations.approving import approve_version, submit_version
from rating.operations.carding import create_card, draft_version
from rating.operations.publishing import publish_version
from tests.factories.accounts import CustomerFactory
from tests.factories.dispatch import PICKUP, DocumentFactory, LoadFactory, StopFactory

DELIVERED = PICKUP + timedelta(hours=26)
DRAFTER, MANAGER = "user:901", "user:902"
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIRST_NUMBER = 118_001

DETENTION = book.AccessorialRule(
    rule="DET-4",
    code="DET",
    name="Detention",
    trigger=Trigger.DETENTION,
    basis=Basis.PER_HOUR,
    rate=Decimal("75.00"),
    detention=book.DetentionTerms(
        free_times=(book.FreeTime(minutes=120),), increment_minutes=15, late_tolerance_minutes=30
    ),
    approval_above_amount=Decimal("100.00"),
)
LUMPER = book.AccessorialRule(
    rule="LUMP-1",
    code="LUM",
    name="Lumper",
    trigger=Trigger.RECEIPT,
    basis=Basis.PASS_THROUGH,
    receipt_kind="LUMPER_RECEIPT",
)
NOT_USED = book.AccessorialRule(
    rule="TONU-1",
    code="TONU",
    name="Truck ordered, not used",
    trigger=Trigger.TRUCK_NOT_USED,
    rate=Decimal("250.00"),
)
SCHEDULE = (DETENTION, LUMPER, NOT_USED)


def a_customer(**fields: object) -> Customer:
    """Make a customer."""
    return cast(Customer, CustomerFactory(**fields))


def a_load(**fields: object) -> Load:
    """Make a planned load without stops."""
    return cast(Load, LoadFactory(**fields))


def a_paper(load: Load, **fields: object) -> Document:
    """File a paper of a load; a received proof of delivery unless said otherwise."""
    return cast(Document, DocumentFactory(load=load, **fields))


def found_carrier(*, timezone: str = "America/Chicago") -> LegalEntity:
    """Make the company that bills, with its two series."""
    entity = LegalEntity.objects.create(
        code="CDRF",
        name="Cedar Ridge Freight",
        address_lines="2150 W Fulton St\nChicago, IL 60612",
        city_label="Chicago, CT",
        timezone=timezone,
        scac="CDRF",
        mc_number="000000",
        usdot_number="0000000",
        tax_number="00-0000000",
        phone="(312) 555-0142",
        email="billing@cedarridge.example",
        remit_ach="ABA 000000000\nAccount 0000004471",
        remit_lockbox="Cedar Ridge Freight, PO Box 7719\nChicago, IL 60677",
        remit_email="remit@cedarridge.example",
    )
    Series.objects.create(
        entity=entity, code=Series.Code.INVOICE, prefix="INV-", last_number=FIRST_NUMBER - 1
    )
    Series.objects.create(entity=entity, code=Series.Code.CREDIT_NOTE, prefix="CRN-")
    return entity


def publish_card(
    rate: str = "1000.00",
    *,
    name: str = "Everywhere",
    customer: Customer | None = None,
    equipment: str = "",
    rules: Sequence[book.AccessorialRule] = SCHEDULE,
    effective_from: date = date(2026, 1, 1),
    currency: str = "USD",
) -> RateCardVersion:
    """Publish a card that carries anything anywhere for one flat `rate`."""
    card = create_card(
        name=name, currency=currency, customer=customer, equipment=equipment, by=DRAFTER,
        at=LONG_AGO,
    )  # fmt: skip
    version = draft_version(
        card,
        effective_from=effective_from,
        lanes=(book.LaneRow(row=1, basis=Basis.FLAT, rate=Decimal(rate)),),
        accessorials=rules,
        by=DRAFTER,
        at=LONG_AGO,
    )
    submit_version(version, by=DRAFTER, at=LONG_AGO)
    approve_version(version, by=MANAGER, at=LONG_AGO)
    return publish_version(version, by=MANAGER, at=LONG_AGO)


def delivered_load(
    customer: Customer | None = None,
    *,
    pod: str = "ACCEPTED",
    wait_hours: float = 1,
    **fields: object,
) -> Load:
    """Make a delivered load of two stops; `pod` is the state of its proof, empty for none.

    The truck left the last stop `wait_hours` after it came.
    """
    load = a_load(
        customer=customer or a_customer(),
        **{
            "status": Load.Status.DELIVERED,
            "picked_up_at": PICKUP + timedelta(hours=1),
            "delivered_at": DELIVERED + timedelta(hours=wait_hours),
            "origin_city": "Joliet",
            "origin_state": "IL",
            "destination_city": "Columbus",
            "destination_state": "OH",
            **fields,
        },
    )
    StopFactory(
        load=load, sequence=1, status=Stop.Status.COMPLETED, arrived_at=PICKUP,
        departed_at=PICKUP + timedelta(hours=1),
    )  # fmt: skip
    StopFactory(
        load=load, sequence=2, kind=Stop.Kind.DELIVERY, name="Lakeshore Grocers DC 3",
        city="Columbus", state="OH", postal_code="43137", timezone="America/New_York",
        status=Stop.Status.COMPLETED, appointment_from=DELIVERED, arrived_at=DELIVERED,
        departed_at=DELIVERED + timedelta(hours=wait_hours),
    )  # fmt: skip
    if pod == "ACCEPTED":
        accept_document(a_paper(load), by=MANAGER, at=DELIVERED)
    elif pod:
        a_paper(load, status=pod, reason="smudged" if pod == "REJECTED" else "")
    return load


def give_lumper_receipt(load: Load, amount: str = "285.00", *, number: str = "5519") -> Document:
    """File the receipt of a lumper at the last stop."""
    return a_paper(
        load,
        stop=load.stops.get(sequence=2),
        kind=Document.Kind.LUMPER_RECEIPT,
        amount=Decimal(amount),
        receipt_number=number,
    )


def set_policy(
    customer: Customer | None = None, *, shipment_type: str = "", **rules: str
) -> ReadinessPolicy:
    """Put a policy in force: `required_references="BLOCK PO,BOL"` is enforcement and parameter."""
    policy = ReadinessPolicy.objects.create(
        customer=customer,
        shipment_type=shipment_type,
        status=ReadinessPolicy.Status.ACTIVE,
        drafted_by=DRAFTER,
        activated_by=MANAGER,
        activated_at=LONG_AGO,
    )
    for name, setting in rules.items():
        enforcement, _, parameter = setting.partition(" ")
        PolicyRule.objects.create(
            policy=policy, rule=name, enforcement=enforcement, parameter=parameter
        )
    return policy
