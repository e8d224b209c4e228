"""What is done and weighed beside the way is told once, and stands on the bill."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from billing.models import Charge, Invoice, LoadBilling
from dispatch.models import Load
from exceptions.models import Case
from rating.engine import book
from rating.engine.choices import Basis, Trigger
from rating.operations.approving import approve_version, submit_version
from rating.operations.carding import create_card, draft_version
from rating.operations.publishing import publish_version
from tests.factories import stories
from tests.factories.carrier import APPROVER, BY, SCHEDULE, Cast
from tests.factories.doors import push_all, sign_in
from tests.journeys.endings import invoices_of, lines_of, load_of

Drain = Callable[[], int]


def service(rule: str, code: str, name: str, listens_to: str, **terms: Any) -> book.AccessorialRule:
    return book.AccessorialRule(
        rule=rule, code=code, name=name, trigger=Trigger.SERVICE, service=listens_to, **terms
    )


LAYOVER = service(
    "LAY-1", "LAY", "Layover", "LAYOVER", basis=Basis.PER_UNIT, rate=Decimal("350.00")
)
REWEIGH = service("WTV-1", "WTV", "Reweigh", "REWEIGH", rate=Decimal("25.00"))
TONU = book.AccessorialRule(
    rule="TONU-1", code="TONU", name="Truck ordered, not used", trigger=Trigger.TRUCK_NOT_USED,
    basis=Basis.PER_MILE, rate=Decimal("1.65"), minimum=Decimal("150.00"),
)  # fmt: skip


@pytest.fixture
def card(cast: Cast, now: datetime) -> None:
    """Prairie Foods pays truckload reefers by the hundredweight: 38,420 lb are 1,152.60."""
    lane = book.LaneRow(row=1, basis=Basis.PER_CWT, rate=Decimal("3.00"))
    with transaction.atomic():
        card = create_card(
            name="By weight", currency="USD", customer=cast.customer, equipment="REEFER53",
            shipment_type="TRUCKLOAD", by=BY, at=now,
        )  # fmt: skip
        version = draft_version(
            card, effective_from=now.date() - timedelta(weeks=4), lanes=(lane,),
            accessorials=(*SCHEDULE, LAYOVER, REWEIGH, TONU), by=BY, at=now,
        )  # fmt: skip
        submit_version(version, by=BY, at=now)
        approve_version(version, by=APPROVER, at=now)
        publish_version(version, by=APPROVER, at=now)


@pytest.fixture
def story(pickup_at: datetime) -> list[dict[str, Any]]:
    return stories.messages(stories.tell_story(104882, pickup_at=pickup_at))


def told(name: str, number: int, at: datetime, **fields: Any) -> dict[str, Any]:
    """What the TMS tells later of the load of the story."""
    return {
        "id": f"late-{number}",
        "type": name,
        "occurred_at": at.isoformat(),
        "load": {"references": [{"kind": "SHIPMENT_ID", "value": "CR104882"}]},
    } | fields


def amounts(document: Invoice) -> dict[str, Decimal]:
    return {code: amount for code, _, amount in lines_of(document)}


def test_a_layover_the_dispatcher_types_is_on_the_invoice(
    cast: Cast, card: None, drain: Drain, story: list[dict[str, Any]], pickup_at: datetime
) -> None:
    push_all(cast.tms, stories.without(story, "POD"))
    drain()
    load = load_of("CR104882")
    stop = load.stops.get(sequence=2)

    answer = sign_in(cast.dispatcher).post(
        f"/loads/{load.number}/events/",
        {
            "kind": "SERVICE", "stop": stop.pk, "service": "LAYOVER", "quantity": "2",
            "authority": "K. Moss", "occurred_at": f"{pickup_at:%Y-%m-%dT%H:%M}",
        },
    )  # fmt: skip
    push_all(cast.tms, stories.only(story, "POD"))
    drain()

    [invoice] = invoices_of(load)
    charge = Charge.objects.get(load=load, code="LAY")
    assert answer.status_code == 302
    assert ("LAY", 2, Decimal("700.00")) in lines_of(invoice)
    assert charge.explanation["evidence"][0]["text"] == "LAYOVER, 2 nights, authorised by K. Moss"


def test_a_truck_not_used_is_paid_for_its_empty_miles(
    cast: Cast, card: None, drain: Drain, story: list[dict[str, Any]], pickup_at: datetime
) -> None:
    push_all(cast.tms, story[:3])
    miles = {"code": "DEADHEAD", "quantity": "100"}
    push_all(
        cast.tms,
        [
            told("service.recorded", 1, pickup_at, service=miles),
            told("truck.not_used", 2, pickup_at, reason="Freight was not ready"),
        ],
    )
    drain()

    [invoice] = invoices_of(load_of("CR104882"))
    assert lines_of(invoice) == [("TONU", None, Decimal("165.00"))]


def weighed(number: int, at: datetime, weight: str) -> dict[str, Any]:
    return told("load.reweighed", number, at, reweigh={"weight_lb": weight, "certificate": "W-77"})


def test_a_reweigh_before_issue_is_what_is_billed_with_its_fee(
    cast: Cast, card: None, drain: Drain, story: list[dict[str, Any]], pickup_at: datetime
) -> None:
    push_all(cast.tms, [*story[:6], weighed(1, pickup_at, "42100"), *story[6:]])
    drain()

    [invoice] = invoices_of(load_of("CR104882"))
    shown = invoice.snapshot["loads"][0]
    assert amounts(invoice)["LHS"] == Decimal("1263.00")
    assert amounts(invoice)["WTV"] == Decimal("25.00")
    assert Decimal(shown["weight"]) == Decimal(42100)


def test_the_clerk_bills_the_difference_of_a_reweigh_after_the_invoice(
    cast: Cast, card: None, drain: Drain, story: list[dict[str, Any]], pickup_at: datetime
) -> None:
    push_all(cast.tms, story)
    drain()
    load = load_of("CR104882")
    [first] = invoices_of(load)
    assert amounts(first)["LHS"] == Decimal("1152.60")

    push_all(cast.tms, [weighed(1, pickup_at, "42100")])
    drain()
    case = Case.objects.get(kind="late_change")
    clerk = sign_in(cast.biller)
    page = clerk.get(f"/exceptions/{case.number}/").content.decode()
    assert f"A supplemental invoice bills 135.40 USD beyond {first.number}." in page
    answer = clerk.post(
        f"/exceptions/{case.number}/do/bill/",
        {"version": case.version, "reason": "Scale ticket W-77"},
    )
    drain()

    first_again, supplement = invoices_of(load)
    case.refresh_from_db()
    assert answer.status_code == 302
    assert first_again.total_amount == first.total_amount
    assert lines_of(supplement) == [
        ("LHS", None, Decimal("110.40")), ("WTV", None, Decimal("25.00")),
    ]  # fmt: skip
    assert supplement.document.pages >= 1
    assert (case.status, case.closed_by) == ("CLOSED", cast.biller.actor)
    assert LoadBilling.objects.get(load=load).status == "INVOICED"
    assert not Case.objects.filter(kind="late_change", status="OPEN").exists()


def test_a_scale_that_shows_the_planned_weight_changes_nothing(
    cast: Cast, card: None, drain: Drain, story: list[dict[str, Any]], pickup_at: datetime
) -> None:
    push_all(cast.tms, story)
    drain()

    push_all(cast.tms, [weighed(1, pickup_at, "38420")])
    drain()

    load = load_of("CR104882")
    assert Load.objects.get(pk=load.pk).reweighed_lb == Decimal(38420)
    assert not Case.objects.filter(kind="late_change").exists()
    assert len(invoices_of(load)) == 1
