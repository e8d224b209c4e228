import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.operations.enrolling import create_customer, create_person
from accounts.rules import Role
from journal.models import Event
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [r for r in Role if r != Role.CUSTOMER])
def test_staff_of_every_role_see_all_customers(role):
    person = UserFactory(role=role)
    assert person.customer_ids is None
    assert person.is_desk


def test_a_customers_person_sees_its_own_customers_only():
    own, other = CustomerFactory(), CustomerFactory()
    CustomerFactory()
    person = UserFactory(role=Role.CUSTOMER, customers=[own, other])
    assert person.customer_ids == {own.pk, other.pk}
    assert not person.is_desk


def test_a_person_in_no_group_and_no_customer_sees_nothing():
    person = User.objects.create_user("new@lading.example", name="New")
    assert person.customer_ids == frozenset()


def test_who_has_left_sees_nothing_whatever_the_role():
    gone = UserFactory(role=Role.ADMINISTRATOR, is_active=False)
    assert gone.customer_ids == frozenset()


def test_a_role_is_had_by_being_in_its_group():
    biller = UserFactory(role=Role.BILLER)
    assert biller.has_role(Role.BILLER, Role.ADMINISTRATOR)
    assert not biller.has_role(Role.ADMINISTRATOR)
    assert User.objects.create_superuser("root@x.example", "x", name="Root").has_role(Role.BILLER)


def test_an_address_is_one_person_in_any_case():
    UserFactory(email="Dana@Lading.example")
    assert User.objects.get_by_natural_key("DANA@lading.example").email == "dana@lading.example"
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email="DANA@LADING.EXAMPLE", name="Other").save()


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Dana Whitfield", "DW"), ("Rita", "R"), ("", "N"), ("Ana Maria de Souza", "AS")],
)
def test_initials_are_those_of_first_and_last_name(name, initials):
    assert User(name=name, email="new@x.example").initials == initials


def test_making_people_and_customers_is_told_to_the_journal(now):
    customer = create_customer(
        "PRFD-0042", name="Prairie Foods Inc.", by="user:1", at=now, bill_to_lines="Joliet",
        email="ap@prairie.example",
    )  # fmt: skip
    person = create_person(
        "ap@prairie.example", name="Ann Park", role=Role.CUSTOMER, by="user:1", at=now,
        customers=(customer,),
    )  # fmt: skip
    assert customer.bill_to_name == "Prairie Foods Inc."
    assert person.customer_ids == frozenset({customer.pk})
    assert list(Event.objects.order_by("id").values_list("name", "subject_id", "customer_id")) == [
        ("customer.created", customer.pk, customer.pk),
        ("person.created", person.pk, None),
    ]
    assert not person.has_usable_password()
