"""A customer's administrator says who works for the company; who is removed is out at once."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Membership, User
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Role
from journal.models import Event
from tests.factories import CustomerFactory, UserFactory
from tests.factories.accounts import PASSWORD as FIRST_PASSWORD
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db

PASSWORD = "a long walk to Joliet"
NEW = {"name": "Bo Lindqvist", "email": "Bo@Prairie.example"}


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    """Forget earlier sign-ins: tries are counted in the cache."""
    cache.clear()


@pytest.fixture
def lead(shipper: User) -> User:
    """The customer's administrator."""
    shipper.memberships.update(is_administrator=True)
    return shipper


@pytest.fixture
def office(lead: User) -> Client:
    """The administrator's browser."""
    return sign_in(lead)


@pytest.fixture
def colleague(customer) -> User:
    """Somebody else of the same company."""
    return UserFactory(role=Role.CUSTOMER, customers=(customer,), name="Carla Ruiz")


def invite(browser: Client, customer, **more: str):
    return browser.post("/portal/people/invite/", {**NEW, "customer": customer.pk, **more})


def link_in(page: str) -> str:
    [path] = re.findall(r"http://[^/]+(/accounts/password/reset/key/[^\"]+)", page)
    return str(path)


def choose_password(path: str) -> Client:
    visitor = Client(SERVER_NAME="localhost")
    form = visitor.get(path, follow=True)
    visitor.post(form.wsgi_request.path, {"password1": PASSWORD, "password2": PASSWORD})
    return visitor


def knock(email: str, password: str = FIRST_PASSWORD) -> Client:
    visitor = Client(SERVER_NAME="localhost")
    visitor.post("/accounts/login/", {"login": email, "password": password})
    return visitor


def test_an_invited_person_chooses_a_password_by_the_copied_link_and_comes_in(
    office, customer
) -> None:
    page = invite(office, customer)

    choose_password(link_in(page.content.decode()))

    person = User.objects.get(email="bo@prairie.example")
    assert person.customer_ids == frozenset({customer.pk})
    assert person.administered_ids == frozenset()
    assert knock(person.email, PASSWORD).get("/portal/").status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert Event.objects.get(name="person.invited").customer_id == customer.pk


def test_the_link_works_once(office, customer) -> None:
    path = link_in(invite(office, customer).content.decode())
    choose_password(path)

    again = Client(SERVER_NAME="localhost").get(path, follow=True).content.decode()

    assert "This link has run out" in again


def test_who_has_signed_in_gets_no_link_from_anybody_else(office, colleague) -> None:
    membership = colleague.memberships.get()
    sign_in(colleague)

    page = office.post(f"/portal/people/{membership.pk}/link/", follow=True).content.decode()

    assert "has signed in already" in page
    assert "/accounts/password/reset/key/" not in page


def test_who_works_for_another_company_too_gets_no_link_from_this_one(office, customer) -> None:
    both = UserFactory(role=Role.CUSTOMER, customers=(customer, CustomerFactory()))
    membership = Membership.objects.get(user=both, customer=customer)

    page = office.post(f"/portal/people/{membership.pk}/link/", follow=True).content.decode()

    assert "/accounts/password/reset/key/" not in page
    assert "we send it ourselves" in page


def test_a_removed_person_is_out_at_the_next_click_and_cannot_come_in_again(
    office, colleague
) -> None:
    browser, membership = knock(colleague.email), colleague.memberships.get()
    assert browser.get("/portal/").status_code == 200

    office.post(f"/portal/people/{membership.pk}/remove/")

    assert browser.get("/portal/").status_code == 302
    assert knock(colleague.email).get("/portal/").status_code == 302
    assert not Membership.objects.filter(pk=membership.pk).exists()
    enter_staff_scope()
    assert Event.objects.get(name="person.removed").old == {"email": colleague.email}


def test_an_open_link_dies_with_the_removal(office, customer) -> None:
    path = link_in(invite(office, customer).content.decode())
    membership = Membership.objects.get(user__email="bo@prairie.example")

    office.post(f"/portal/people/{membership.pk}/remove/")

    assert (
        "This link has run out"
        in Client(SERVER_NAME="localhost").get(path, follow=True).content.decode()
    )


def test_who_works_for_two_companies_keeps_the_other(office, customer) -> None:
    other = CustomerFactory()
    person = UserFactory(role=Role.CUSTOMER, customers=(customer, other))
    browser = sign_in(person)

    office.post(f"/portal/people/{person.memberships.get(customer=customer).pk}/remove/")

    assert browser.get("/portal/").status_code == 200
    assert User.objects.get(pk=person.pk).customer_ids == frozenset({other.pk})


def test_who_was_removed_can_be_invited_anew_and_the_old_password_is_gone(
    office, customer, colleague
) -> None:
    office.post(f"/portal/people/{colleague.memberships.get().pk}/remove/")

    page = invite(office, customer, email=colleague.email).content.decode()

    assert link_in(page)
    assert knock(colleague.email).get("/portal/").status_code == 302


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.BILLER])
def test_the_address_of_another_company_or_of_staff_is_refused_without_a_reason(
    office, customer, role
) -> None:
    customers = (CustomerFactory(),) if role == Role.CUSTOMER else ()
    taken = UserFactory(role=role, customers=customers)

    answer = invite(office, customer, email=taken.email)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This address cannot be invited here" in page
    assert "/accounts/password/reset/key/" not in page
    assert taken.memberships.count() == len(customers)


def test_a_company_that_one_does_not_administer_cannot_be_invited_to(office) -> None:
    answer = invite(office, CustomerFactory())

    assert answer.status_code == 422
    assert not User.objects.filter(email="bo@prairie.example").exists()


def test_nobody_removes_oneself(office, lead) -> None:
    page = office.post(f"/portal/people/{lead.memberships.get().pk}/remove/", follow=True)

    assert "cannot remove yourself" in page.content.decode()
    assert lead.memberships.exists()


def test_a_person_who_is_no_administrator_has_no_such_page(colleague, customer) -> None:
    browser = sign_in(colleague)

    assert browser.get("/portal/people/").status_code == 403
    assert invite(browser, customer).status_code == 403
    assert "/portal/people/" not in browser.get("/portal/").content.decode()


def test_the_list_shows_the_own_company_only(office, colleague, stranger) -> None:
    page = office.get("/portal/people/").content.decode()

    assert colleague.email in page
    assert stranger.email not in page
