"""Issuing: once, complete, frozen, numbered without a gap, or refused with the reasons."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import connection, transaction

from accounts.models import Customer
from billing.models import (
    BillingClaim,
    Blocker,
    Charge,
    Invoice,
    InvoiceLine,
    LoadBilling,
    LoadClaim,
    Series,
)
from billing.operations import guarding
from billing.operations.charging import waive_charge
from billing.operations.guarding import NotBillable
from billing.operations.invoicing import AlreadyInvoiced, issue_invoice, issue_invoices
from billing.operations.readiness import evaluate_load
from billing.queries.entities import NoEntity
from billing.rules.snapshot import from_data, to_json
from dispatch.models import Load, Reference
from exceptions.operations.opening import open_case
from journal.models import Event
from journal.operations.recording import NoTransaction
from tests.factories.billing import (
    a_customer,
    delivered_load,
    found_carrier,
    give_lumper_receipt,
    publish_card,
    set_policy,
)

pytestmark = pytest.mark.django_db

BY = "user:7"


@pytest.fixture
def carrier():
    """Somebody to bill, and a price for everything."""
    publish_card()
    return found_carrier()


@pytest.fixture
def ready(carrier, now):
    """Make loads that are ready to be billed."""

    def make(customer: Customer | None = None, **more) -> LoadBilling:
        load = delivered_load(customer, **more)
        return evaluate_load(load.pk, by="rule:readiness", at=now)

    return make


def issued(groups: list[list[LoadBilling]], *, at: datetime) -> list[Invoice]:
    """Issue groups of which none is refused."""
    results = issue_invoices(groups, by=BY, at=at)
    invoices = [result for result in results if isinstance(result, Invoice)]
    assert len(invoices) == len(results)
    return invoices


def check_deferred() -> None:
    """Have the database check now what it checks at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_an_invoice_carries_the_charges_of_its_load(ready, now) -> None:
    billing = ready()

    invoice = issue_invoice(billing, by=BY, at=now)

    check_deferred()
    line = InvoiceLine.objects.get(invoice=invoice)
    assert (invoice.number, invoice.sequence) == ("INV-118001", 118_001)
    assert invoice.net_amount == invoice.total_amount == Decimal("1000.00")
    assert invoice.tax_amount == Decimal("0.00")
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 11, 19), date(2026, 12, 19))
    assert (line.description, line.amount, line.charge.load_id) == (
        "Linehaul", Decimal("1000.00"), billing.load_id,
    )  # fmt: skip
    assert (invoice.state.status, invoice.state.balance_amount) == ("ISSUED", Decimal("1000.00"))


def test_issuing_moves_the_load_on_and_tells_of_it(ready, now) -> None:
    billing = ready()

    invoice = issue_invoice(billing, by=BY, at=now)

    billing.refresh_from_db()
    issued = Event.objects.get(name="invoice.issued")
    assert billing.status == "INVOICED"
    assert (issued.subject_id, issued.actor, issued.customer_id) == (
        invoice.pk, BY, billing.customer_id,
    )  # fmt: skip
    assert issued.payload["loads"] == [billing.load.number]


def test_the_snapshot_says_all_that_the_document_shows(ready, now) -> None:
    customer = a_customer(code="PRFD-0042", bill_to_name="Prairie Foods Co.", terms_days=21)
    billing = ready(customer, number="104882", trailer="R5308", wait_hours=3)
    for kind, value in (("PO", "4500870944"), ("TMS", "cr-1"), ("PRO", "7741092971")):
        Reference.objects.create(
            load=billing.load, customer=customer, kind=kind, value=value, value_key=value.upper()
        )

    invoice = issue_invoice(billing, by=BY, at=now)

    invoice.refresh_from_db()
    shown = from_data(invoice.snapshot)
    (load,) = shown.loads
    assert (shown.number, shown.terms) == (invoice.number, "Net 21 days")
    assert (shown.bill_to.account_code, shown.bill_to.name) == ("PRFD-0042", "Prairie Foods Co.")
    assert shown.entity.tax_ids[0].label == "EIN"
    assert [method.title for method in shown.remit_to.methods] == [
        "ACH, preferred",
        "Check, lockbox",
    ]
    assert [(each.kind, each.value) for each in load.references] == [
        ("PRO", "7741092971"), ("PO", "4500870944"),
    ]  # fmt: skip
    assert [(line.name, line.stop_sequence, line.amount) for line in load.lines] == [
        ("Linehaul", None, Decimal("1000.00")), ("Detention", 2, Decimal("75.00")),
    ]  # fmt: skip
    assert (load.number, load.trailer, len(load.stops)) == ("104882", "R5308", 2)
    assert shown.totals.linehaul == Decimal("1000.00")
    assert shown.totals.accessorials == Decimal("75.00")
    assert shown.rate_card_note == "Charges follow rate card “Everywhere” v1."
    assert [(paper.kind, paper.count) for paper in shown.attachments] == [("POD", 1)]


def test_the_snapshot_has_the_hash_it_was_issued_with(ready, now) -> None:
    invoice = issue_invoice(ready(), by=BY, at=now)

    invoice.refresh_from_db()
    assert sha256(to_json(from_data(invoice.snapshot))).hexdigest() == invoice.snapshot_sha256


def test_several_loads_of_a_customer_stand_on_one_invoice(ready, now) -> None:
    customer = a_customer()
    billings = [ready(customer) for _ in range(3)]

    invoice = issue_invoice(*billings, by=BY, at=now)

    check_deferred()
    assert (invoice.load_count, invoice.total_amount) == (3, Decimal("3000.00"))
    assert LoadClaim.objects.filter(invoice=invoice).count() == 3


def test_a_block_of_invoices_takes_consecutive_numbers_in_its_order(ready, now) -> None:
    groups = [[ready()] for _ in range(4)]

    invoices = issued(groups, at=now)

    check_deferred()
    assert [invoice.number for invoice in invoices] == [f"INV-{n}" for n in range(118_001, 118_005)]
    assert [invoice.lines.get().load_id for invoice in invoices] == [g[0].load_id for g in groups]


def test_a_refused_load_leaves_the_rest_of_its_block_alone(ready, now) -> None:
    good, bad, also_good = ready(), ready(), ready()
    bad.load.documents.all().delete()

    first, refused, last = issue_invoices([[good], [bad], [also_good]], by=BY, at=now)

    assert isinstance(refused, NotBillable)
    assert [str(first), str(last)] == ["INV-118001", "INV-118002"]


def test_a_load_is_invoiced_once(ready, now) -> None:
    billing = ready()
    invoice = issue_invoice(billing, by=BY, at=now)

    with pytest.raises(AlreadyInvoiced) as refusal:
        issue_invoice(billing, by=BY, at=now)

    assert refusal.value.invoice == invoice
    assert str(refusal.value) == f"Load {billing.load.number} is on INV-118001 already."


@pytest.mark.django_db(transaction=True)
def test_an_issue_needs_a_transaction(now) -> None:
    with transaction.atomic():
        publish_card()
        found_carrier()
        billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)

    with pytest.raises(NoTransaction):
        issue_invoice(billing, by=BY, at=now)


def without_pod(billing: LoadBilling) -> None:
    billing.load.documents.all().delete()


def on_hold(billing: LoadBilling) -> None:
    Customer.objects.filter(pk=billing.customer_id).update(status="ON_HOLD")


def not_delivered(billing: LoadBilling) -> None:
    Load.objects.filter(pk=billing.load_id).update(status="IN_TRANSIT")


def with_open_case(billing: LoadBilling) -> None:
    open_case(
        "possible_duplicate_load", subject_key="x", by="rule:x", at=datetime.now(UTC),
        load=billing.load,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (without_pod, "No proof of delivery is on file."),
        (on_hold, "so nothing may be billed."),
        (not_delivered, "The load is not delivered yet."),
        (with_open_case, "is open: Possibly the same as load"),
    ],
)
def test_what_is_no_longer_complete_is_not_billed(ready, now, spoil, reason) -> None:
    billing = ready()
    spoil(billing)

    with pytest.raises(NotBillable, match=reason):
        issue_invoice(LoadBilling.objects.get(pk=billing.pk), by=BY, at=now)

    assert not Invoice.objects.exists()


def test_a_charge_that_came_to_be_held_is_not_billed(ready, now) -> None:
    billing = ready(wait_hours=3)
    stop = billing.load.stops.get(sequence=2)
    stop.departed_at += timedelta(hours=4)
    stop.save()

    with pytest.raises(NotBillable, match=r"Detention, stop 2, 375\.00 USD, waits for approval"):
        issue_invoice(billing, by=BY, at=now)


def test_loads_of_different_customers_share_no_invoice(ready, now) -> None:
    with pytest.raises(NotBillable, match="The loads are of different customers"):
        issue_invoice(ready(), ready(), by=BY, at=now)


def test_charges_in_different_currencies_share_no_invoice(ready, now) -> None:
    customer = a_customer()
    dollars, euros = ready(customer), ready(customer)
    Charge.objects.filter(load=euros.load).update(currency="EUR", decided_by=BY, origin="MANUAL")

    with pytest.raises(NotBillable, match="different currencies"):
        issue_invoice(dollars, euros, by=BY, at=now)


def test_the_guard_does_not_trust_readiness(ready, now) -> None:
    billing, other = ready(), issue_invoice(ready(), by=BY, at=now)
    LoadClaim.objects.create(load=billing.load, customer=billing.load.customer, invoice=other)

    with pytest.raises(NotBillable, match="A live invoice bills it already") as refusal:
        issue_invoice(billing, by=BY, at=now)

    assert refusal.value.is_contradiction


def test_the_guard_refuses_more_charges_than_a_bill_ever_has(ready, now, monkeypatch) -> None:
    monkeypatch.setattr(guarding, "MOST_CHARGES", 0)

    with pytest.raises(NotBillable, match="more than a bill ever has"):
        issue_invoice(ready(), by=BY, at=now)


def test_a_total_below_zero_is_not_an_invoice(ready, now) -> None:
    billing = ready()
    Charge.objects.create(
        load=billing.load, customer=billing.load.customer, code="DSC", description="Discount",
        quantity=1, rate=-1500, amount=-1500, currency="USD", status="APPROVED", origin="MANUAL",
        made_by="user:8", decided_by="user:9", created_at=now, changed_at=now,
    )  # fmt: skip

    with pytest.raises(NotBillable, match="The total is negative"):
        issue_invoice(billing, by=BY, at=now)


def test_nobody_bills_before_a_company_is_set_up(now) -> None:
    publish_card()
    billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)

    with pytest.raises(NoEntity, match="No legal entity is set up"):
        issue_invoice(billing, by=BY, at=now)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("America/Chicago", date(2026, 11, 19)), ("Pacific/Auckland", date(2026, 11, 20))],
)
def test_the_date_is_that_of_the_company(zone, expected, now) -> None:
    publish_card()
    found_carrier(timezone=zone)
    billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)

    assert issue_invoice(billing, by=BY, at=now).issued_on == expected


def test_a_clock_that_went_back_does_not_date_an_invoice_before_the_last_one(ready, now) -> None:
    issue_invoice(ready(), by=BY, at=now)

    late = issue_invoice(ready(), by=BY, at=now - timedelta(days=3))

    check_deferred()
    assert late.issued_on == date(2026, 11, 19)
    assert late.due_on == date(2026, 12, 19)


def test_a_rolled_back_issue_gives_its_number_back(ready, now) -> None:
    billing = ready()

    with transaction.atomic():
        issue_invoice(billing, by=BY, at=now)
        transaction.set_rollback(True)

    assert issue_invoice(billing, by=BY, at=now).number == "INV-118001"


def test_a_waived_charge_is_not_billed(ready, now) -> None:
    billing = ready(wait_hours=3)
    waive_charge(Charge.objects.get(load=billing.load, code="DET"), reason="Ours", by=BY, at=now)

    invoice = issue_invoice(billing, by=BY, at=now)

    assert [line.code for line in invoice.lines.all()] == ["LHS"]


def test_the_claim_keeps_how_strictly_each_rule_counted(ready, now) -> None:
    customer = a_customer()
    set_policy(customer, pod_accepted="WARN")
    billing = ready(customer, pod="")

    issue_invoice(billing, by=BY, at=now)

    gates = LoadClaim.objects.get(load=billing.load).gates
    assert (gates["pod_accepted"], gates["rate_found"]) == ("WARN", "BLOCK")


def test_warnings_end_when_the_load_is_billed(ready, now) -> None:
    set_policy(pod_accepted="WARN")
    billing = ready(pod="")

    issue_invoice(billing, by=BY, at=now)

    assert not Blocker.objects.filter(load=billing.load, cleared_at=None).exists()


def test_every_billed_charge_is_claimed(ready, now) -> None:
    billing = ready(wait_hours=3)
    give_lumper_receipt(billing.load)
    invoice = issue_invoice(evaluate_load(billing.load_id, by="rule:x", at=now), by=BY, at=now)

    claimed = BillingClaim.objects.filter(invoice=invoice).values_list("charge__code", flat=True)
    assert sorted(claimed) == ["DET", "LHS", "LUM"]


def test_the_series_remembers_its_last_number_and_day(ready, now) -> None:
    issue_invoices([[ready()] for _ in range(3)], by=BY, at=now)

    series = Series.objects.get(code=Series.Code.INVOICE)
    assert (series.last_number, series.last_issued_on) == (118_003, date(2026, 11, 19))
