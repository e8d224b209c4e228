"""The search in the head goes straight to the one hit."""

import pytest

from tests.factories import CustomerFactory, LoadFactory

pytestmark = pytest.mark.django_db


def test_one_hit_is_opened_at_once(desk) -> None:
    LoadFactory(number="104882")
    LoadFactory(number="104999")

    assert desk().get("/search/", {"q": "104882"}).url == "/loads/104882/"


def test_an_invoice_and_its_load_are_both_shown(desk, issued) -> None:
    invoice = issued(number="550001")

    page = desk().get("/search/", {"q": "550001"}).content.decode()

    assert "/loads/550001/" in page
    assert f"/invoices/{invoice.number}/" in page


def test_several_hits_are_listed_by_kind(desk) -> None:
    customer = CustomerFactory(name="Prairie Foods Co.")
    load = LoadFactory(customer=customer)

    page = desk().get("/search/", {"q": "prai"}).content.decode()

    assert load.number in page
    assert f"/loads/?customer={customer.pk}" in page


def test_no_hit_says_how_names_are_matched(desk) -> None:
    page = desk().get("/search/", {"q": "<zzz>"}).content.decode()

    assert "Nothing starts with “&lt;zzz&gt;”" in page


@pytest.mark.parametrize("words", ["%00", "x" * 61])
def test_words_that_cannot_be_read_are_a_bad_request(desk, words: str) -> None:
    assert desk().get(f"/search/?q={words}").status_code == 400


def test_no_words_are_an_invitation(desk) -> None:
    assert "Type the beginning" in desk().get("/search/").content.decode()
