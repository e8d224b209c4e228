"""Failures of the outside world, as shares of what came and went."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from billing.models import InvoiceState
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from insights.queries.figures.telling import NotNarrowed, missing_measures, tell
from insights.rules.figures import BY_KEY
from integrations.models import InboxMessage, Source
from tests.factories.billing import delivered_load, found_carrier, publish_card
from tests.insights.cast import NOON, found, november, told, value

pytestmark = pytest.mark.django_db
NUMBERS = count()


@pytest.fixture
def source(now) -> Source:
    return Source.objects.create(
        slug="tms", name="TMS", dialect="tms", owner="Dana", created_at=now
    )


def a_message(source, status, *, at=NOON) -> InboxMessage:
    return InboxMessage.objects.create(
        source=source, external_id=f"m-{next(NUMBERS)}", content_type="application/json",
        body=b"{}", body_sha256="0" * 64, received_at=at, status=status,
        reason="" if status == "PROCESSED" else "broken",
    )  # fmt: skip


def a_document(status: str, *, at=NOON) -> None:
    load = delivered_load()
    billing = evaluate_load(load.pk, by="rule:readiness", at=at)
    invoice = issue_invoice(billing, by="rule:straight-through", at=at)
    InvoiceState.objects.filter(invoice=invoice).update(erp_status=status)


def test_failed_messages_are_told_of_all_that_came_in_the_period(source, now) -> None:
    for status in ("PROCESSED", "PROCESSED", "PROCESSED", "IGNORED", "FAILED"):
        a_message(source, status)
    a_message(source, "FAILED", at=NOON - timedelta(days=30))

    answer = told("messages-failed", november(now))

    assert (found(answer).n, value(answer)) == (5, Decimal("20.0"))
    assert found(answer, "failed").n == 1
    assert [(each.n, each.value) for each in answer.before] == [(1, None), (1, 1)]


def test_documents_the_erp_has_not_taken_are_told_of_all_that_were_issued(now) -> None:
    found_carrier()
    publish_card()
    a_document("FAILED", at=NOON - timedelta(days=30))
    for status in ("POSTED", "POSTED", "POSTED", "QUEUED", "FAILED"):
        a_document(status)

    answer = told("postings-failed", november(now))

    assert (found(answer).n, value(answer)) == (5, Decimal("20.0"))
    assert found(answer, "failed").n == 1


def test_messages_are_not_told_by_customer(now) -> None:
    with pytest.raises(NotNarrowed):
        tell(BY_KEY["messages-failed"], november(now, customer_id=1))


def test_every_figure_is_measured() -> None:
    assert missing_measures() == []
