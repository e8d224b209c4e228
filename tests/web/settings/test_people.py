"""The carrier's people: invited, given a role, ended, and never the last administrator."""

import pytest

from accounts.models import User
from accounts.operations.keying import create_key
from accounts.rules import APPROVING_ROLES, STAFF_ROLES, Role, Scope
from accounts.rules.duties import DUTIES
from tests.factories import UserFactory
from tests.factories.doors import sign_in
from tests.web.settings.browsing import form_values, save
from web.desk.settings.duties import desk_doors, duty_rows

pytestmark = pytest.mark.django_db

LIST = "/settings/people/"


@pytest.fixture
def clerk() -> User:
    return UserFactory(role=Role.BILLER, name="Rita Solano")


def test_an_invited_person_chooses_a_password_by_the_link_and_works(keeper, client):
    answer = keeper.post(
        f"{LIST}invite/", {"name": "Nora", "email": "nora@x.example", "role": "biller"}
    )

    link = answer.context["link"]
    page = client.get(link, follow=True)
    client.post(
        page.redirect_chain[-1][0], {"password1": "plum-Torch-91", "password2": "plum-Torch-91"}
    )
    nora = User.objects.get(email="nora@x.example")
    assert link in answer.content.decode()
    assert nora.check_password("plum-Torch-91")
    assert sign_in(nora).get("/workbench/").status_code == 200


def test_a_taken_address_is_refused_and_what_was_typed_stays(keeper, clerk):
    answer = keeper.post(
        f"{LIST}invite/", {"name": "Typed Name", "email": clerk.email, "role": "biller"}
    )

    assert answer.status_code == 422
    assert "signs in as" in answer.content.decode()
    assert 'value="Typed Name"' in answer.content.decode()


def test_a_role_counts_from_the_next_page_on(keeper, clerk):
    browser = sign_in(clerk)
    assert browser.get("/settings/customers/").status_code == 403

    save(keeper, f"{LIST}{clerk.pk}/", "role-form", f"{LIST}{clerk.pk}/role/",
         role="billing manager")  # fmt: skip

    assert browser.get("/settings/customers/").status_code == 200
    page = keeper.get(f"{LIST}{clerk.pk}/").content.decode()
    assert "<del>biller</del> <ins>billing manager</ins>" in page


def test_nobody_raises_the_own_role_nor_anybody_without_the_right(chief, keeper, clerk, desk):
    own = f"{LIST}{chief.pk}/"

    refused = keeper.post(f"{own}role/", {"role": "dispatcher"})
    by_clerk = sign_in(clerk).post(f"{LIST}{clerk.pk}/role/", {"role": "administrator"})
    by_manager = desk(Role.BILLING_MANAGER).post(
        f"{LIST}{clerk.pk}/role/", {"role": "administrator"}
    )

    assert "another administrator does" in keeper.get(own).content.decode()
    assert (refused.status_code, by_clerk.status_code, by_manager.status_code) == (403, 403, 403)
    assert User.objects.get(pk=clerk.pk).roles == {Role.BILLER}


def test_the_last_administrator_cannot_be_made_something_else(keeper, chief):
    other = UserFactory(role=Role.ADMINISTRATOR, name="Other")
    browser = sign_in(other)
    save(keeper, f"{LIST}{other.pk}/", "role-form", f"{LIST}{other.pk}/role/", role="biller")

    answer = browser.post(f"{LIST}{chief.pk}/role/", {"role": "biller"})

    assert answer.status_code == 403
    assert User.objects.get(pk=chief.pk).roles == {Role.ADMINISTRATOR}


def test_an_ended_sign_in_ends_everywhere_with_the_keys_that_are_ticked(keeper, clerk, now):
    browser = sign_in(clerk)
    keys = [
        create_key(name, scopes=[Scope.LOADS_READ], by=clerk.actor, at=now)[0]
        for name in ("Board wall", "Old script")
    ]
    page = f"{LIST}{clerk.pk}/"
    ticked = form_values(keeper.get(page).content, "end-form")["keys"]

    keeper.post(f"{page}end/", {"keys": [str(keys[1].pk)]})

    for key in keys:
        key.refresh_from_db()
    assert sorted(ticked) == sorted(str(key.pk) for key in keys)
    assert [bool(key.revoked_at) for key in keys] == [False, True]
    assert browser.get("/loads/").status_code == 302
    assert "Ended" in keeper.get(LIST).content.decode()


def test_who_comes_back_gets_a_link(keeper, clerk):
    page = f"{LIST}{clerk.pk}/"
    keeper.post(f"{page}end/")

    answer = keeper.post(f"{page}open/")

    assert "/accounts/password/reset/key/" in answer.context["link"]
    assert keeper.post(f"{page}link/").context["link"]


def test_who_has_signed_in_needs_no_link(keeper, clerk):
    sign_in(clerk)

    assert keeper.post(f"{LIST}{clerk.pk}/link/").status_code == 302


def test_a_customers_person_is_not_kept_here(keeper, shipper):
    assert keeper.get(f"{LIST}{shipper.pk}/").status_code == 404
    assert shipper.name not in keeper.get(LIST).content.decode()


def test_a_list_of_staff_costs_the_same_however_many(keeper, django_assert_num_queries):
    with django_assert_num_queries(9):
        keeper.get(LIST)
    for _ in range(5):
        UserFactory(role=Role.BILLER)

    with django_assert_num_queries(9):
        keeper.get(LIST)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {Role.ADMINISTRATOR}))
@pytest.mark.parametrize("address", ["people/", "keys/"])
def test_only_administrators_keep_people_and_keys(desk, role, address):
    answer = desk(role).get(f"/settings/{address}")

    assert answer.status_code == 403
    assert b"administrator" in answer.content


def test_every_door_of_the_desk_is_told_of_in_the_table():
    told = {duty.roles for duty in DUTIES}
    undescribed = [door.__name__ for door in desk_doors() if not (door.__doc__ or "").strip()]

    assert {door.roles for door in desk_doors()} <= told
    assert undescribed == []


def test_the_table_says_what_the_doors_do(desk):
    page = desk(Role.DISPATCHER).get("/settings/roles/").content.decode()
    row = next(row for row in duty_rows() if "Decide on money" in row.words)

    assert row.may == tuple(
        role in APPROVING_ROLES
        for role in (Role.DISPATCHER, Role.BILLER, Role.BILLING_MANAGER, Role.ADMINISTRATOR)
    )
    assert "Put a draft in force; the loads that wait are looked at again." in row.pages
    assert "Put a draft in force; the loads that wait are looked at again." in page
