"""What the ERP says about an invoice is kept beside it, once."""

from datetime import timedelta

import pytest

from billing.models import Invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.posting import PostingConflict, record_posting
from billing.operations.readiness import evaluate_load
from journal.models import Event
from tests.factories.billing import delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db

BY = "system:erp"


@pytest.fixture
def invoice(now) -> Invoice:
    """An issued invoice that is not posted yet."""
    publish_card()
    found_carrier()
    billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)
    return issue_invoice(billing, by="user:7", at=now)


def test_a_posting_keeps_the_erps_own_number(invoice, now) -> None:
    state = record_posting(invoice, status="POSTED", reference="JE-0088214", by=BY, at=now)

    told = Event.objects.get(name="invoice.posted")
    assert (state.erp_status, state.erp_reference, state.erp_posted_at) == (
        "POSTED", "JE-0088214", now,
    )  # fmt: skip
    assert (told.old["erp_status"], told.new["erp_status"]) == ("QUEUED", "POSTED")


def test_the_same_answer_twice_is_told_once(invoice, now) -> None:
    for minutes in (0, 5):
        at = now + timedelta(minutes=minutes)
        record_posting(invoice, status="POSTED", reference="JE-1", by=BY, at=at)

    assert Event.objects.filter(name="invoice.posted").count() == 1
    assert invoice.state.erp_posted_at == now


def test_a_second_number_for_one_invoice_is_a_conflict(invoice, now) -> None:
    record_posting(invoice, status="POSTED", reference="JE-1", by=BY, at=now)

    with pytest.raises(PostingConflict, match="JE-1, and now JE-2"):
        record_posting(invoice, status="POSTED", reference="JE-2", by=BY, at=now)


def test_a_failure_told_late_does_not_undo_a_posting(invoice, now) -> None:
    record_posting(invoice, status="POSTED", reference="JE-1", by=BY, at=now)

    state = record_posting(invoice, status="FAILED", note="timeout", by=BY, at=now)

    assert (state.erp_status, state.erp_reference) == ("POSTED", "JE-1")


def test_a_failure_keeps_its_reason_and_can_be_followed_by_a_posting(invoice, now) -> None:
    failed = record_posting(invoice, status="FAILED", note="Account is closed", by=BY, at=now)
    note = failed.erp_note

    posted = record_posting(invoice, status="POSTED", reference="JE-1", by=BY, at=now)

    told = Event.objects.get(name="invoice.posting_failed")
    assert (note, told.reason) == ("Account is closed", "Account is closed")
    assert posted.erp_status == "POSTED"
