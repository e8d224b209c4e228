"""Failures of the outside world, as shares of what came and went."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from insights.queries.figures.telling import NotNarrowed, missing_measures, tell
from insights.rules.figures import BY_KEY
from integrations.models import InboxMessage, OutboxMessage, Source
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


def a_posting(status, *, at=NOON) -> OutboxMessage:
    key = f"invoice:{next(NUMBERS)}"
    return OutboxMessage.objects.create(
        target="erp", kind="invoice", subject_key=key, idempotency_key=key, body={},
        created_at=at, next_try_at=at, status=status, verdict="no", external_reference="E-1",
    )  # fmt: skip


def test_failed_messages_are_told_of_all_that_came_in_the_period(source, now) -> None:
    for status in ("PROCESSED", "PROCESSED", "PROCESSED", "IGNORED", "FAILED"):
        a_message(source, status)
    a_message(source, "FAILED", at=NOON - timedelta(days=30))

    answer = told("messages-failed", november(now))

    assert (found(answer).n, value(answer)) == (5, Decimal("20.0"))
    assert found(answer, "failed").n == 1
    assert [(each.n, each.value) for each in answer.before] == [(1, None), (1, 1)]


def test_postings_given_up_are_told_of_all_that_were_queued(now) -> None:
    for status in ("SENT", "SENT", "SENT", "SENT", "SENT", "WAITING", "DEAD", "DEAD"):
        a_posting(status)

    answer = told("postings-failed", november(now))

    assert (found(answer).n, value(answer)) == (8, Decimal("25.0"))
    assert found(answer, "failed").n == 2


def test_messages_are_not_told_by_customer(now) -> None:
    with pytest.raises(NotNarrowed):
        tell(BY_KEY["messages-failed"], november(now, customer_id=1))


def test_every_figure_is_measured() -> None:
    assert missing_measures() == []
