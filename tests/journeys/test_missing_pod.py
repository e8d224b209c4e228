"""A load without its proof of delivery waits in the queue, and goes on by itself when it comes."""

from collections.abc import Callable
from datetime import datetime

from billing.models import Blocker, Invoice, LoadBilling
from exceptions.models import Case
from tests.factories import stories
from tests.factories.carrier import Cast
from tests.factories.doors import push_all, sign_in, upload_pod
from tests.journeys.endings import invoices_of, load_of


def test_the_clerk_uploads_the_pod_and_the_invoice_follows_by_itself(
    cast: Cast, drain: Callable[[], int], pickup_at: datetime
) -> None:
    told = stories.messages(stories.tell_story(104882, pickup_at=pickup_at))
    push_all(cast.tms, stories.without(told, "POD"))
    drain()
    load = load_of("CR104882")
    billing = LoadBilling.objects.get(load=load)
    case = Case.objects.get(kind="pod_missing")
    assert billing.status == LoadBilling.Status.BLOCKED
    assert Blocker.objects.get(load=load, cleared_at=None).rule == "pod_accepted"
    assert (case.load, case.value_amount) == (load, stories.TOTAL)
    assert case.number in sign_in(cast.biller).get("/exceptions/").content.decode()
    assert not Invoice.objects.exists()

    upload_pod(load, by=cast.biller)
    drain()

    [invoice] = invoices_of(load)
    case.refresh_from_db()
    assert invoice.total_amount == stories.TOTAL
    assert invoice.issued_by.startswith("rule:")
    assert (case.status, case.closed_by) == (Case.Status.CLOSED, "rule:pod_accepted")
    assert not Blocker.objects.filter(cleared_at=None).exists()
