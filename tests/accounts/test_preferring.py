"""Preferences are a person's own and are told of like every other change."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection

from accounts.models import User
from accounts.operations.preferring import save_preferences
from accounts.rules import Role
from journal.models import Event
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_what_differs_is_written_and_told_with_before_and_after(now: datetime) -> None:
    user = UserFactory(role=Role.BILLER)

    save_preferences(user, told={"theme": "dark", "timezone": user.timezone}, at=now)

    event = Event.objects.get(name="person.preferred")
    assert (event.old, event.new) == ({"theme": ""}, {"theme": "dark"})
    assert event.actor == user.actor
    assert User.objects.get(pk=user.pk).theme == "dark"


def test_what_is_the_same_is_not_told(now: datetime) -> None:
    user = UserFactory(role=Role.BILLER)

    save_preferences(user, told={"theme": "", "has_single_keys": True}, at=now)

    assert not Event.objects.filter(name="person.preferred").exists()


def test_what_is_no_preference_is_left_alone(now: datetime) -> None:
    user = UserFactory(role=Role.BILLER)

    save_preferences(user, told={"is_superuser": True, "email": "x@y.example"}, at=now)

    assert not User.objects.get(pk=user.pk).is_superuser


@pytest.mark.parametrize("field", ["theme", "density"])
def test_the_database_knows_the_looks(field: str) -> None:
    user = UserFactory(role=Role.BILLER)

    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_user SET {field} = 'loud' WHERE id = %s", [user.pk])
