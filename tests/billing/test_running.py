"""A run issues what was asked for: each invoice once, as it was shown, or not at all."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import connection

from billing import handlers
from billing.models import Invoice, InvoiceRequest, InvoiceRun, LoadBilling
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from billing.operations.running import NothingWanted, Wanted, start_run
from billing.queries.runs import progress_of
from journal.events import Ignored
from journal.models import Delivery
from journal.operations.working import work
from tests.factories import UserFactory
from tests.factories.billing import a_customer, delivered_load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card")]

KEY = UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")


@pytest.fixture
def ready(now):
    """Make loads of a customer that are billed by a person, never by themselves."""

    def make(count: int = 1) -> list[LoadBilling]:
        customer = a_customer(invoice_grouping="TOGETHER")
        loads = [delivered_load(customer) for _ in range(count)]
        return [evaluate_load(load.pk, by="rule:readiness", at=now) for load in loads]

    return make


@pytest.fixture
def rita() -> str:
    return UserFactory(role="biller").actor


def want(*billings: LoadBilling, total: str | None = None) -> Wanted:
    amount = Decimal(total) if total else Decimal(1000 * len(billings))
    ids = tuple(billing.load_id for billing in billings)
    return Wanted(billings[0].customer_id, ids, amount, "USD")


def run_billing() -> None:
    """Be the worker of the queue, as often as it has to come."""
    for _ in range(10):
        work("billing")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def results(run: InvoiceRun) -> list[tuple[str, str]]:
    rows = run.requests.order_by("position").select_related("invoice")
    return [(row.status, row.invoice.number if row.invoice else row.note) for row in rows]


def test_every_wanted_invoice_is_issued_in_the_name_of_who_asked(ready, rita, now) -> None:
    pair, [single] = ready(2), ready()

    run = start_run(KEY, [want(*pair), want(single)], by=rita, at=now)
    run_billing()

    assert results(run) == [("ISSUED", "INV-118001"), ("ISSUED", "INV-118002")]
    assert set(Invoice.objects.values_list("issued_by", "load_count")) == {(rita, 2), (rita, 1)}
    assert progress_of(run).is_over


def test_the_second_click_finds_the_run_of_the_first(ready, rita, now) -> None:
    wanted = [want(*ready())]
    first = start_run(KEY, wanted, by=rita, at=now)

    second = start_run(KEY, wanted, by=rita, at=now)
    run_billing()

    assert first == second
    assert Invoice.objects.count() == 1


def test_another_tab_that_asks_for_the_same_load_is_told_where_it_is(ready, rita, now) -> None:
    wanted = [want(*ready())]
    start_run(uuid4(), wanted, by=rita, at=now)
    late = start_run(uuid4(), wanted, by=rita, at=now)

    run_billing()

    [(status, note)] = results(late)
    assert status == "REFUSED"
    assert "is on INV-118001 already" in note
    assert Invoice.objects.count() == 1


def test_an_amount_that_changed_since_the_preview_is_refused(ready, rita, now) -> None:
    [first], [second] = ready(), ready()
    run = start_run(KEY, [want(first, total="950.00"), want(second)], by=rita, at=now)

    run_billing()

    assert results(run)[0] == (
        "REFUSED",
        "It came to 950.00 USD when it was asked for and comes to 1,000.00 now.",
    )
    assert results(run)[1][0] == "ISSUED"


def test_a_load_that_was_billed_meanwhile_takes_its_whole_invoice_out(ready, rita, now) -> None:
    first, second = ready(2)
    run = start_run(KEY, [want(first, second)], by=rita, at=now)
    issue_invoice(first, by=rita, at=now)

    run_billing()

    assert [status for status, _ in results(run)] == ["REFUSED"]
    assert Invoice.objects.count() == 1


def test_a_run_grows_a_few_invoices_at_a_time(ready, rita, now, monkeypatch) -> None:
    monkeypatch.setattr(handlers, "AT_ONCE", 2)
    run = start_run(KEY, [want(billing) for billing in ready(5)], by=rita, at=now)
    opened = Delivery.objects.filter(event__name="invoice_request.opened").select_related("event")

    verdicts = handlers.issue_requested(list(opened.order_by("event_id")))

    assert [type(verdict).__name__ for verdict in verdicts] == ["Done"] * 2 + ["Deferred"] * 3
    assert progress_of(run).percent == 40


def test_a_settled_request_is_not_settled_again(ready, rita, now) -> None:
    run = start_run(KEY, [want(*ready())], by=rita, at=now)
    opened = list(Delivery.objects.filter(event__name="invoice_request.opened"))
    run_billing()

    verdicts = handlers.issue_requested(opened)

    assert verdicts == [Ignored("It was settled before.")]
    assert InvoiceRequest.objects.filter(run=run, status="ISSUED").count() == 1


def test_an_empty_run_is_refused(rita, now) -> None:
    with pytest.raises(NothingWanted):
        start_run(KEY, [], by=rita, at=now)


def test_a_customer_billed_together_waits_for_the_workbench(ready, now) -> None:
    ready()

    run_billing()

    assert not Invoice.objects.exists()
    assert Delivery.objects.get(event__name="load.ready").note == (
        "A person issues this customer's invoices."
    )
