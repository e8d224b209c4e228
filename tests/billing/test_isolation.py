"""A customer's transaction sees its own money and no one else's, whatever SQL it runs."""

from collections.abc import Iterator

import pytest
from django.db import connection

from billing.models import (
    BillingClaim,
    Blocker,
    Charge,
    Invoice,
    InvoiceDocument,
    InvoiceLine,
    InvoiceState,
    LoadBilling,
    LoadClaim,
    RatingRecord,
)
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from tests.factories.billing import (
    a_customer,
    delivered_load,
    found_carrier,
    publish_card,
    set_policy,
)

pytestmark = pytest.mark.django_db

TABLES = [
    BillingClaim, Blocker, Charge, Invoice, InvoiceDocument, InvoiceLine, InvoiceState,
    LoadBilling, LoadClaim, RatingRecord,
]  # fmt: skip


def see(customers: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lading.customers', %s, true)", [customers])


@pytest.fixture
def customers(now) -> Iterator[list[int]]:
    """Two customers with an invoiced load each, and the row-level setting as it was."""
    publish_card()
    found_carrier()
    set_policy(pod_accepted="WARN")
    ids = []
    for _ in range(2):
        load = delivered_load(a_customer(), pod="")
        invoice = issue_invoice(
            evaluate_load(load.pk, by="rule:readiness", at=now), by="user:7", at=now
        )
        InvoiceDocument.objects.create(
            invoice=invoice, customer=invoice.customer, sha256="0" * 64, size=1, pages=1,
            rendered_at=now,
        )  # fmt: skip
        ids.append(invoice.customer_id)
    yield ids
    see("*")


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_a_customer_counts_its_own_rows_only(customers, model) -> None:
    table = model._meta.db_table
    seen = {}
    for setting in ("*", str(customers[0]), ""):
        see(setting)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), count(DISTINCT customer_id) FROM {table}")
            seen[setting] = cursor.fetchone()

    everybody, own, nobody = seen.values()
    assert everybody == (2 * own[0], 2)
    assert own[0] > 0
    assert own[1] == 1
    assert nobody == (0, 0)


def test_a_customer_reads_no_number_of_anothers_invoice(customers) -> None:
    other = Invoice.objects.get(customer_id=customers[1])

    see(str(customers[0]))

    assert not Invoice.objects.filter(number=other.number).exists()
    assert Invoice.objects.count() == 1
