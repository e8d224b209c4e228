"""One version of one card prices a load on a day."""

from datetime import date
from typing import Any

import pytest

from journal.models import Event
from rating.models import RateCardVersion
from rating.operations.approving import ReasonMissing, SamePerson, checks
from rating.operations.carding import create_card, draft_next
from rating.operations.publishing import CardsCollide, PeriodsOverlap, retire_version
from tests.factories import CustomerFactory
from tests.rating.making import DRAFTER, MANAGER, NOW, drafted, publish, published

pytestmark = pytest.mark.django_db

Status = RateCardVersion.Status


def names_of(subject) -> list[str]:
    told = Event.objects.filter(subject_table=subject._meta.db_table, subject_id=subject.pk)
    return list(told.order_by("id").values_list("name", flat=True))


def test_the_next_version_ends_the_one_before_it_by_a_day():
    first = published()
    second = publish(draft_next(first, effective_from=date(2026, 12, 1), by=DRAFTER, at=NOW))

    first.refresh_from_db()
    assert first.effective_to == date(2026, 11, 30)
    assert (second.effective_from, second.effective_to) == (date(2026, 12, 1), None)
    assert names_of(first)[-1] == "rate_card.ended"
    assert Event.objects.get(name="rate_card.ended").old == {"effective_to": None}


def test_a_later_version_of_another_card_ends_nothing():
    first = published()
    other = create_card(name="Other", currency="USD", equipment="REEFER", by=DRAFTER, at=NOW)
    published(other, effective_from=date(2026, 12, 1))

    first.refresh_from_db()
    assert first.effective_to is None


def test_versions_that_follow_each_other_leave_each_other_alone():
    first = published(effective_to=date(2026, 11, 30))
    published(first.card, effective_from=date(2026, 12, 1))

    assert "rate_card.ended" not in names_of(first)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # The same day, an earlier one, and one that would leave days without a price after it.
        (date(2026, 10, 1), None),
        (date(2026, 9, 1), None),
        (date(2026, 12, 15), date(2026, 12, 31)),
    ],
)
def test_a_version_that_cannot_follow_is_refused_with_both_named(start: date, end: date | None):
    first = published()
    second = drafted(first.card, effective_from=start, effective_to=end)

    with pytest.raises(PeriodsOverlap) as refused:
        publish(second)

    assert "Prairie Foods Reefer v2" in str(refused.value)
    assert "Prairie Foods Reefer v1 (2026-10-01 to open)" in str(refused.value)


def test_a_version_that_ended_earlier_may_be_followed_by_a_shorter_one():
    first = published(effective_to=date(2026, 12, 31))
    published(first.card, effective_from=date(2026, 12, 1), effective_to=date(2026, 12, 31))

    first.refresh_from_db()
    assert first.effective_to == date(2026, 11, 30)


def test_a_retired_version_makes_room():
    first = published()
    retire_version(first, by=MANAGER, at=NOW, reason="wrong base")

    assert published(first.card).status == Status.PUBLISHED


@pytest.mark.parametrize(
    "scopes",
    [
        ({}, {}),
        ({"equipment": "REEFER"}, {"equipment": "REEFER"}),
        ({"equipment": "REEFER"}, {"shipment_type": "FTL"}),
    ],
)
@pytest.mark.parametrize("is_own", [True, False])
def test_two_cards_that_fit_the_same_loads_are_not_both_published(scopes, is_own):
    customer = CustomerFactory() if is_own else None
    first, second = (
        create_card(name=name, currency="USD", customer=customer, by=DRAFTER, at=NOW, **scope)
        for name, scope in zip(("First", "Second"), scopes, strict=True)
    )
    published(first, effective_to=date(2026, 12, 31))
    version = drafted(second, effective_from=date(2026, 12, 1))
    told = "Second v1 and First v1 fit the same loads from 2026-12-01 to 2026-12-31"

    failing = [each for each in checks(version, at=NOW) if not each.passes]
    with pytest.raises(CardsCollide, match=told):
        publish(version)

    assert [each.name for each in failing] == ["rivals"]
    assert failing[0].sentence.startswith(told)


@pytest.mark.parametrize(
    "other",
    [
        {"currency": "CAD"},
        {"equipment": "VAN"},
        {"equipment": "REEFER", "shipment_type": "FTL"},
        {"equipment": ""},
        {"customer": None},
    ],
)
def test_a_card_that_is_closer_or_for_other_loads_is_published_beside_it(other):
    plain: dict[str, Any] = {
        "currency": "USD",
        "customer": CustomerFactory(),
        "equipment": "REEFER",
    }
    published(create_card(name="First", by=DRAFTER, at=NOW, **plain))

    second = published(create_card(name="Second", by=DRAFTER, at=NOW, **(plain | other)))

    assert second.status == Status.PUBLISHED


def test_a_card_is_published_after_the_days_of_another():
    published(create_card(name="First", currency="USD", by=DRAFTER, at=NOW),
              effective_to=date(2026, 12, 31))  # fmt: skip

    assert published(effective_from=date(2027, 1, 1)).status == Status.PUBLISHED


def test_a_version_is_withdrawn_for_a_reason_by_somebody_else_than_its_drafter():
    first = published()

    with pytest.raises(ReasonMissing, match="Say why"):
        retire_version(first, by=MANAGER, at=NOW, reason=" ")
    with pytest.raises(SamePerson):
        retire_version(first, by=DRAFTER, at=NOW, reason="wrong base")

    assert retire_version(first, by=MANAGER, at=NOW, reason="wrong base").status == Status.RETIRED
