"""From signed webhooks to an invoice in the portal of its customer, untouched by anybody."""

from collections.abc import Callable
from datetime import datetime

from billing.models import Invoice
from exceptions.models import Case
from tests.billing.pdf_reading import texts
from tests.factories import CustomerFactory, UserFactory, stories
from tests.factories.carrier import Cast
from tests.factories.doors import push_all, sign_in
from tests.journeys.endings import invoices_of, lines_of, load_of


def test_a_load_goes_straight_through_to_the_portal(
    cast: Cast, drain: Callable[[], int], pickup_at: datetime
) -> None:
    story = stories.tell_story(104882, pickup_at=pickup_at)

    push_all(cast.tms, stories.messages(story))
    drain()

    [invoice] = invoices_of(load_of("CR104882"))
    assert lines_of(invoice) == stories.LINES
    assert invoice.total_amount == stories.TOTAL
    assert invoice.issued_by.startswith("rule:")
    assert not Case.objects.exists()
    portal = sign_in(cast.shipper)
    assert invoice.number in portal.get("/portal/").content.decode()
    answer = portal.get(f"/portal/invoices/{invoice.number}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    words = "\n".join(texts(b"".join(answer)))
    assert invoice.number in words
    assert "1,652.01" in words


def test_another_customer_finds_neither_the_invoice_nor_its_pdf(
    cast: Cast, drain: Callable[[], int], pickup_at: datetime
) -> None:
    stranger = UserFactory(role="customer", customers=[CustomerFactory()])
    push_all(cast.tms, stories.messages(stories.tell_story(104882, pickup_at=pickup_at)))
    drain()
    number = Invoice.objects.get().number

    portal = sign_in(stranger)

    assert number not in portal.get("/portal/").content.decode()
    assert portal.get(f"/portal/invoices/{number}/").status_code == 404
    assert portal.get(f"/portal/invoices/{number}/pdf/").status_code == 404
