"""A customer's administrator makes and ends its people; nobody else's are touched."""

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from accounts.operations.inviting import (
    AlreadyThere,
    NotInvitable,
    NotRemovable,
    appoint,
    invite_person,
    remove_person,
)
from accounts.rules import Role
from journal.models import Event
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return CustomerFactory()


@pytest.fixture
def lead(customer) -> User:
    person = UserFactory(role=Role.CUSTOMER, customers=(customer,))
    person.memberships.update(is_administrator=True)
    return person


@pytest.fixture
def invited(customer, lead, now):
    return invite_person("New@x.example", name="New", customer=customer, by=lead, at=now)


def test_an_invited_person_belongs_to_the_one_customer_and_has_no_password(invited, customer):
    person = invited.user

    assert person.email == "new@x.example"
    assert person.roles == {Role.CUSTOMER}
    assert person.customer_ids == {customer.pk}
    assert not person.has_usable_password()
    assert not invited.is_administrator


def test_nobody_is_invited_twice(invited, customer, lead, now):
    with pytest.raises(AlreadyThere):
        invite_person("NEW@x.example", name="Again", customer=customer, by=lead, at=now)


@pytest.mark.parametrize("role", Role)
def test_a_living_account_of_anybody_else_is_not_taken_over(role, customer, lead, now):
    taken = UserFactory(role=role)

    with pytest.raises(NotInvitable):
        invite_person(taken.email, name="Mine", customer=customer, by=lead, at=now)


def test_the_closed_account_of_former_staff_is_not_opened(customer, lead, now):
    gone = UserFactory(role=Role.BILLER, is_active=False)

    with pytest.raises(NotInvitable):
        invite_person(gone.email, name="Mine", customer=customer, by=lead, at=now)


def test_removing_closes_the_account_and_inviting_again_starts_anew(invited, customer, lead, now):
    person = invited.user
    person.set_password("kept from before")
    person.save()
    Authenticator.objects.create(user=person, type="totp", data={})

    remove_person(invited, by=lead, at=now)
    person.refresh_from_db()
    assert (person.is_active, person.has_usable_password()) == (False, False)

    again = invite_person(person.email, name="Newer", customer=customer, by=lead, at=now)
    assert again.user.pk == person.pk
    assert (again.user.name, again.user.is_active) == ("Newer", True)
    assert not again.user.has_usable_password()
    assert not Authenticator.objects.filter(user=person).exists()


def test_nobody_removes_oneself(lead, now):
    with pytest.raises(NotRemovable):
        remove_person(lead.memberships.get(), by=lead, at=now)


def test_appointing_is_recorded_once(invited, now):
    for _ in range(2):
        appoint(invited, is_administrator=True, by="user:1", at=now)

    assert invited.user.administered_ids == {invited.customer_id}
    assert Event.objects.filter(name="person.appointed").count() == 1


def test_staff_administer_no_customer():
    assert UserFactory(role=Role.ADMINISTRATOR).administered_ids == frozenset()
