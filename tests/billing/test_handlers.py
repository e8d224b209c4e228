"""Through the queues: a load that is in order becomes an invoice that nobody touched."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Customer
from billing import handlers
from billing.handlers import ask_in_time, evaluate_loads, issue_ready, print_invoices
from billing.models import Blocker, Charge, Invoice, InvoiceDocument, LoadBilling
from billing.operations import guarding
from billing.operations.charging import approve_charge
from billing.operations.policymaking import activate_policy, draft_policy
from billing.operations.readiness import approve_to_bill
from billing.rules.policy import Enforcement, Setting
from dispatch.models import Load, Stop
from dispatch.operations.filing import accept_document
from exceptions.models import Case
from exceptions.operations.closing import close_case
from exceptions.operations.opening import open_case
from journal.events import Dead, Deferred, Done, Ignored
from journal.models import Delivery, Event
from journal.operations.recording import record
from tests.factories.billing import (
    DELIVERED,
    a_customer,
    a_load,
    a_paper,
    delivered_load,
    found_carrier,
    publish_card,
    set_policy,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _carrier() -> None:
    found_carrier()


@pytest.fixture
def card() -> None:
    """A price for everything."""
    publish_card()


@pytest.fixture
def heard(card, now, drain):
    """Have it told that something happened to a load, and let the workers work."""

    def tell(load: Load, name: str = "load.tracked", **more: object) -> LoadBilling:
        with transaction.atomic():
            record(name, subject=load, by="source:tms", at=now, payload=more)
        drain()
        return LoadBilling.objects.get(load=load)

    return tell


def deliveries_of(name: str, handler: str) -> list[Delivery]:
    found = Delivery.objects.filter(event__name=name, subscriber=f"billing.handlers.{handler}")
    return list(found.select_related("event").order_by("event_id"))


def test_a_delivered_load_goes_straight_through_to_its_pdf(heard) -> None:
    load = delivered_load()

    billing = heard(load)

    invoice = Invoice.objects.get()
    assert billing.status == "INVOICED"
    assert invoice.issued_by == "rule:straight-through"
    assert InvoiceDocument.objects.get(invoice=invoice).pages == 1


def test_one_correlation_leads_from_the_proof_to_the_pdf_and_the_erp(heard, settings) -> None:
    settings.ERP_URL = "http://erp.example"
    heard(delivered_load())

    first = Event.objects.get(name="document.accepted")
    trail = Event.objects.filter(correlation_id=first.correlation_id).order_by("id")
    names = list(trail.values_list("name", flat=True))
    assert names[:5] == [
        "document.accepted", "charge.rated", "load.ready", "load.invoiced", "invoice.issued",
    ]  # fmt: skip
    assert set(names[5:]) == {"invoice.rendered", "outbox.queued"}


def test_a_load_without_proof_waits_in_the_queue_and_goes_on_by_itself(heard, drain, now) -> None:
    load = delivered_load(pod="")
    blocked = heard(load).status
    case = Case.objects.get(load=load)
    paper = a_paper(load)

    with transaction.atomic():
        accept_document(paper, by="user:7", at=now)
    drain()

    case.refresh_from_db()
    assert blocked == "BLOCKED"
    assert (case.kind, case.status, case.closed_by) == (
        "pod_missing",
        "CLOSED",
        "rule:pod_accepted",
    )
    assert LoadBilling.objects.get(load=load).status == "INVOICED"


def test_an_approved_charge_lets_the_load_go_on(heard, drain, now) -> None:
    load = delivered_load(wait_hours=5)
    heard(load)

    with transaction.atomic():
        approve_charge(Charge.objects.get(code="DET"), by="user:7", at=now)
    drain()

    assert Invoice.objects.get().total_amount == Decimal("1225.00")


def test_a_load_of_a_customer_with_review_is_billed_when_a_person_approved_it(heard, drain):
    load = delivered_load(a_customer(billing_mode=Customer.BillingMode.REVIEW))
    billing = heard(load)
    before = Invoice.objects.count()

    with transaction.atomic():
        approve_to_bill(billing, by="user:7", at=timezone.now())
    drain()

    assert (billing.status, before) == ("REVIEW", 0)
    assert LoadBilling.objects.get(load=load).status == "INVOICED"


def test_a_closed_case_has_the_load_evaluated_again(heard, drain, now) -> None:
    load = delivered_load()
    with transaction.atomic():
        case = open_case(
            "possible_duplicate_load", subject_key="x", by="source:tms", at=now, load=load
        )
    blocked = heard(load).status

    with transaction.atomic():
        close_case(case, by="user:7", at=now, resolution="kept", reason="Two shipments")
    drain()

    assert blocked == "BLOCKED"
    assert LoadBilling.objects.get(load=load).status == "INVOICED"


def test_a_published_card_frees_the_loads_that_waited_for_a_price(drain, now) -> None:
    load = delivered_load()
    with transaction.atomic():
        record("load.tracked", subject=load, by="source:tms", at=now)
    drain()
    blocked = LoadBilling.objects.get(load=load).status

    with transaction.atomic():
        publish_card()
    drain()

    assert blocked == "BLOCKED"
    assert LoadBilling.objects.get(load=load).status == "INVOICED"


def test_a_policy_in_force_has_waiting_loads_evaluated_again(heard, drain, now) -> None:
    load = delivered_load(pod="")
    heard(load)
    lenient = {"pod_accepted": Setting(Enforcement.WARN)}

    with transaction.atomic():
        policy = draft_policy(lenient, customer=load.customer, by="user:7", at=now)
        activate_policy(policy, by="user:8", at=now)
    drain()

    assert LoadBilling.objects.get(load=load).status == "INVOICED"


def test_a_burst_about_one_load_evaluates_it_once(card, now) -> None:
    load = delivered_load(pod="")
    for _ in range(5):
        record("load.tracked", subject=load, by="source:tms", at=now)

    verdicts = evaluate_loads(deliveries_of("load.tracked", "evaluate_loads"))

    assert verdicts == [Done()] * 5
    assert Event.objects.filter(name="load.blocked").count() == 1
    assert Blocker.objects.filter(load=load).count() == 1


@pytest.mark.parametrize(
    ("before", "now_is", "is_judged"),
    [
        ("DISPATCHED", "AT_PICKUP", False),
        ("AT_DELIVERY", "DELIVERED", True),
        ("DELIVERED", "AT_DELIVERY", True),
        ("DELIVERED", "DELIVERED", True),
        ("ACCEPTED", "CANCELLED", True),
        ("CANCELLED", "PLANNED", True),
    ],
)
def test_a_load_is_judged_again_unless_it_was_and_is_under_way(
    card, now, before, now_is, is_judged
) -> None:
    told = {"old_status": before, "status": now_is}
    record("load.tracked", subject=delivered_load(), by="source:tms", at=now, payload=told)

    verdicts = evaluate_loads(deliveries_of("load.tracked", "evaluate_loads"))

    assert verdicts == [Done() if is_judged else Ignored("No load waits for this.")]
    assert LoadBilling.objects.exists() is is_judged


def test_what_an_evaluation_did_itself_asks_for_no_other(heard) -> None:
    heard(delivered_load(pod="", wait_hours=5))

    opened = deliveries_of("case.opened", "evaluate_loads")

    assert [delivery.status for delivery in opened] == ["IGNORED", "IGNORED"]
    assert not deliveries_of("charge.rated", "evaluate_loads")


def test_an_event_about_nothing_billable_is_ignored(now) -> None:
    record("customer.changed", subject=a_customer(), by="user:7", at=now)

    verdicts = evaluate_loads(deliveries_of("customer.changed", "evaluate_loads"))

    assert verdicts == [Ignored("No load waits for this.")]


def test_a_load_that_got_ready_twice_is_billed_once(card, now) -> None:
    load = delivered_load()
    record("load.tracked", subject=load, by="source:tms", at=now)
    evaluate_loads(deliveries_of("load.tracked", "evaluate_loads"))
    ready = deliveries_of("load.ready", "issue_ready")

    first, again = issue_ready(ready * 2), issue_ready(ready)

    assert first == [Done("INV-118001")] * 2
    assert again == [Ignored(f"Load {load.number} is on INV-118001 already.")]


def test_a_load_that_is_ready_no_more_is_not_billed_and_not_forgotten(card, now) -> None:
    load = delivered_load()
    record("load.tracked", subject=load, by="source:tms", at=now)
    evaluate_loads(deliveries_of("load.tracked", "evaluate_loads"))
    load.documents.all().delete()

    (verdict,) = issue_ready(deliveries_of("load.ready", "issue_ready"))

    assert isinstance(verdict, Ignored)
    assert LoadBilling.objects.get(load=load).status == "BLOCKED"
    assert Case.objects.get(load=load).kind == "pod_missing"


def test_a_guard_that_contradicts_readiness_becomes_a_dead_letter(card, now, monkeypatch) -> None:
    load = delivered_load()
    record("load.tracked", subject=load, by="source:tms", at=now)
    evaluate_loads(deliveries_of("load.tracked", "evaluate_loads"))
    monkeypatch.setattr(guarding, "MOST_CHARGES", 0)

    (verdict,) = issue_ready(deliveries_of("load.ready", "issue_ready"))

    assert isinstance(verdict, Dead)
    assert "more than a bill ever has" in verdict.reason


def test_one_transaction_bills_a_whole_block(card, now) -> None:
    loads = [delivered_load() for _ in range(5)]
    for load in loads:
        record("load.tracked", subject=load, by="source:tms", at=now)
    evaluate_loads(deliveries_of("load.tracked", "evaluate_loads"))

    verdicts = issue_ready(deliveries_of("load.ready", "issue_ready"))

    assert verdicts == [Done(f"INV-{n}") for n in range(118_001, 118_006)]


def test_drawing_twice_keeps_the_first_pdf(heard) -> None:
    heard(delivered_load())
    kept = InvoiceDocument.objects.get()

    print_invoices(deliveries_of("invoice.issued", "print_invoices"))

    assert InvoiceDocument.objects.get() == kept
    assert Event.objects.filter(name="invoice.rendered").count() == 1


def test_a_load_that_is_planned_waits(heard) -> None:
    assert heard(a_load(), name="load.created").status == "WAITING"


def test_a_late_fact_after_the_invoice_is_a_case_and_not_a_change(heard) -> None:
    load = delivered_load(wait_hours=3)
    heard(load)
    stop = load.stops.get(sequence=2)
    Stop.objects.filter(pk=stop.pk).update(departed_at=DELIVERED + timedelta(hours=4))

    billing = heard(load)

    case = Case.objects.get(kind="late_change")
    assert billing.status == "INVOICED"
    assert Charge.objects.get(code="DET").amount == Decimal("75.00")
    assert (case.value_amount, case.title) == (
        Decimal("75.00"), "Facts changed after the invoice: INV-118001",
    )  # fmt: skip


def test_a_missing_proof_is_asked_for_when_patience_ends_though_nothing_more_happens(
    card, now, monkeypatch
) -> None:
    clock = [now]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    load = delivered_load(pod="")
    set_policy(pod_accepted="BLOCK 15")
    record("load.tracked", subject=load, by="source:tms", at=now)
    evaluate_loads(deliveries_of("load.tracked", "evaluate_loads"))
    waiting = deliveries_of("load.blocked", "ask_in_time")

    clock[0] = now + timedelta(minutes=5)
    early = ask_in_time(waiting)
    cases = Case.objects.count()
    clock[0] = now + timedelta(minutes=15)
    in_time = ask_in_time(waiting)

    assert early == [Deferred("What is missing may still come.", 600.0)]
    assert (cases, in_time) == (0, [Done()])
    assert Case.objects.get(load=load).kind == "pod_missing"


def test_nobody_waits_for_a_load_that_is_blocked_by_something_else(heard) -> None:
    heard(delivered_load(wait_hours=5))

    (waiting,) = deliveries_of("load.blocked", "ask_in_time")

    assert waiting.status == "IGNORED"


def test_a_printer_gives_back_what_its_lease_is_too_short_for(card, now, monkeypatch) -> None:
    for _ in range(3):
        record("load.tracked", subject=delivered_load(), by="source:tms", at=now)
    evaluate_loads(deliveries_of("load.tracked", "evaluate_loads"))
    issue_ready(deliveries_of("load.ready", "issue_ready"))
    clock = iter([0.0, 1.0, 29.0, 30.0])
    monkeypatch.setattr(handlers, "monotonic", lambda: next(clock))

    first, second, third = print_invoices(deliveries_of("invoice.issued", "print_invoices"))

    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert third == Deferred("Drawn next.", 0)
    assert InvoiceDocument.objects.count() == 2
