"""What one is told is one's own to choose: on a page, or by the link in a letter."""

import pytest
from django.test import Client

from accounts.models import NoticePreference, User
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Role
from accounts.rules.notices import DAILY_LETTER, Cadence, Topic, mute_token
from journal.models import Event
from tests.factories import UserFactory
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db
PAGE = "/settings/notifications/"


def said(person: User) -> dict[str, str]:
    return dict(NoticePreference.objects.filter(person=person).values_list("topic", "cadence"))


def test_a_customer_chooses_about_invoices_and_papers_in_the_portal(shipper) -> None:
    browser = sign_in(shipper)

    page = browser.get(PAGE).content.decode()
    browser.post(PAGE, {"invoice_issued": "DAILY", "pod_available": "DAILY"})

    assert "New invoice or credit note" in page
    assert "Exception overdue" not in page
    assert said(shipper) == {"invoice_issued": "DAILY"}
    enter_staff_scope()
    told = Event.objects.get(name="person.notices_chosen")
    assert (told.old, told.new) == ({"invoice_issued": "NOW"}, {"invoice_issued": "DAILY"})


def test_staff_choose_about_their_cases_and_administrators_about_locks(desk) -> None:
    biller, keeper = desk(Role.BILLER), desk(Role.ADMINISTRATOR)

    assert "Exception overdue" in biller.get(PAGE).content.decode()
    assert "Sign-in locked" not in biller.get(PAGE).content.decode()
    assert "Sign-in locked" in keeper.get(PAGE).content.decode()


def test_what_is_no_choice_is_refused_and_what_is_not_ones_own_is_not_written(shipper) -> None:
    browser = sign_in(shipper)

    refused = browser.post(PAGE, {"invoice_issued": "HOURLY", "pod_available": "NOW"})
    browser.post(PAGE, {"invoice_issued": "NOW", "pod_available": "DAILY", "case_overdue": "OFF"})

    assert refused.status_code == 422
    assert said(shipper) == {}


def test_the_pages_are_in_the_menu_of_the_own_name(desk, shipper) -> None:
    for browser in (desk(), sign_in(shipper)):
        page = browser.get("/settings/me/").content.decode()
        assert f'href="{PAGE}"' in page
        assert 'href="/settings/security/"' in page


def test_the_link_in_a_letter_asks_first_and_ends_that_kind_alone(shipper) -> None:
    address = f"/mail/off/{mute_token(shipper.pk, Topic.INVOICE_ISSUED)}/"

    asked = Client().get(address).content.decode()
    assert "No more of these?" in asked
    assert said(shipper) == {}
    done = Client().post(address).content.decode()

    assert "Done: no more of these" in done
    assert said(shipper) == {"invoice_issued": "OFF"}


def test_a_mail_programs_own_button_needs_no_token_of_ours(shipper) -> None:
    address = f"/mail/off/{mute_token(shipper.pk, Topic.INVOICE_ISSUED)}/"
    mailer = Client(enforce_csrf_checks=True)

    answer = mailer.post(address, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert said(shipper) == {"invoice_issued": "OFF"}


def test_the_daily_letters_link_ends_all_that_comes_daily(shipper) -> None:
    Client().post(f"/mail/off/{mute_token(shipper.pk, DAILY_LETTER)}/")

    assert said(shipper) == {"pod_available": Cadence.OFF}


@pytest.mark.parametrize("token", ["x", "W10:1:2", "a:b:c"])
def test_a_forged_link_is_not_there(client: Client, token: str) -> None:
    assert client.post(f"/mail/off/{token}/").status_code == 404


def test_a_link_of_somebody_who_left_is_not_there(client: Client) -> None:
    person = UserFactory(is_active=False)

    answer = client.post(f"/mail/off/{mute_token(person.pk, Topic.CASE_OVERDUE)}/")

    assert answer.status_code == 404


def test_the_page_asks_a_fixed_number_of_times(shipper, django_assert_num_queries) -> None:
    browser = sign_in(shipper)

    # session, person, roles, customers, preferences, the head and its company
    with django_assert_num_queries(10):
        browser.get(PAGE)
