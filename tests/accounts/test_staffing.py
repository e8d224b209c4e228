"""Somebody who administrates is always left, and nobody decides on the own role."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.operations.keying import create_key, revoke_key
from accounts.operations.staffing import (
    AddressTaken,
    LastAdministrator,
    NoStaffRole,
    OwnRole,
    change_role,
    deactivate,
    invite_staff,
    reactivate,
)
from accounts.rules import Role, Scope
from journal.models import Event
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief() -> User:
    return UserFactory(role=Role.ADMINISTRATOR, name="Chief")


@pytest.fixture
def clerk() -> User:
    return UserFactory(role=Role.BILLER, name="Clerk")


def test_an_invited_person_has_the_role_and_no_password(chief, now):
    person = invite_staff("Rita@x.example", name="Rita", role=Role.BILLER, by=chief, at=now)

    assert person.email == "rita@x.example"
    assert person.roles == {Role.BILLER}
    assert not person.has_usable_password()
    told = Event.objects.get(name="person.invited")
    assert (told.actor, told.new["role"]) == (chief.actor, "biller")


def test_an_address_opens_one_account(chief, clerk, now):
    with pytest.raises(AddressTaken):
        invite_staff(clerk.email.upper(), name="R", role=Role.BILLER, by=chief, at=now)


def test_staff_are_not_made_customers_nor_customers_staff(chief, clerk, now):
    shipper = UserFactory(role=Role.CUSTOMER, customers=(CustomerFactory(),))

    with pytest.raises(NoStaffRole):
        invite_staff("a@x.example", name="A", role=Role.CUSTOMER, by=chief, at=now)
    with pytest.raises(NoStaffRole):
        change_role(clerk, Role.CUSTOMER, by=chief, at=now)
    with pytest.raises(NoStaffRole):
        change_role(shipper, Role.BILLER, by=chief, at=now)


def test_a_role_is_replaced_and_told_of(chief, clerk, now):
    changed = change_role(clerk, Role.BILLING_MANAGER, by=chief, at=now)

    assert changed.roles == {Role.BILLING_MANAGER}
    told = Event.objects.get(name="person.role_changed")
    assert (told.old, told.new) == ({"role": "biller"}, {"role": "billing manager"})


def test_the_same_role_again_is_no_change(chief, clerk, now):
    change_role(clerk, Role.BILLER, by=chief, at=now)

    assert not Event.objects.filter(name="person.role_changed").exists()


def test_nobody_decides_on_oneself(chief, now):
    UserFactory(role=Role.ADMINISTRATOR)

    with pytest.raises(OwnRole):
        change_role(chief, Role.BILLER, by=chief, at=now)
    with pytest.raises(OwnRole):
        deactivate(chief, revoked=(), by=chief, at=now)


def test_the_last_administrator_stays(chief, clerk, now):
    with pytest.raises(LastAdministrator, match="Chief is the last administrator"):
        change_role(chief, Role.BILLER, by=clerk, at=now)
    with pytest.raises(LastAdministrator):
        deactivate(chief, revoked=(), by=clerk, at=now)


def test_a_superuser_is_given_no_role_that_would_change_nothing(chief, now):
    with pytest.raises(NoStaffRole, match="superuser"):
        change_role(UserFactory(is_superuser=True), Role.BILLER, by=chief, at=now)


def test_an_administrator_whose_sign_in_has_ended_does_not_count(chief, clerk, now):
    UserFactory(role=Role.ADMINISTRATOR, is_active=False)

    with pytest.raises(LastAdministrator):
        deactivate(chief, revoked=(), by=clerk, at=now)


def test_one_of_two_administrators_may_go(chief, now):
    other = UserFactory(role=Role.ADMINISTRATOR)

    deactivate(other, revoked=(), by=chief, at=now)

    assert not User.objects.get(pk=other.pk).is_active


def test_who_leaves_is_signed_out_everywhere(chief, clerk, client, now):
    client.force_login(clerk)
    assert client.get("/loads/").status_code == 200

    deactivate(clerk, revoked=(), by=chief, at=now)

    assert client.get("/loads/").status_code == 302


def test_only_the_named_keys_of_who_leaves_are_revoked(chief, clerk, now):
    def key(by, **more):
        return create_key("K", scopes=[Scope.LOADS_READ], by=by, at=now, **more)[0]

    mine, kept = key(clerk.actor), key(clerk.actor)
    foreign = key(chief.actor)
    ended = key(clerk.actor, expires_at=now - timedelta(days=1))

    deactivate(clerk, revoked=(mine, foreign, ended), by=chief, at=now)

    for row in (mine, kept, foreign, ended):
        row.refresh_from_db()
    assert [bool(row.revoked_at) for row in (mine, kept, foreign, ended)] == [
        True, False, False, False,
    ]  # fmt: skip
    assert Event.objects.get(name="key.revoked").reason == "Clerk left."


def test_who_comes_back_has_no_password_and_no_key(chief, clerk, now):
    key, _ = create_key("K", scopes=[Scope.LOADS_READ], by=clerk.actor, at=now)
    deactivate(clerk, revoked=(key,), by=chief, at=now)

    reactivate(clerk, by=chief, at=now)

    back = User.objects.get(pk=clerk.pk)
    key.refresh_from_db()
    assert (back.is_active, back.has_usable_password(), back.last_login) == (True, False, None)
    assert key.revoked_at
    revoke_key(key, by="user:1", at=now, reason="again")
    assert Event.objects.filter(name="key.revoked").count() == 1
