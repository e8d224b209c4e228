"""An issued invoice reaches the ERP once, whatever becomes of the answer."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from time_machine import Traveller

from billing.models import InvoiceState
from integrations.models import OutboxMessage
from integrations.tasks import send_due
from tests.factories import stories
from tests.factories.carrier import Cast
from tests.factories.doors import push_all
from tests.factories.erp import CountingErp, serving

LONGER_THAN_BACKOFF = 30


def test_an_invoice_is_posted_under_the_number_of_the_erp(
    cast: Cast, drain: Callable[[], int], pickup_at: datetime, settings: object
) -> None:
    erp = CountingErp()
    with serving(erp.handle) as settings.ERP_URL:  # type: ignore[attr-defined]
        push_all(cast.tms, stories.messages(stories.tell_story(104882, pickup_at=pickup_at)))
        drain()

    state = InvoiceState.objects.get()
    assert (state.erp_status, state.erp_reference) == ("POSTED", "ERP-88001")
    assert OutboxMessage.objects.get(target="erp").status == OutboxMessage.Status.SENT
    assert (erp.posts, erp.documents) == (1, 1)


def test_a_lost_answer_is_looked_up_and_nothing_is_posted_twice(
    cast: Cast,
    drain: Callable[[], int],
    pickup_at: datetime,
    clock: Traveller,
    settings: object,
) -> None:
    erp = CountingErp(lost=1)
    with serving(erp.handle) as settings.ERP_URL:  # type: ignore[attr-defined]
        push_all(cast.tms, stories.messages(stories.tell_story(104882, pickup_at=pickup_at)))
        drain()
        waiting = OutboxMessage.objects.get(target="erp")
        assert (waiting.status, waiting.attempts) == (OutboxMessage.Status.WAITING, 1)
        assert InvoiceState.objects.get().erp_status == "QUEUED"

        clock.shift(LONGER_THAN_BACKOFF)
        send_due()
        drain()

    state = InvoiceState.objects.get()
    assert (state.erp_status, state.erp_reference) == ("POSTED", "ERP-88001")
    assert waiting.body["total_amount"] == str(stories.TOTAL) == str(Decimal("1652.01"))
    assert (erp.posts, erp.documents) == (1, 1)
