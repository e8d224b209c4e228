"""The command palette: where one may go, by how it begins, as the options of a listbox."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.rules import Role
from dispatch.models import Reference
from exceptions.operations.opening import open_case
from rating.models import RateCard
from tests.factories import CustomerFactory, UserFactory
from tests.factories.doors import sign_in
from web.desk import navigation
from web.desk.navigation import Place

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def options(client: Client, text: str = "") -> list[tuple[str, str]]:
    """Return address and words of each option."""
    page = client.get("/search/", {"q": text}, headers=HTMX).content.decode()
    found = re.findall(r'role="option".*?href="([^"]*)".*?<span>([^<]*)</span>', page, re.DOTALL)
    return [(href, words) for href, words in found]


def test_without_words_every_page_one_may_open_is_offered(desk) -> None:
    hrefs = [href for href, _ in options(desk())]

    assert {"/board/", "/exceptions/", "/workbench/", "/settings/me/"} <= set(hrefs)


def test_a_page_is_found_by_any_of_its_words(desk) -> None:
    assert ("/fuel/", "Fuel tables") in options(desk(), "tab")
    assert "/board/" not in [href for href, _ in options(desk(), "oar")]


def test_records_are_found_by_their_numbers(desk, issued, now) -> None:
    invoice = issued(number="550001")
    load = invoice.lines.first().load
    case = open_case("pod_missing", subject_key="x", by="rule:x", at=now, load=load)
    Reference.objects.create(
        load=load, customer=load.customer, kind="PO", value="45-77", value_key="4577"
    )
    browser = desk()

    assert (f"/loads/{load.number}/", load.number) in options(browser, "4577")
    assert (f"/invoices/{invoice.number}/", invoice.number) in options(browser, invoice.number[:9])
    assert (f"/exceptions/{case.number}/", case.number) in options(browser, case.number.lower())
    assert options(browser, load.customer.name[:6])


def test_a_rate_card_is_found_by_a_word_of_its_name(desk, carrier) -> None:
    card = RateCard.objects.get()
    word = card.name.split()[-1]

    assert (f"/rate-cards/{card.pk}/", card.name) in options(desk(), word)


def test_the_last_option_is_the_whole_search(desk) -> None:
    assert options(desk(), "zzz") == [("/search/?q=zzz", "Search for “zzz”")]


def test_words_stay_words(desk) -> None:
    page = desk().get("/search/", {"q": "<b>"}, headers=HTMX).content.decode()

    assert "<b>" not in page


def test_a_page_for_some_roles_is_offered_to_nobody_else(
    desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = Place("Secrets", "desk:integrations", "lock", "", (Role.ADMINISTRATOR,))
    monkeypatch.setitem(navigation.PLACES, "Platform", (secret,))

    assert "Secrets" not in [words for _, words in options(desk(Role.BILLER), "sec")]
    assert "Secrets" in [words for _, words in options(desk(Role.ADMINISTRATOR), "sec")]


def test_a_customer_gets_no_palette(shipper: User) -> None:
    browser = sign_in(shipper)

    assert browser.get("/search/", headers=HTMX).status_code == 403
    assert 'id="palette"' not in browser.get("/portal/").content.decode()


def test_the_number_of_queries_is_fixed(issued) -> None:
    browser = sign_in(UserFactory(role=Role.BILLER))
    customer = CustomerFactory(name="Prairie Foods Co.")
    issued(customer, number="550000")
    with CaptureQueriesContext(connection) as few:
        options(browser, "prai")
    for number in ("550001", "550002", "550003"):
        issued(customer, number=number)
    with CaptureQueriesContext(connection) as many:
        found = options(browser, "prai")

    assert len(found) > 6
    assert (len(few), len(many)) == (16, 16)
