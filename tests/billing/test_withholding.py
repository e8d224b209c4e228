"""A held load is not billed, whoever asks, until somebody lets it go."""

import pytest

from billing.models import LoadBilling
from billing.operations.guarding import NotBillable
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from billing.operations.withholding import release_loads, withhold_loads
from exceptions.operations.closing import ReasonMissing
from journal.models import Event
from tests.factories.billing import delivered_load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card")]

BY = "user:7"


@pytest.fixture
def billing(now) -> LoadBilling:
    return evaluate_load(delivered_load().pk, by="rule:readiness", at=now)


def held(billing, now, reason: str = "Rate in dispute") -> LoadBilling:
    [changed] = withhold_loads([billing.load_id], reason=reason, by=BY, at=now)
    return changed


def test_a_hold_blocks_the_load_and_says_why(billing, now) -> None:
    changed = held(billing, now)

    assert (changed.status, changed.held_by, changed.hold_reason) == (
        "BLOCKED", BY, "Rate in dispute",
    )  # fmt: skip
    assert changed.load.blockers.get().message == "On hold: Rate in dispute"


def test_nobody_bills_a_held_load(billing, now) -> None:
    held(billing, now)

    with pytest.raises(NotBillable, match="On hold: Rate in dispute"):
        issue_invoice(billing, by=BY, at=now)


def test_a_released_load_is_judged_at_once(billing, now) -> None:
    held(billing, now)

    [released] = release_loads([billing.load_id], by="user:8", at=now)

    assert (released.status, released.held_at, released.hold_reason) == ("READY", None, "")
    assert not released.load.blockers.filter(cleared_at=None).exists()


def test_both_are_told_to_the_journal(billing, now) -> None:
    held(billing, now)
    release_loads([billing.load_id], by="user:8", at=now)

    told = Event.objects.filter(name__in=["load.held", "load.released"]).order_by("pk")
    assert [(event.name, event.actor, event.reason) for event in told] == [
        ("load.held", BY, "Rate in dispute"),
        ("load.released", "user:8", ""),
    ]


def test_a_hold_needs_a_reason(billing, now) -> None:
    with pytest.raises(ReasonMissing):
        withhold_loads([billing.load_id], reason=" ", by=BY, at=now)


def test_what_is_invoiced_or_held_already_stays_as_it_is(billing, now) -> None:
    invoiced = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)
    issue_invoice(invoiced, by=BY, at=now)
    held(billing, now)

    again = withhold_loads([billing.load_id, invoiced.load_id], reason="Again", by="user:9", at=now)

    assert again == []
    billing.refresh_from_db()
    assert billing.hold_reason == "Rate in dispute"
