"""Each promise about money is counted, and each stands on a guarantee.

A canary first shows that the database refuses the wrong; then the guarantee is taken away, the
same wrong goes through, and the count shows it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, connections, transaction

from billing.models import Charge, Invoice, LoadBilling, RatingRecord
from billing.operations import crediting, guarding, readiness
from billing.operations.charging import add_charge, approve_charge
from billing.operations.crediting import credit_invoice, credit_lines
from billing.operations.invoicing import issue_invoice
from billing.operations.printing import print_invoice
from billing.operations.readiness import evaluate_load
from billing.operations.supplementing import bill_difference
from billing.queries.credits import Creditable
from billing.queries.invariants import INVARIANTS, unrepeatable_ratings
from billing.rules.readiness import find_blockers
from dispatch.models import Stop
from dispatch.operations.filing import accept_document
from dispatch.queries.blobs import blob_path
from exceptions.models import Case
from tests.factories.billing import (
    DELIVERED,
    a_customer,
    a_paper,
    delivered_load,
    found_carrier,
    publish_card,
)
from tests.factories.taxes import put_rates_on_file, register_in_canada, routed_load

CHECK_NOW, CHECK_LATER = "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture(autouse=True)
def _as_owner(db) -> Iterator[None]:
    """Be the owner, who alone can take a guarantee away; all of it is rolled back."""
    role, connections["default"] = connections["default"], connections["owner"]
    yield
    connections["default"] = role


@pytest.fixture
def bill(now):
    """Take a load through the operations to an invoice."""
    publish_card()
    found_carrier()

    def bill_load(**more) -> Invoice:
        load = delivered_load(pod="", **more)
        accept_document(a_paper(load), by="user:7", at=now)
        billing = evaluate_load(load.pk, by="rule:readiness", at=now)
        return issue_invoice(billing, by="user:7", at=now)

    return bill_load


@pytest.fixture
def invoice(bill) -> Invoice:
    """An issued invoice, checked as at commit."""
    invoice: Invoice = bill()
    run(CHECK_NOW, CHECK_LATER)
    return invoice


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def broken(*, deep: bool = False) -> list[str]:
    """Return the codes of the promises that do not hold."""
    with connection.cursor() as cursor:
        asked = [each for each in INVARIANTS if deep or not each.is_deep]
        return [each.code for each in asked if each.count(cursor)]


@contextmanager
def committed() -> Iterator[None]:
    """Have the database check in the end what it checks at commit."""
    with transaction.atomic():
        yield
        run(CHECK_NOW, CHECK_LATER)


COPY_LINE = """
INSERT INTO billing_invoiceline (invoice_id, position, code, description, basis, quantity, unit,
    rate, amount, currency, tax_category, tax_rate, tax_amount, charge_id, customer_id, load_id)
SELECT 990, 1, code, description, basis, quantity, unit, {rate}, {amount}, {currency},
    tax_category, tax_rate, tax_amount, charge_id, customer_id, load_id FROM billing_invoiceline
"""
COPY_INVOICE = """
INSERT INTO billing_invoice (id, uid, sequence, number, kind, issued_on, due_on, issued_at,
    issued_by, currency, net_amount, tax_amount, total_amount, load_count, snapshot,
    snapshot_sha256, customer_id, entity_id, series_id, corrects_id)
SELECT 990, gen_random_uuid(), {sequence}, 'INV-{sequence}', {kind}, issued_on, due_on, issued_at,
    issued_by, currency, {sign} * net_amount, tax_amount, {sign} * total_amount, load_count,
    snapshot, snapshot_sha256, customer_id, entity_id, series_id, {corrects} FROM billing_invoice
"""
COPY_STATE = """
INSERT INTO billing_invoicestate (invoice_id, status, balance_amount, currency, erp_status,
    erp_reference, erp_note, customer_id, issued_at, due_on)
SELECT 990, status, {balance}, currency, erp_status, '', '', customer_id, issued_at, {due_on}
FROM billing_invoicestate
"""
COPY_CLAIMS = """
INSERT INTO billing_billingclaim (charge_id, invoice_id, customer_id)
SELECT charge_id, 990, customer_id FROM billing_billingclaim;
INSERT INTO billing_loadclaim (load_id, invoice_id, customer_id, kind, gates)
SELECT load_id, 990, customer_id, kind, gates FROM billing_loadclaim
"""
COUNT_ON = "UPDATE billing_series SET last_number = {sequence} WHERE code = 'INV'"


def copy(
    *,
    sequence: int = 118_002,
    rate: str = "rate",
    amount: str = "amount",
    currency: str = "currency",
    is_credit: bool = False,
) -> tuple[str, ...]:
    """Return the statements that issue the one invoice a second time, past the operation."""
    sign, kind, corrects = (-2, "'CREDIT_NOTE'", "id") if is_credit else (1, "kind", "NULL")
    return (
        COUNT_ON.format(sequence=sequence),
        COPY_LINE.format(rate=rate, amount=amount, currency=currency),
        COPY_STATE.format(
            balance=0 if is_credit else "balance_amount", due_on="NULL" if is_credit else "due_on"
        ),
        *(() if is_credit else (COPY_CLAIMS,)),
        COPY_INVOICE.format(sequence=sequence, kind=kind, sign=sign, corrects=corrects),
    )


def without(table: str, *triggers: str) -> tuple[str, ...]:
    return tuple(
        f"ALTER TABLE billing_{table} DISABLE TRIGGER billing_{table}_{t}" for t in triggers
    )


NOT_CLAIMED_ONCE = (
    "ALTER TABLE billing_billingclaim DROP CONSTRAINT billing_billingclaim_charge_id_key",
    "DROP INDEX load_one_primary",
)
NOT_CHECKED = (*NOT_CLAIMED_ONCE, *without("invoice", "adds_up"))


OPEN_BALANCE = ("ALTER TABLE billing_invoicestate DISABLE TRIGGER billing_balance_follows",)
OPEN_PAYMENT = (
    *OPEN_BALANCE,
    "ALTER TABLE billing_payment DISABLE TRIGGER billing_payment_fits",
    "ALTER TABLE billing_paymentapplication DISABLE TRIGGER billing_application_fits",
)
PAY = """
INSERT INTO billing_payment (id, uid, key, customer_id, kind, method, reference, received_on,
    amount, currency, note, recorded_by, recorded_at)
SELECT 1, gen_random_uuid(), gen_random_uuid(), i.customer_id, 'RECEIVED', 'ACH', '', i.issued_on,
    100, i.currency, '', 'user:7', i.issued_at FROM billing_invoice i
"""
VOID = """
INSERT INTO billing_payment (id, uid, key, customer_id, kind, voids_id, method, reference,
    received_on, amount, currency, note, recorded_by, recorded_at)
SELECT 2, gen_random_uuid(), gen_random_uuid(), customer_id, 'VOID', 1, method, '', received_on,
    -99, currency, 'Typed wrong', recorded_by, recorded_at FROM billing_payment
"""
APPLY = """
INSERT INTO billing_paymentapplication (payment_id, invoice_id, customer_id, amount, currency,
    reason, applied_by, applied_at)
SELECT 1, i.id, i.customer_id, 75, i.currency, '', 'user:7', i.issued_at FROM billing_invoice i
"""
BALANCE = """
UPDATE billing_invoicestate s SET balance_amount = i.total_amount - (
    SELECT sum(amount) FROM billing_paymentapplication a WHERE a.invoice_id = i.id)
FROM billing_invoice i WHERE i.id = s.invoice_id
"""


@dataclass(frozen=True)
class Canary:
    """A promise, the guarantee it stands on, and a wrong that the guarantee prevents."""

    code: str
    guarantee: Sequence[str]
    wrong: Sequence[str]


CANARIES = {
    "a charge billed twice": Canary("I1", NOT_CLAIMED_ONCE, copy()),
    "a claim given up": Canary(
        "I1", without("billingclaim", "released_by_credit"), ["DELETE FROM billing_billingclaim"]
    ),
    "an invoiced load forgotten": Canary(
        "I1", without("loadbilling", "legal_move", "move_told"),
        ["UPDATE billing_loadbilling SET status = 'NOT_BILLABLE'"],
    ),
    "lines that do not add up": Canary(
        "I2", NOT_CHECKED, copy(rate="rate + 1", amount="amount + 1")
    ),
    "a line that is no product": Canary(
        "I2",
        (
            *NOT_CHECKED,
            "ALTER TABLE billing_invoiceline DROP CONSTRAINT line_amount_is_quantity_times_rate",
        ),
        copy(rate="rate + 1"),
    ),
    "a number left out": Canary("I3", NOT_CHECKED, copy(sequence=118_003)),
    "a line changed": Canary(
        "I2", without("invoiceline", "frozen"),
        ["UPDATE billing_invoiceline SET amount = 1, quantity = 1, rate = 1"],
    ),
    "an invoice gone": Canary(
        "I1",
        (*without("invoice", "frozen"), *without("invoiceline", "frozen")),
        [
            CHECK_LATER, "DELETE FROM billing_invoiceline",
            "DELETE FROM billing_invoicestate",
        ],
    ),
    "two currencies": Canary("I22", NOT_CHECKED, copy(currency="'EUR'")),
    "a balance that follows from nothing": Canary(
        "I14", OPEN_BALANCE, ["UPDATE billing_invoicestate SET balance_amount = 1"]
    ),
    "a payment applied twice": Canary("I14", OPEN_PAYMENT, [PAY, APPLY, APPLY, BALANCE]),
    "a payment of another currency": Canary(
        "I14", OPEN_PAYMENT, [PAY.replace("i.currency", "'EUR'"), APPLY, BALANCE]
    ),
    "a void of another amount": Canary("I14", OPEN_PAYMENT, [PAY, VOID]),
    "a state due on another day": Canary(
        "I22",
        without("invoicestate", "dates_stay"),
        ["UPDATE billing_invoicestate SET due_on = due_on + 1"],
    ),
    "more credited than billed": Canary(
        "I23",
        (
            *without("invoice", "adds_up"),
            "ALTER TABLE billing_invoice DISABLE TRIGGER billing_credit_lowers_balance",
        ),
        copy(is_credit=True, rate="-2 * rate", amount="-2 * amount"),
    ),
}  # fmt: skip


def test_all_promises_hold_of_what_the_operations_made(bill, now) -> None:
    kept, wrong = bill(wait_hours=3), bill()
    run(CHECK_NOW, CHECK_LATER)
    credit_invoice(wrong, reason="Wrong customer", by="user:8", at=now)
    charge = add_charge(
        delivered_load(), code="RCL", description="Redelivery", quantity=Decimal(1),
        rate=Decimal(99), reason="Refused", by="user:7", at=now,
    )  # fmt: skip
    approve_charge(charge, by="user:8", at=now)
    for each in Invoice.objects.all():
        print_invoice(each.pk, by="system:printer", at=now)

    assert kept.lines.count() == 2
    assert broken(deep=True) == []


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_a_guarantee_that_is_gone_shows(invoice: Invoice, canary: Canary) -> None:
    with pytest.raises(DatabaseError), committed():
        run(*canary.wrong)
    held = broken()

    run(*canary.guarantee)
    with committed():
        run(*canary.wrong)

    assert held == []
    assert canary.code in broken()


@pytest.mark.parametrize(
    ("code", "guarantee"),
    [
        ("I1", without("billingclaim", "stays")),
        ("I1", without("loadclaim", "not_emptied")),
        ("I4", without("invoice", "frozen")),
        ("I4", without("invoice", "adds_up")),
        ("I4", without("invoiceline", "not_emptied")),
        ("I4", without("invoiceline", "in_time")),
        ("I4", without("invoicedocument", "frozen")),
        ("I4", without("invoicelinetax", "frozen")),
        ("I4", without("ratingrecord", "frozen")),
        ("I4", without("taxrecord", "frozen")),
        ("I4", without("charge", "billed")),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0].rpartition("_")[2],
)
def test_a_guard_that_is_gone_shows_before_any_harm(code: str, guarantee: tuple[str, ...]) -> None:
    run(*guarantee)

    assert broken() == [code]


def test_a_changed_snapshot_shows(invoice: Invoice) -> None:
    run(*without("invoice", "frozen"))
    Invoice.objects.update(snapshot=invoice.snapshot | {"terms": "Net 5 days"})
    run(CHECK_NOW, "ALTER TABLE billing_invoice ENABLE TRIGGER billing_invoice_frozen")

    assert (broken(), broken(deep=True)) == ([], ["I4"])


@pytest.mark.parametrize("harm", ["change", "remove"])
def test_a_pdf_that_is_not_the_one_that_was_drawn_shows(invoice: Invoice, now, harm) -> None:
    stored = blob_path(print_invoice(invoice.pk, by="system:printer", at=now).sha256)
    stored.chmod(0o600)
    stored.write_bytes(b"%PDF-1.7") if harm == "change" else stored.unlink()

    assert broken(deep=True) == ["I4"]


def test_a_rating_that_does_not_repeat_shows(invoice: Invoice) -> None:
    run(
        *without("ratingrecord", "frozen"),
        """UPDATE billing_ratingrecord SET lines = jsonb_set(lines, '{0,amount}', '"1.00"')""",
        CHECK_NOW,
        "ALTER TABLE billing_ratingrecord ENABLE TRIGGER billing_ratingrecord_frozen",
    )

    assert broken(deep=True) == ["I15"]


def test_a_tax_that_does_not_repeat_shows(invoice: Invoice) -> None:
    run(
        *without("taxrecord", "frozen"),
        "UPDATE billing_taxrecord SET lines = '[]'",
        CHECK_NOW,
        "ALTER TABLE billing_taxrecord ENABLE TRIGGER billing_taxrecord_frozen",
    )

    assert broken(deep=True) == ["I15"]


@pytest.mark.parametrize(
    ("harm", "guarantee"),
    [
        ("UPDATE billing_invoicelinetax SET tax_amount = tax_amount + 0.01", "rate_of_base"),
        ("UPDATE billing_invoicelinetax SET base_amount = 5, tax_amount = 0.65", ""),
        ("DELETE FROM billing_invoicelinetax", ""),
    ],
)
def test_a_tax_that_is_not_its_rate_of_its_line_shows(now, harm, guarantee) -> None:
    register_in_canada(found_carrier())
    publish_card(currency="CAD")
    put_rates_on_file()
    load = routed_load("CA-MB", "CA-ON", customer=a_customer(country="CA"), currency="CAD")
    issue_invoice(evaluate_load(load.pk, by="rule:readiness", at=now), by="user:7", at=now)
    assert broken() == []
    if guarantee:
        with pytest.raises(DatabaseError, match="line_tax_is_rate_of_base"), transaction.atomic():
            run(CHECK_NOW, *without("invoicelinetax", "frozen"), harm)

    run(
        CHECK_NOW,
        "ALTER TABLE billing_invoicelinetax DROP CONSTRAINT line_tax_is_rate_of_base",
        *without("invoicelinetax", "frozen"),
        harm,
        "ALTER TABLE billing_invoicelinetax ENABLE TRIGGER billing_invoicelinetax_frozen",
    )

    assert broken() == ["I2"]


@pytest.mark.parametrize(
    ("column", "path", "value", "count"),
    [
        ("lines", "{0,amount}", '"1.00"', 1),
        ("lines", "{0,rate}", '"1.00"', 1),
        ("lines", "{0,code}", '"XXX"', 1),
        ("lines", "{0,steps}", "[]", 0),
        ("facts", "{miles}", '"many"', 1),
        ("facts", "{stops}", "[]", 1),
    ],
)
def test_each_rating_that_gives_other_cents_counts_and_no_other(
    bill, column, path, value, count
) -> None:
    for _ in range(3):
        bill()
    _, harmed, _ = RatingRecord.objects.order_by("id")
    run(
        CHECK_NOW,
        CHECK_LATER,
        *without("ratingrecord", "frozen"),
        f"UPDATE billing_ratingrecord SET {column} = jsonb_set({column}, '{path}', '{value}')"
        f" WHERE id = {harmed.pk}",
        CHECK_NOW,
        "ALTER TABLE billing_ratingrecord ENABLE TRIGGER billing_ratingrecord_frozen",
    )

    assert unrepeatable_ratings() == count


def test_a_load_billed_without_its_proof_shows(bill, now, monkeypatch) -> None:
    bill()

    def careless(facts, policy):
        return tuple(b for b in find_blockers(facts, policy) if b.rule != "pod_accepted")

    for module in (readiness, guarding):
        monkeypatch.setattr(module, "find_blockers", careless)
    billing = evaluate_load(delivered_load(pod="").pk, by="rule:readiness", at=now)
    issue_invoice(billing, by="user:7", at=now)

    assert broken() == ["I16"]


def test_a_load_billed_although_something_blocked_it_shows(invoice: Invoice) -> None:
    billing = LoadBilling.objects.get()
    billing.load.blockers.create(
        customer=billing.customer, rule="receipts", enforcement="BLOCK", message="x", action="x",
        owner_group="biller", opened_at=invoice.issued_at,
    )  # fmt: skip

    assert broken() == ["I16"]


def test_a_charge_that_is_returned_twice_shows(bill, now, monkeypatch) -> None:
    invoice = bill(wait_hours=3)
    run(CHECK_NOW, CHECK_LATER)
    detention = invoice.lines.get(code="DET")
    Stop.objects.filter(load=detention.load, sequence=2).update(departed_at=DELIVERED)
    evaluate_load(detention.load_id, by="rule:readiness", at=now)
    shown = Case.objects.get(kind="late_change").detail["lines"]
    bill_difference(detention.load_id, shown=shown, reason="Late clock", by="user:8", at=now)
    run(CHECK_NOW, CHECK_LATER)
    assert broken() == []

    def careless(invoice):
        return [Creditable(line) for line in invoice.lines.all()]

    monkeypatch.setattr(crediting, "creditable_lines", careless)
    credit_lines(invoice, [detention.position], reason="Disputed", by="user:8", at=now)
    run(CHECK_NOW, CHECK_LATER)

    assert broken() == ["I23"]


def test_an_approval_of_ones_own_charge_shows(invoice: Invoice, now) -> None:
    charge = add_charge(
        delivered_load(), code="RCL", description="Redelivery", quantity=Decimal(1),
        rate=Decimal(99), reason="Refused", by="user:7", at=now,
    )  # fmt: skip
    run(
        CHECK_NOW,
        "ALTER TABLE billing_charge DROP CONSTRAINT charge_manual_two_people",
        *without("charge", "move_told"),
    )
    Charge.objects.filter(pk=charge.pk).update(status="APPROVED", decided_by="user:7")

    assert "I24" in broken()
