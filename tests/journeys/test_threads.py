"""One message is followed from its raw bytes to the ledger."""

from collections.abc import Callable
from datetime import datetime

from billing.models import Invoice
from integrations.models import InboxMessage, OutboxMessage
from tests.factories import UserFactory, stories
from tests.factories.carrier import Cast
from tests.factories.doors import push_all, sign_in
from tests.factories.erp import CountingErp, serving


def test_the_message_that_made_a_load_billable_leads_to_its_posting(
    cast: Cast, drain: Callable[[], int], pickup_at: datetime, settings: object
) -> None:
    with serving(CountingErp().handle) as settings.ERP_URL:  # type: ignore[attr-defined]
        push_all(cast.tms, stories.messages(stories.tell_story(104882, pickup_at=pickup_at)))
        drain()
    posting, invoice = OutboxMessage.objects.get(target="erp"), Invoice.objects.get()
    message = InboxMessage.objects.get(correlation_id=posting.correlation_id)
    assert message.load
    browser = sign_in(UserFactory())

    raw = browser.get(f"/integrations/inbox/{message.pk}/").content.decode()
    thread = browser.get(f"/integrations/threads/{message.correlation_id}/").content.decode()

    assert f"/integrations/threads/{message.correlation_id}/" in raw
    assert message.external_id in thread
    order = ["Message received", "Load ready", "Invoice issued", "Outbox queued", "Invoice posted"]
    places = [thread.index(step) for step in order]
    assert places == sorted(places)
    assert f"Reached load {message.load.number}, {invoice.number}, ERP-88001" in thread
    assert f"/integrations/outbox/{posting.pk}/" in thread
