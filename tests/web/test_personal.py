"""What people prefer for themselves, each with its effect."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from tests.factories import UserFactory
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db

CHOSEN = {
    "timezone": "America/New_York",
    "locale": "en_GB",
    "theme": "dark",
    "density": "comfortable",
    "landing": "desk:invoices",
    "has_single_keys": "on",
}


@pytest.fixture
def biller(db: None) -> User:
    return UserFactory(role=Role.BILLER)


def prefer(client: Client, **changed: str) -> str:
    """Save preferences and return the page that shows them."""
    answer = client.post("/settings/me/", {**CHOSEN, **changed}, follow=True)
    assert answer.redirect_chain == [("/settings/me/", 302)], answer.content
    return answer.content.decode()


def test_theme_and_rows_are_written_into_every_page(biller: User) -> None:
    client = sign_in(biller)
    prefer(client)

    page = client.get("/loads/").content.decode()

    assert 'data-theme="dark"' in page
    assert 'data-density="comfortable"' in page


def test_a_switch_on_a_device_counts_until_preferences_are_saved(biller: User) -> None:
    client = sign_in(biller)
    client.cookies["theme"] = "light"
    prefer(client, theme="dark")

    assert client.cookies["theme"].value == ""
    client.cookies["theme"] = "light"
    assert 'data-theme="light"' in client.get("/loads/").content.decode()


def test_times_move_to_the_zone_that_was_chosen(biller: User) -> None:
    client = sign_in(biller)

    assert "15:20 ET" in prefer(client, timezone="America/New_York")
    assert "13:20 MT" in prefer(client, timezone="America/Denver")


def test_dates_follow_the_manner_that_was_chosen(biller: User) -> None:
    client = sign_in(biller)

    assert "Thu Nov 19, 14:20 CT" in prefer(client, locale="en_US", timezone="America/Chicago")
    assert "Thu 19 Nov, 14:20 CT" in prefer(client, locale="en_GB", timezone="America/Chicago")


def test_the_first_page_is_the_chosen_one(biller: User) -> None:
    client = sign_in(biller)
    assert client.get("/")["Location"] == "/loads/"

    prefer(client)

    assert client.get("/")["Location"] == "/invoices/"


def test_a_first_page_that_is_not_open_any_more_counts_for_nothing(biller: User) -> None:
    biller.landing = "portal:people"
    biller.save()

    assert sign_in(biller).get("/")["Location"] == "/loads/"


def test_switched_off_keys_are_off_on_every_page(biller: User) -> None:
    client = sign_in(biller)
    assert 'data-keys="off"' not in client.get("/loads/").content.decode()

    client.post("/settings/me/keys/", {})
    assert 'data-keys="off"' in client.get("/loads/").content.decode()

    client.post("/settings/me/keys/", {"has_single_keys": "on"})
    assert 'data-keys="off"' not in client.get("/loads/").content.decode()


@pytest.mark.parametrize("field", ["timezone", "locale", "theme", "density", "landing"])
def test_what_cannot_be_chosen_is_refused_at_its_field(biller: User, field: str) -> None:
    answer = sign_in(biller).post("/settings/me/", {**CHOSEN, field: "../etc"})

    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()


def test_a_customers_person_has_preferences_in_the_portal(shipper: User) -> None:
    client = sign_in(shipper)

    page = prefer(client, landing="portal:shipments")

    assert 'class="portal"' in page
    assert "/loads/" not in page
    assert client.get("/")["Location"] == "/portal/shipments/"


def test_a_customers_person_cannot_begin_at_the_desk(shipper: User) -> None:
    answer = sign_in(shipper).post("/settings/me/", CHOSEN)

    assert answer.status_code == 422


def test_settings_open_at_the_first_page_one_may_open(biller: User) -> None:
    client = sign_in(biller)

    assert client.get("/settings/")["Location"] == "/settings/me/"
    assert 'aria-label="Settings"' in client.get("/settings/me/").content.decode()
