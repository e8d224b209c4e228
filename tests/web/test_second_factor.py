"""A password alone lets nobody in whose role needs more; a lost phone is no end of work."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.operations.resetting import password_path
from accounts.operations.scoping import enter_staff_scope
from accounts.operations.securing import (
    NotOneself,
    NotResettable,
    require_second_factor,
    reset_second_factor,
)
from accounts.rules import Role
from journal.models import Event
from tests.factories import UserFactory
from tests.factories.accounts import PASSWORD
from tests.factories.codes import enrol, factors_of, totp

pytestmark = pytest.mark.django_db
ENROL = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    cache.clear()


@pytest.fixture
def biller() -> User:
    return UserFactory(role=Role.BILLER, name="Rita Solano")


@pytest.fixture
def keeper() -> User:
    return UserFactory(role=Role.ADMINISTRATOR, name="Amir Haddad")


def require(*roles: Role, at: datetime) -> None:
    enter_staff_scope()
    require_second_factor(roles, by="user:1", at=at)


def knock(person: User, browser: Client | None = None) -> Client:
    browser = browser or Client()
    browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    enter_staff_scope()
    return browser


def events(name: str) -> int:
    enter_staff_scope()
    return Event.objects.filter(name=name).count()


def test_nobody_is_asked_unless_a_role_is(biller, now) -> None:
    require(Role.BILLING_MANAGER, at=now)

    assert knock(biller).get("/loads/").status_code == 200


def test_who_must_have_one_is_led_to_enrol_before_anything_else(biller, now) -> None:
    require(Role.BILLER, at=now)
    browser = knock(biller)

    asked = browser.get("/invoices/?view=open")
    swapped = browser.get("/loads/", headers={"HX-Request": "true"})
    posted = browser.post("/exceptions/EX-1/waive/")

    assert asked["Location"] == f"{ENROL}?next=/invoices/%3Fview%3Dopen"
    assert swapped["HX-Redirect"].startswith(ENROL)
    assert posted["Location"] == f"{ENROL}?next=/"
    assert browser.get("/admin/")["Location"].startswith(ENROL)
    assert browser.post("/accounts/logout/").status_code == 302


def test_it_is_enrolled_with_a_code_and_the_recovery_codes_are_shown_once(biller, now) -> None:
    require(Role.BILLER, at=now)
    browser = knock(biller)
    page = browser.get(ENROL).content.decode()
    [secret] = re.findall(r'id="key" value="([A-Z2-7]+)"', page)

    wrong = browser.post(ENROL, {"code": "000000"}).content.decode()
    right = browser.post(ENROL, {"code": totp(secret, now)}, follow=True).content.decode()
    again = browser.get("/accounts/2fa/recovery-codes/").content.decode()

    codes = re.findall(r"<li>(\d{8})</li>", right)
    assert "Your role needs it" in page
    assert "This code is not right" in wrong
    assert len(codes) == 10
    assert "never shown again" in right
    assert "10 of 10" in again
    assert not any(code in again for code in codes)
    assert browser.get("/loads/").status_code == 200
    assert events("person.second_factor_added") == 1


def test_the_secret_lies_in_the_database_encrypted(biller) -> None:
    secret, _ = enrol(biller)

    kept = Authenticator.objects.get(user=biller, type="totp").data["secret"]

    assert secret not in kept


def test_the_password_alone_opens_nothing_once_it_is_on(biller, now) -> None:
    secret, _ = enrol(biller)
    browser = knock(biller)

    assert browser.get("/loads/")["Location"].startswith("/accounts/login/")
    browser.post("/accounts/2fa/authenticate/", {"code": totp(secret, now)})
    assert browser.get("/loads/").status_code == 200
    assert events("person.signed_in") == 1


def test_a_code_opens_once(biller, now) -> None:
    secret, _ = enrol(biller)
    first, second = knock(biller), knock(biller)

    first.post("/accounts/2fa/authenticate/", {"code": totp(secret, now)})
    second.post("/accounts/2fa/authenticate/", {"code": totp(secret, now)})

    assert first.get("/loads/").status_code == 200
    assert second.get("/loads/").status_code == 302


def test_a_recovery_code_opens_once(biller) -> None:
    _, codes = enrol(biller)
    first, second = knock(biller), knock(biller)

    first.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    second.post("/accounts/2fa/authenticate/", {"code": codes[0]})

    assert first.get("/loads/").status_code == 200
    assert second.get("/loads/").status_code == 302


def test_five_wrong_codes_and_even_the_right_one_waits(biller, now) -> None:
    secret, _ = enrol(biller)
    browser = knock(biller)
    for _n in range(5):
        browser.post("/accounts/2fa/authenticate/", {"code": "000000"})

    page = browser.post("/accounts/2fa/authenticate/", {"code": totp(secret, now)})

    assert "Wait 15 minutes" in page.content.decode()
    assert browser.get("/loads/").status_code == 302


def test_a_session_from_before_shows_its_code_when_the_role_asks(biller, now) -> None:
    browser = knock(biller)
    secret, _ = enrol(biller)
    require(Role.BILLER, at=now)

    asked = browser.get("/loads/")
    page = asked["Location"]
    browser.post(page, {"code": totp(secret, now)})

    assert page == "/accounts/2fa/reauthenticate/?next=/loads/"
    assert browser.get("/loads/").status_code == 200


@pytest.mark.parametrize(
    "step", ["recovery-codes/generate/", "recovery-codes/", "totp/deactivate/"]
)
def test_a_session_from_before_changes_no_factor_by_the_password_alone(biller, step: str) -> None:
    old = knock(biller)
    _, codes = enrol(biller)

    posted = old.post(f"/accounts/2fa/{step}")
    seen = old.get(f"/accounts/2fa/{step}")

    shown = "/accounts/2fa/reauthenticate/?next=/settings/security/"
    assert (posted["Location"], seen["Location"]) == (shown, shown)
    assert factors_of(biller) == {"totp", "recovery_codes"}
    kept = Authenticator.objects.get(user=biller, type="recovery_codes").wrap()
    assert kept.get_unused_codes() == codes


def test_a_superuser_shows_what_any_role_must(now) -> None:
    everybody = UserFactory(is_superuser=True, is_staff=True)
    require(Role.ADMINISTRATOR, at=now)

    assert knock(everybody).get("/admin/")["Location"].startswith(ENROL)


def test_a_new_password_by_link_is_no_way_around_the_factor(biller, now) -> None:
    enrol(biller)
    browser = Client()
    form = browser.get(password_path(biller), follow=True)
    told = {"password1": "a long walk to Joliet", "password2": "a long walk to Joliet"}
    browser.post(form.wsgi_request.path, told)
    browser.post("/accounts/login/", {"login": biller.email, "password": told["password1"]})

    assert browser.get("/loads/").status_code == 302


def test_who_came_in_long_ago_gives_the_password_again_before_changing_it(biller, now) -> None:
    browser = knock(biller)

    with time_machine.travel(now + timedelta(minutes=6), tick=False):
        asked = browser.get(ENROL)

    assert asked["Location"].startswith("/accounts/reauthenticate/")


def test_it_can_be_switched_off_unless_the_role_needs_it(biller, now) -> None:
    secret, _ = enrol(biller)
    browser = knock(biller)
    browser.post("/accounts/2fa/authenticate/", {"code": totp(secret, now)})

    require(Role.BILLER, at=now)
    kept = browser.post("/accounts/2fa/totp/deactivate/").content.decode()
    assert "it stays on" in kept
    assert "totp" in factors_of(biller)
    require(at=now)
    browser.post("/accounts/2fa/totp/deactivate/")

    assert factors_of(biller) == set()
    assert events("person.second_factor_removed") == 1


def test_new_recovery_codes_make_the_old_ones_void(biller, now) -> None:
    secret, codes = enrol(biller)
    browser = knock(biller)
    browser.post("/accounts/2fa/authenticate/", {"code": totp(secret, now)})

    page = browser.post("/accounts/2fa/recovery-codes/generate/", follow=True).content.decode()

    assert len(re.findall(r"<li>(\d{8})</li>", page)) == 10
    other = knock(biller)
    other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert other.get("/loads/").status_code == 302
    assert events("person.second_factor_renewed") == 1


def test_a_lost_phone_is_reset_by_an_administrator_who_says_why(biller, keeper, now) -> None:
    enrol(biller)
    elsewhere = knock(biller)
    _, codes = enrol(keeper)
    office = knock(keeper)
    office.post("/accounts/2fa/authenticate/", {"code": codes[0]})

    office.post(f"/settings/sign-in/{biller.pk}/reset/", {"reason": ""})
    assert factors_of(biller) == {"totp", "recovery_codes"}
    office.post(f"/settings/sign-in/{biller.pk}/reset/", {"reason": "Called back, phone lost"})

    assert factors_of(biller) == set()
    enter_staff_scope()
    told = Event.objects.get(name="person.second_factor_reset")
    assert (told.subject_id, told.actor) == (biller.pk, keeper.actor)
    assert told.reason == "Called back, phone lost"
    assert elsewhere.get("/loads/").status_code == 302
    assert knock(biller).get("/loads/").status_code == 200


def test_nobody_resets_their_own(keeper, now) -> None:
    enrol(keeper)

    with pytest.raises(NotOneself, match="Another administrator"):
        reset_second_factor(keeper, by=keeper, at=now, reason="lost")

    assert "totp" in factors_of(keeper)


def test_what_is_not_there_cannot_be_reset(biller, keeper, now) -> None:
    with pytest.raises(NotResettable):
        reset_second_factor(biller, by=keeper, at=now, reason="lost")


def test_the_last_administrator_is_helped_from_the_machines_own_console(keeper, capsys) -> None:
    enrol(keeper)

    call_command("reset_second_factor", keeper.email, reason="Phone in the lake")

    assert factors_of(keeper) == set()
    told = Event.objects.get(name="person.second_factor_reset")
    assert (told.actor, told.reason) == ("system:console", "Phone in the lake")


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.BILLER, Role.BILLING_MANAGER])
def test_only_administrators_say_who_needs_it(desk: Callable[..., Client], role: Role) -> None:
    assert desk(role).get("/settings/sign-in/").status_code == 403
    assert desk(role).post("/settings/sign-in/", {"roles": []}).status_code == 403


def test_what_an_administrator_requires_holds_from_the_next_click(biller, keeper) -> None:
    browser, office = knock(biller), knock(keeper)
    assert browser.get("/loads/").status_code == 200

    office.post("/settings/sign-in/", {"roles": ["biller"]})

    assert browser.get("/loads/")["Location"].startswith(ENROL)
    enter_staff_scope()
    told = Event.objects.get(name="role.second_factor")
    assert (told.reason, told.new) == ("biller", {"requires_second_factor": True})


def test_a_customers_role_cannot_be_asked(now) -> None:
    with pytest.raises(ValueError, match="Only staff"):
        require(Role.CUSTOMER, at=now)


def test_a_session_that_showed_its_factor_costs_no_query_more(
    biller, now, django_assert_num_queries
) -> None:
    plain = knock(biller)
    with CaptureQueriesContext(connection) as before:
        plain.get("/settings/notifications/")
    as_before = len(before)
    secret, _ = enrol(biller)
    require(Role.BILLER, at=now)
    shown = knock(biller)
    shown.post("/accounts/2fa/authenticate/", {"code": totp(secret, now)})

    with django_assert_num_queries(as_before):
        shown.get("/settings/notifications/")


def test_the_page_of_sign_ins_asks_a_fixed_number_of_times(
    keeper, django_assert_num_queries
) -> None:
    office = knock(keeper)
    with CaptureQueriesContext(connection) as few:
        office.get("/settings/sign-in/")
    for _n in range(5):
        enrol(UserFactory(role=Role.DISPATCHER))

    with django_assert_num_queries(len(few)):
        page = office.get("/settings/sign-in/").content.decode()
    assert page.count(">Reset</button>") == 5
