"""A small world in which every operation of the API finds something to work on."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import Customer
from billing.models import Charge, Invoice
from billing.operations.charging import add_charge
from billing.operations.invoicing import issue_invoice
from billing.operations.paying import Received, record_payment
from billing.operations.promising import read_proposal, sign_proposal
from billing.operations.proposing import propose_invoices
from billing.operations.readiness import evaluate_load
from billing.operations.running import start_run
from dispatch.events import DocumentFacts
from dispatch.models import Load
from dispatch.operations.filing import file_paper
from dispatch.operations.planning import create_load
from exceptions.models import Case
from exceptions.operations.resolving import actions_for
from insights.operations.backtesting import start_backtest
from integrations.operations.connecting import create_source
from rating.operations.carding import draft_next
from tests.dispatch.files import pdf
from tests.dispatch.plans import PICKUP, plan, stop
from tests.factories import CarrierFactory, DriverFactory, UserFactory
from tests.factories.asking import Asker, an_asker
from tests.factories.billing import (
    a_customer,
    delivered_load,
    found_carrier,
    publish_card,
    set_policy,
)
from tests.rating.making import per_mile_programme

STAFF = "user:7"


@dataclass(frozen=True, slots=True)
class World:
    """One of everything, by the names that addresses use."""

    system: Asker
    customer: Customer
    planned: Load
    tender: Load
    ready: Load
    invoice: Invoice
    names: dict[str, dict[str, Any]]
    """For each first word of a path, the value of each of its parameters."""
    words: dict[str, Any]
    """What scenes call the things they send."""
    other: Asker
    """A system whose key another person made."""
    drain: Callable[[], int]


def a_world(*, now: datetime, drain: Callable[[], int]) -> World:
    """Make it."""
    found_carrier()
    version, programme = publish_card(), per_mile_programme()
    customer = a_customer(code="PRFD-0042", name="Prairie Foods")
    driver: Any = DriverFactory(carrier=CarrierFactory(scac="CDRF", name="Cedar Ridge Freight"))
    UserFactory(role="biller", email="rita@lading.example")
    system = an_asker(at=now, by=UserFactory(role="administrator").actor, name="ERP")
    planned = create_load(plan(), customer=customer, by=STAFF, at=now, source="desk")
    tender = create_load(
        plan(references=(("SHIPMENT_ID", "S-2"),), respond_by=now + timedelta(hours=4)),
        customer=customer, by="source:tms", at=now, source="tms", tendered_at=now,
    )  # fmt: skip
    three = create_load(
        plan(references=(), stops=(PICKUP, stop(2, "STOP_OFF"), stop(3, "DELIVERY"))),
        customer=customer, by=STAFF, at=now, source="desk",
    )  # fmt: skip
    review = _waiting(now=now)
    ready = delivered_load(customer)
    evaluate_load(ready.pk, by=STAFF, at=now)
    blocked = delivered_load(customer, pod="")
    evaluate_load(blocked.pk, by=STAFF, at=now)
    invoice = _billed(delivered_load(customer), now=now)
    received = Received(amount=Decimal(400), method="ACH", received_on=now.date())
    payment = record_payment(invoice, received, key=uuid4(), by=STAFF, at=now).payment
    key, wanted = read_proposal(sign_proposal(propose_invoices([ready.pk], by=STAFF, at=now)))
    run = start_run(key, wanted, by=STAFF, at=now)
    charge = _charged(delivered_load(customer), now=now)
    draft = draft_next(version, effective_from=date(2027, 1, 1), by="user:903", at=now)
    backtest = start_backtest(
        draft, against=version, customer=None, first_on=now.date() - timedelta(days=30),
        last_on=now.date(), by=STAFF, at=now,
    )  # fmt: skip
    create_source("tms", dialect="tms", by=STAFF, at=now, api_key=system.key)
    facts = DocumentFacts(kind="BOL", filename="bol.pdf", content=pdf())
    paper = file_paper(planned, facts=facts, source="desk", by=STAFF, at=now)
    case = Case.objects.get(kind="pod_missing")
    names: dict[str, dict[str, Any]] = {
        "loads": {"number": planned.number, "sequence": 1},
        "invoices": {"number": invoice.number, "uid": str(payment.uid)},
        "payments": {"uid": str(payment.uid)},
        "cases": {"number": case.number},
        "charges": {"id": charge.pk},
        "documents": {"id": paper.pk},
        "invoice-runs": {"key": str(run.key)},
        "rate-cards": {"id": version.card_id},
        "rate-card-versions": {
            "id": draft.pk,
            "other": version.pk,
            "row": 1,
            "rule": "DET-4",
            "name": "Chicago",
            "measure": "CUBIC_FEET",
        },
        "fuel-indexes": {"code": "EIA-MW"},
        "fuel-programmes": {"id": programme.pk},
        "rate-imports": {"id": 1},
        "backtests": {"id": backtest.pk},
        "insights": {"key": "dispatch-to-invoice"},
    }
    words = {
        "customer": customer.code, "planned": planned.number, "tender": tender.number,
        "three": three.number, "ready": ready.number, "review": review.number,
        "driver": driver.pk, "document": paper.pk, "charge": charge.pk,
        "linehaul": Charge.objects.get(load=ready, code="LHS").pk, "run": str(run.key),
        "invoice": invoice.number, "payment": str(payment.uid), "case": case.number,
        "waivable": Case.objects.get(kind="reference_missing").number,
        "upload": next(each.name for each in actions_for(case) if "pload" in each.label),
        "pdf": b64encode(pdf()).decode(),
        "tomorrow": (timezone.now() + timedelta(days=1)).isoformat(),
        "card": version.card_id, "version": version.pk, "draft": draft.pk,
        "backtest": backtest.pk, "programme": programme.pk,
    }  # fmt: skip
    other = an_asker(at=now, by=UserFactory(role="billing manager").actor, name="Desk")
    return World(system, customer, planned, tender, ready, invoice, names, words, other, drain)


def _charged(load: Load, *, now: datetime) -> Charge:
    """Add a charge by hand that waits for somebody's word."""
    evaluate_load(load.pk, by=STAFF, at=now)
    return add_charge(
        load, code="RCL", description="Redelivery", quantity=Decimal(140), unit="mi",
        rate=Decimal("1.505"), reason="Refused at first", by=STAFF, at=now,
    )  # fmt: skip


def _waiting(*, now: datetime) -> Load:
    """Make a load that waits for review, and another one that lacks its PO."""
    review = delivered_load(a_customer(billing_mode="REVIEW"))
    evaluate_load(review.pk, by=STAFF, at=now)
    set_policy(strict := a_customer(), required_references="BLOCK PO")
    evaluate_load(delivered_load(strict).pk, by=STAFF, at=now)
    return review


def _billed(load: Load, *, now: datetime) -> Invoice:
    billing = evaluate_load(load.pk, by=STAFF, at=now)
    return issue_invoice(billing, by=STAFF, at=now)
