"""Customers and their terms: every change is told of, and never over an unseen one."""

from functools import partial
from typing import Any

import pytest

from accounts.models import Customer, TaxProfile
from journal.models import Event
from tests.factories import CustomerFactory
from tests.web.settings.browsing import form_values, save
from web.lists.keyset import paginate

pytestmark = pytest.mark.django_db

PAGE = "/settings/customers/PRFD-0042/"


def test_the_list_finds_the_start_of_a_name_or_code_and_turns_its_pages(managing, monkeypatch):
    for n in range(5):
        CustomerFactory(name=f"Prairie {n}", code=f"PRFD-{n}")
    CustomerFactory(name="Lakeshore", code="LKSH-1", status="ON_HOLD")
    monkeypatch.setattr("web.desk.settings.customers.paginate", partial(paginate, size=3))

    first = managing.get("/settings/customers/", {"q": "prai"})
    address = first.context["next_href"]
    second = managing.get(address)
    held = managing.get("/settings/customers/", {"status": "ON_HOLD"})

    assert [c.name for c in first.context["page"].rows] == ["Prairie 0", "Prairie 1", "Prairie 2"]
    assert [c.name for c in second.context["page"].rows] == ["Prairie 3", "Prairie 4"]
    assert [c.code for c in held.context["page"].rows] == ["LKSH-1"]
    assert managing.get("/settings/customers/?q=zzz").content.count(b"No customer matches") == 1


def test_a_page_of_customers_costs_the_same_however_full(managing, django_assert_num_queries):
    CustomerFactory()
    managing.get("/settings/customers/")
    with django_assert_num_queries(8):
        managing.get("/settings/customers/")
    for _ in range(10):
        CustomerFactory()

    with django_assert_num_queries(8):
        managing.get("/settings/customers/")


def test_a_customers_page_costs_the_same_whatever_its_history(
    managing, customer, django_assert_num_queries
):
    for days in range(31, 34):
        save(managing, PAGE, "terms-form", f"{PAGE}terms/", terms_days=days)
    with django_assert_num_queries(14):
        managing.get(PAGE)
    for days in range(34, 40):
        save(managing, PAGE, "terms-form", f"{PAGE}terms/", terms_days=days)

    with django_assert_num_queries(14):
        managing.get(PAGE)


def test_a_change_is_written_and_stands_in_the_history(managing, manager, customer):
    answer = save(managing, PAGE, "terms-form", f"{PAGE}terms/", terms_days=45, status="ON_HOLD")

    customer.refresh_from_db()
    told = Event.objects.get(name="customer.changed")
    page = managing.get(PAGE).content.decode()
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert (customer.terms_days, customer.status) == (45, "ON_HOLD")
    assert (told.actor, told.old) == (manager.actor, {"status": "ACTIVE", "terms_days": 30})
    assert "Terms, days <del>30</del> <ins>45</ins>" in page
    assert "Status <del>Active</del> <ins>On hold</ins>" in page


def test_saving_what_stands_changes_nothing(managing, customer):
    save(managing, PAGE, "terms-form", f"{PAGE}terms/")

    assert not Event.objects.filter(name="customer.changed").exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("terms_days", "-1", "greater than or equal to 0"),
        ("terms_days", "366", "less than or equal to 365"),
        ("currency", "XXQ", "Not a currency"),
        ("country", "QX", "Not a country code"),
        ("email", "nobody", "valid email"),
        ("timezone", "Mars/Olympus", "valid choice"),
        ("name", "", "required"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    managing, customer, field, value, words
):
    answer = save(
        managing, PAGE, "terms-form", f"{PAGE}terms/", bill_to_name="Typed", **{field: value}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Typed"' in page
    assert not Event.objects.filter(name="customer.changed").exists()


def test_a_second_clerk_sees_who_changed_it_and_loses_nothing(managing, keeper, customer):
    opened = form_values(managing.get(PAGE).content, "terms-form")
    save(keeper, PAGE, "terms-form", f"{PAGE}terms/", terms_days=60)

    refused = managing.post(f"{PAGE}terms/", opened | {"terms_days": 45})
    again = managing.post(f"{PAGE}terms/", form_values(refused.content, "terms-form"))

    customer.refresh_from_db()
    assert refused.status_code == 409
    assert "Changed by Ada Chief at" in refused.content.decode()
    assert again.status_code == 302
    assert customer.terms_days == 45


def test_a_new_customer_is_made_with_its_terms_and_its_code_once(managing):
    told: dict[str, Any] = {
        "code": "BLUE-0001", "name": "Blue River", "bill_to_name": "Blue River Inc.",
        "bill_to_lines": "1 Main St\n\nJoliet, IL", "email": "ap@blue.example", "terms_days": 14,
    }  # fmt: skip
    address = "/settings/customers/new/"

    made = save(managing, address, "customer-form", **told)
    twice = save(managing, address, "customer-form", **told)

    customer = Customer.objects.get()
    assert made["Location"] == "/settings/customers/BLUE-0001/"
    assert (customer.terms_days, customer.bill_to_lines) == (14, "1 Main St\nJoliet, IL")
    assert twice.status_code == 422
    assert "Another customer has this code" in twice.content.decode()


def test_a_tax_profile_is_kept_with_the_answer_of_vies(managing, customer):
    save(
        managing, PAGE, "tax-form", f"{PAGE}tax/", country="be", vat_id="BE 0123", is_business="on",
        vat_check="VALID", vat_check_reference="WAPI-1",
    )  # fmt: skip

    profile = TaxProfile.objects.get()
    assert (profile.country, profile.vat_id, profile.vat_check) == ("BE", "BE0123", "VALID")
    page = managing.get(PAGE).content.decode()
    assert "Consultation number <del>None</del> <ins>WAPI-1</ins>" in page


def test_another_vat_id_is_unchecked_again(managing, customer):
    told = {"country": "BE", "vat_id": "BE1", "vat_check": "VALID", "vat_check_reference": "W"}
    save(managing, PAGE, "tax-form", f"{PAGE}tax/", **told)

    save(managing, PAGE, "tax-form", f"{PAGE}tax/", vat_id="BE2")

    profile = TaxProfile.objects.get()
    assert (profile.vat_id, profile.vat_check, profile.vat_checked_at) == ("BE2", "", None)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"country": "BE", "vat_id": "NL1"}, "begins with BE"),
        ({"country": "BE", "vat_check": "VALID"}, "no VAT id that VIES could know"),
        ({"country": "", "vat_id": "NL1"}, "required"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(managing, customer, told, words):
    answer = save(managing, PAGE, "tax-form", f"{PAGE}tax/", **told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not TaxProfile.objects.exists()


@pytest.mark.parametrize("address", ["customers/", "customers/new/", "customers/PRFD-0042/"])
def test_dispatchers_and_billers_keep_no_terms(desk, customer, address):
    for role in ("dispatcher", "biller"):
        answer = desk(role).get(f"/settings/{address}")
        assert answer.status_code == 403
        assert b"billing manager" in answer.content


def test_the_code_of_nobody_is_not_found(managing):
    assert managing.get("/settings/customers/NOBODY/").status_code == 404
