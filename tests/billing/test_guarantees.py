"""What the database refuses by itself: attacks on an issued invoice, as the application's role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from billing.models import (
    BillingClaim,
    Charge,
    Invoice,
    InvoiceDocument,
    InvoiceLine,
    LoadClaim,
    RatingRecord,
    Series,
)
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from tests.factories.billing import delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(now) -> Invoice:
    """An invoice that is issued and drawn."""
    publish_card()
    found_carrier()
    billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)
    invoice = issue_invoice(billing, by="user:7", at=now)
    InvoiceDocument.objects.create(
        invoice=invoice, customer=invoice.customer, sha256="0" * 64, size=1, pages=1,
        rendered_at=now,
    )  # fmt: skip
    return invoice


@contextmanager
def refused(message: str | None = None) -> Iterator[None]:
    """Expect the database to refuse what is done inside, at the latest when it would commit."""
    with pytest.raises(DatabaseError, match=message), committed():
        yield


@contextmanager
def committed() -> Iterator[None]:
    """Have the database check in the end what it checks at commit."""
    with transaction.atomic():
        yield
        run("SET CONSTRAINTS ALL IMMEDIATE")


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def save_it(invoice: Invoice) -> None:
    invoice.total_amount = Decimal(1)
    invoice.save()


def bulk_update_it(invoice: Invoice) -> None:
    invoice.number = "INV-118099"
    Invoice.objects.bulk_update([invoice], ["number"])


def add_a_line(invoice: Invoice) -> None:
    line = InvoiceLine.objects.get(invoice=invoice)
    line.pk, line.position = None, 2
    line.save(force_insert=True)


ATTACKS: dict[str, Callable[[Invoice], object]] = {
    "save": save_it,
    "update": lambda invoice: Invoice.objects.filter(pk=invoice.pk).update(total_amount=1),
    "bulk_update": bulk_update_it,
    "delete": lambda invoice: invoice.delete(),
    "raw delete": lambda invoice: Invoice.objects.filter(pk=invoice.pk)._raw_delete("default"),
    "update lines": lambda invoice: invoice.lines.update(amount=1),
    "delete lines": lambda invoice: invoice.lines.all()._raw_delete("default"),
    "add a line": add_a_line,
    "another pdf": lambda _: InvoiceDocument.objects.update(sha256="1" * 64),
    "no pdf": lambda _: InvoiceDocument.objects.all()._raw_delete("default"),
    "rating": lambda _: RatingRecord.objects.update(total_amount=1),
    "sql update": lambda _: run("UPDATE billing_invoice SET total_amount = 1"),
    "sql delete": lambda _: run("DELETE FROM billing_invoiceline"),
    "truncate": lambda _: run("TRUNCATE billing_invoice CASCADE"),
    "disable": lambda _: run("ALTER TABLE billing_invoice DISABLE TRIGGER ALL"),
    "replica": lambda _: run("SET session_replication_role = replica"),
    "drop": lambda _: run("DROP TRIGGER billing_invoice_frozen ON billing_invoice"),
    "move a claim": lambda _: BillingClaim.objects.update(invoice_id=0),
    "delete a claim": lambda _: BillingClaim.objects.all().delete(),
    "delete a load's claim": lambda _: LoadClaim.objects.all().delete(),
    "change the charge": lambda _: Charge.objects.update(amount=1, quantity=1, rate=1),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_issued_invoice_withstands(
    invoice: Invoice, attack: Callable[[Invoice], object]
) -> None:
    with refused():
        attack(Invoice.objects.get(pk=invoice.pk))

    kept = Invoice.objects.get(pk=invoice.pk)
    assert (kept.number, kept.total_amount) == ("INV-118001", Decimal("1000.00"))
    assert kept.lines.count() == kept.claims.count() == 1


def forged(invoice: Invoice, **changes: object) -> Invoice:
    """An invoice after `invoice`, never issued by the operation."""
    forged = Invoice.objects.get(pk=invoice.pk)
    forged.pk, forged.uid = None, "6f2f6fd2-9b4b-4b3c-8a3f-0a4c0a4b6c11"
    forged.sequence, forged.number = invoice.sequence + 1, "INV-118002"
    for name, value in changes.items():
        setattr(forged, name, value)
    return forged


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "its lines do not add up to it"),
        ({"number": "INV-118009", "sequence": 118_009}, "its lines do not add up"),
        ({"total_amount": 900}, "invoice_total_adds_up"),
        ({"number": "118002"}, "invoice_number_format"),
        ({"due_on": date(2026, 1, 1)}, "invoice_due_later"),
        ({"number": "INV-118001"}, "duplicate key"),
    ],
)
def test_a_forged_invoice_is_not_committed(invoice, changes, message) -> None:
    with refused(message):
        forged(invoice, **changes).save(force_insert=True)

    assert Invoice.objects.count() == 1


def issue_forged(invoice: Invoice, now, **changes: object) -> None:
    """Issue a second load's invoice by hand, with a line of its own and `changes`."""
    billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)
    charge = Charge.objects.get(load_id=billing.load_id)
    InvoiceLine.objects.create(
        invoice_id=990, position=1, customer=charge.customer, load_id=charge.load_id,
        charge=charge, code="LHS", description="x", quantity=1, rate=charge.rate,
        amount=charge.amount, currency=str(changes.pop("line_currency", "USD")),
        tax_category="EXEMPT",
    )  # fmt: skip
    amounts = {"total_amount": charge.amount, "net_amount": charge.amount}
    values = {"pk": 990, "customer": charge.customer, **amounts, **changes}
    forged(invoice, **values).save(force_insert=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "the series did not give this number"),
        ({"line_currency": "EUR"}, "another currency or customer"),
        ({"net_amount": Decimal(999), "total_amount": Decimal(999)}, "do not add up"),
    ],
)
def test_no_invoice_past_the_operation(invoice, now, changes, message) -> None:
    with refused(message):
        issue_forged(invoice, now, **changes)


def test_no_number_is_left_out(invoice, now) -> None:
    Series.objects.filter(code=Series.Code.INVOICE).update(last_number=118_003)

    with refused("number or date does not follow"):
        issue_forged(invoice, now, number="INV-118003", sequence=118_003)


def test_no_invoice_is_dated_before_the_last(invoice, now) -> None:
    Series.objects.filter(code=Series.Code.INVOICE).update(last_number=118_002)

    with refused("number or date does not follow"):
        issue_forged(invoice, now, issued_on=date(2026, 11, 18))


def test_no_line_without_its_claim(invoice, now) -> None:
    Series.objects.filter(code=Series.Code.INVOICE).update(last_number=118_002)

    with refused("not an approved charge claimed by it"):
        issue_forged(invoice, now)


def test_a_charge_is_claimed_once(invoice) -> None:
    claim = BillingClaim.objects.get()
    claim.pk = None

    with refused("duplicate key"):
        claim.save(force_insert=True)


def test_a_load_has_one_primary_claim(invoice) -> None:
    claim = LoadClaim.objects.get()
    claim.pk, claim.invoice_id = None, 991

    with refused("load_one_primary"):
        claim.save(force_insert=True)
