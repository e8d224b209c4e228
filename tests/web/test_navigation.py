"""Where staff can go: each place once, with a key of its own, and counts of what waits now."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from accounts.rules import Role
from exceptions.operations.opening import open_case
from exceptions.operations.snoozing import snooze_case
from tests.factories import UserFactory
from web.desk.cases.queue import stakes
from web.desk.navigation import PLACES, waiting_counts

pytestmark = pytest.mark.django_db


def test_every_place_has_a_key_of_its_own() -> None:
    keys = Counter(place.key for places in PLACES.values() for place in places if place.key)

    assert max(keys.values()) == 1
    assert "g" not in keys


def test_a_case_that_is_put_away_waits_for_nobody(load, now: datetime) -> None:
    user = UserFactory(role=Role.BILLER)
    open_case("pod_missing", subject_key="x", by="rule:x", at=now, load=load)
    case = open_case("rate_missing", subject_key="y", by="rule:x", at=now, load=load)
    assert waiting_counts(user)["desk:exceptions"] == "2"

    snooze_case(case, until=now + timedelta(hours=2), by=user.actor, at=now)

    assert waiting_counts(user)["desk:exceptions"] == "1"
    assert [stake.cases for stake in stakes(user, at=now)] == [1]


def test_a_case_is_back_when_its_time_has_come(load, now: datetime) -> None:
    user = UserFactory(role=Role.BILLER)
    case = open_case("pod_missing", subject_key="x", by="rule:x", at=now, load=load)
    snooze_case(case, until=now + timedelta(hours=2), by=user.actor, at=now)

    assert stakes(user, at=now) == []
    assert [stake.cases for stake in stakes(user, at=now + timedelta(hours=3))] == [1]


def test_what_is_counted_is_counted_in_one_statement(django_assert_num_queries) -> None:
    user = UserFactory(role=Role.BILLER)
    assert user.is_desk

    with django_assert_num_queries(1):
        assert waiting_counts(user) == {"desk:board": "0"}
