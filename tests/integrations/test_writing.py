"""Letters nobody can switch off: keys to the house, and what happened to one's own sign-in."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import PasswordRequest, User
from accounts.operations.enrolling import create_person
from accounts.operations.inviting import invite_person
from accounts.operations.resetting import LinkTokens, ask_for_link, password_path
from accounts.operations.securing import (
    note_lock,
    note_password,
    note_second_factor,
    reset_second_factor,
)
from accounts.operations.staffing import invite_staff
from accounts.operations.subscribing import choose_notices
from accounts.rules import Role
from accounts.rules.notices import Cadence, Topic
from integrations.events import Outgoing
from integrations.models import OutboxMessage
from integrations.operations.mailing import compose
from tests.factories import CustomerFactory, UserFactory
from tests.factories.codes import enrol

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(now: datetime):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def keeper() -> User:
    return UserFactory(role=Role.ADMINISTRATOR, email="amir@cedarridge.example")


def letters() -> list[dict[str, Any]]:
    return [row.body for row in OutboxMessage.objects.filter(target="mail").order_by("pk")]


def text_of(row: OutboxMessage) -> str:
    """Return what goes over the wire, as text."""
    body = compose(Outgoing(row.idempotency_key, row.body)).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_link_goes_to_the_person_alone_and_opens(drain, now) -> None:
    person = UserFactory(email="dana@cedarridge.example")
    UserFactory()
    ask_for_link("Dana@cedarridge.example", address="203.0.113.9", at=now)

    drain()

    row = OutboxMessage.objects.get()
    assert row.body["to"] == person.email
    [line] = [line for line in text_of(row).splitlines() if "/accounts/password/reset/key/" in line]
    assert line == f"http://localhost:8000{password_path(person)}"


def test_nobody_is_written_to_for_a_strange_or_closed_address(drain, now) -> None:
    UserFactory(email="left@cedarridge.example", is_active=False)
    for email in ("nobody@cedarridge.example", "left@cedarridge.example"):
        ask_for_link(email, address="", at=now)

    drain()

    assert letters() == []


def test_three_links_in_a_quarter_of_an_hour_are_enough(drain, now) -> None:
    person = UserFactory()
    for minute in range(6):
        ask_for_link(person.email, address="", at=now - timedelta(minutes=minute))

    drain()

    assert len(letters()) == 3


def test_what_was_asked_is_forgotten_after_a_day(drain, now) -> None:
    ask_for_link("nobody@cedarridge.example", address="", at=now - timedelta(hours=25))
    ask_for_link("nobody@cedarridge.example", address="", at=now)

    drain()

    assert PasswordRequest.objects.count() == 1


@pytest.mark.parametrize(("has_password", "hours"), [(True, 1), (False, 72)])
def test_a_link_ends_with_its_hour_and_an_invitation_after_three_days(
    now, has_password, hours
) -> None:
    person = UserFactory()
    if not has_password:
        person.set_unusable_password()
        person.save()
    key = LinkTokens().make_token(person)

    for later, opens in (
        (timedelta(hours=hours), True),
        (timedelta(hours=hours, minutes=1), False),
    ):
        with time_machine.travel(now + later, tick=False):
            assert LinkTokens().check_token(person, key) is opens


def test_a_link_ends_with_a_new_password_and_with_a_new_address() -> None:
    person = UserFactory()
    keys = [LinkTokens().make_token(person)]
    person.set_password("a long walk to Joliet")
    keys.append(LinkTokens().make_token(person))
    assert not LinkTokens().check_token(person, keys[0])

    person.email = "other@cedarridge.example"

    assert not LinkTokens().check_token(person, keys[1])
    assert not LinkTokens().check_token(None, keys[1])


def test_who_is_invited_is_written_to_whichever_door_invited(keeper, drain, now) -> None:
    customer = CustomerFactory()
    lead = UserFactory(role=Role.CUSTOMER, customers=(customer,))
    invite_staff("new@cedarridge.example", name="New", role=Role.BILLER, by=keeper, at=now)
    invite_person("bo@prairie.example", name="Bo", customer=customer, by=lead, at=now)
    create_person("api@cedarridge.example", name="A", role=Role.BILLER, by="system:x", at=now)
    create_person(
        "demo@cedarridge.example", name="D", role=Role.BILLER, by="x", at=now, password="known"
    )

    drain()

    assert [letter["to"] for letter in letters()] == [
        "new@cedarridge.example", "bo@prairie.example", "api@cedarridge.example"
    ]  # fmt: skip
    assert "within 3 days" in text_of(OutboxMessage.objects.order_by("pk")[0])


def test_what_happens_to_a_sign_in_is_told_whatever_one_has_switched_off(
    keeper, drain, now
) -> None:
    person = UserFactory(role=Role.BILLER)
    choose_notices(person, told={Topic.CASE_OVERDUE: Cadence.OFF}, by=person.actor, at=now)
    note_password(person, was_reset=False, at=now)
    for change in ("added", "renewed", "removed"):
        note_second_factor(person, change=change, at=now)
    enrol(person)
    reset_second_factor(person, by=keeper, at=now, reason="lost")

    drain()

    assert [letter["subject"] for letter in letters()] == [
        "Your password for Lading was changed",
        "Two-factor sign-in is on",
        "You have new recovery codes",
        "Two-factor sign-in is off",
        "Your two-factor sign-in was reset",
    ]
    for row in OutboxMessage.objects.all():
        mail = compose(Outgoing(row.idempotency_key, row.body))
        assert mail["To"] == f"{person.name} <{person.email}>"
        assert mail["List-Unsubscribe"] is None
        assert "November 19, 2026 at 14:20 CST" in text_of(row)


def test_a_victim_is_told_once_a_day_and_administrators_as_they_choose(keeper, drain, now) -> None:
    quiet = UserFactory(role=Role.ADMINISTRATOR)
    choose_notices(quiet, told={Topic.SIGN_IN_LOCKED: Cadence.OFF}, by=quiet.actor, at=now)
    victim = UserFactory(role=Role.BILLER)
    for hour in range(3):
        at = now - timedelta(hours=hour)
        note_lock(victim.email, address="203.0.113.9", until=at, at=at)

    drain()

    told = [letter["to"] for letter in letters()]
    assert told.count(victim.email) == 1
    assert told.count(keeper.email) == 3
    assert quiet.email not in told
