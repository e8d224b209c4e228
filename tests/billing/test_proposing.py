"""A preview says what an issue would make, and leaves no trace."""

from decimal import Decimal

import pytest

from billing.models import Invoice, LoadBilling
from billing.operations import proposing
from billing.operations.invoicing import issue_invoice, issue_invoices
from billing.operations.proposing import TooManyLoads, propose_invoices
from billing.operations.readiness import evaluate_load
from exceptions.models import Case
from journal.models import Event
from tests.factories.billing import a_customer, delivered_load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card")]

BY = "user:7"


@pytest.fixture
def ready(now):
    """Make an evaluated load."""

    def make(customer=None, **more) -> LoadBilling:
        return evaluate_load(delivered_load(customer, **more).pk, by="rule:readiness", at=now)

    return make


def proposed(*billings, now):
    return propose_invoices([billing.load_id for billing in billings], by=BY, at=now)


def test_loads_of_a_customer_billed_together_make_one_invoice(ready, now) -> None:
    prairie = a_customer(invoice_grouping="TOGETHER")
    pair = [ready(prairie), ready(prairie, wait_hours=3)]
    other = ready()

    proposal = proposed(*pair, other, now=now)

    assert [(each.customer, len(each.loads), each.total) for each in proposal.invoices] == [
        (prairie, 2, Decimal("2075.00")),
        (other.customer, 1, Decimal("1000.00")),
    ]
    assert proposal.left_out == ()


def test_the_same_loads_are_then_issued_to_the_cent(ready, now) -> None:
    prairie = a_customer(invoice_grouping="TOGETHER")
    billings = [ready(prairie, wait_hours=3), ready(prairie), ready()]
    by_load = {billing.load_id: billing for billing in billings}
    proposal = proposed(*billings, now=now)

    groups = [[by_load[pk] for pk in each.load_ids] for each in proposal.invoices]
    issued = issue_invoices(groups, by=BY, at=now)

    assert [each.total_amount for each in issued if isinstance(each, Invoice)] == [
        each.total for each in proposal.invoices
    ]


def test_what_cannot_be_billed_is_left_out_with_the_reason_and_the_rest_goes(ready, now) -> None:
    prairie = a_customer(invoice_grouping="TOGETHER")
    good, bad = ready(prairie), ready(prairie, pod="")

    proposal = proposed(good, bad, now=now)

    [invoice], [left] = proposal.invoices, proposal.left_out
    assert invoice.load_ids == (good.load_id,)
    assert left.number == bad.load.number
    assert "No proof of delivery is on file." in left.reasons


def test_a_load_that_is_invoiced_is_left_out_by_its_invoice(ready, now) -> None:
    billing = ready()
    invoice = issue_invoice(billing, by=BY, at=now)

    [left] = proposed(billing, now=now).left_out

    assert left.reasons == (f"It is on {invoice.number} already.",)


def test_nothing_stays_of_a_preview(ready, now) -> None:
    billing = ready()
    LoadBilling.objects.filter(pk=billing.pk).update(total_amount=0)
    billing.load.customer.status = "ON_HOLD"
    billing.load.customer.save()
    before = (Event.objects.count(), Case.objects.count())

    proposal = proposed(billing, now=now)

    assert proposal.invoices == ()
    assert (Event.objects.count(), Case.objects.count()) == before
    assert not Invoice.objects.exists()
    billing.refresh_from_db()
    assert (billing.status, billing.total_amount) == ("READY", 0)


def test_a_run_has_its_limit(ready, now, monkeypatch) -> None:
    monkeypatch.setattr(proposing, "MOST_LOADS", 1)

    with pytest.raises(TooManyLoads, match="More than 1 loads are selected; at most 1 go at once"):
        proposed(ready(), ready(), now=now)
