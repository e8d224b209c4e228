"""The list of loads and the page of one."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import BadRequest
from django.http import QueryDict

from accounts.rules import Role
from billing.models import LoadBilling
from dispatch.models import Load, Reference
from dispatch.models.reference import reference_key
from tests.factories import CustomerFactory, LoadFactory, MilestoneFactory
from tests.factories.billing import PICKUP, delivered_load, give_lumper_receipt
from web.desk.loads.filters import VIEWS, read_filters
from web.lists import keyset

pytestmark = pytest.mark.django_db

# Statements of one page, whatever it shows: session, person, roles; one per tab; the rows; the
# customers to choose from; the exceptions waiting; the company; the request's scope.
LIST_QUERIES = 10
PAGE_QUERIES = 22


def numbers(html: bytes) -> list[str]:
    """Return the load numbers a page links to, in order."""
    return re.findall(r'class="ref" href="/loads/([^/]+)/"', html.decode())


def named(load: Load, kind: str, value: str) -> None:
    Reference.objects.create(
        load=load, customer=load.customer, kind=kind, value=value, value_key=reference_key(value)
    )


def test_the_list_shows_the_newest_loads_first(desk) -> None:
    first, second = LoadFactory(), LoadFactory()

    answer = desk().get("/loads/")

    assert numbers(answer.content) == [second.number, first.number]


def test_the_statements_of_the_list_do_not_grow_with_its_rows(
    desk, django_assert_num_queries
) -> None:
    browser = desk()
    LoadFactory()
    with django_assert_num_queries(LIST_QUERIES):
        browser.get("/loads/")
    for _ in range(12):
        delivered_load()

    with django_assert_num_queries(LIST_QUERIES) as asked:
        browser.get("/loads/")

    assert not [query["sql"] for query in asked if "OFFSET" in query["sql"]]


def test_every_load_is_on_one_page_and_one_only(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = keyset.paginate.__kwdefaults__ or {}
    monkeypatch.setattr(keyset.paginate, "__kwdefaults__", usual | {"size": 4})
    made = [LoadFactory().number for _ in range(10)]
    browser, address, seen = desk(), "/loads/", []

    while address:
        page = browser.get(address).content
        seen += numbers(page)
        turn = re.search(r'href="([^"]+)" rel="next"', page.decode())
        address = turn.group(1).replace("&amp;", "&") if turn else ""

    assert seen == made[::-1]


@pytest.mark.parametrize(
    "words", ["774109", "PRO-7741", "pro 7741093826", "PF-229", "pf229", "104882", "prairie"]
)
def test_a_load_is_found_by_the_start_of_any_of_its_names(desk, words: str) -> None:
    load = LoadFactory(number="104882", customer=CustomerFactory(name="Prairie Foods Co."))
    named(load, "PRO", "7741093826")
    named(load, "PRO", "PRO 7741093826")
    named(load, "BOL", "PF-2291847")
    LoadFactory()

    answer = desk().get("/loads/", {"q": words})

    assert numbers(answer.content) == ["104882"]


def test_a_search_matches_beginnings_and_not_middles(desk) -> None:
    load = LoadFactory(number="104882")
    named(load, "PRO", "7741093826")

    answer = desk().get("/loads/", {"q": "41093"})

    assert numbers(answer.content) == []
    assert "No loads match" in answer.content.decode()


def test_status_and_customer_narrow_the_list(desk) -> None:
    customer = CustomerFactory()
    kept = LoadFactory(customer=customer, status=Load.Status.IN_TRANSIT)
    LoadFactory(customer=customer)
    LoadFactory(status=Load.Status.IN_TRANSIT)

    answer = desk().get("/loads/", {"customer": customer.pk, "status": "IN_TRANSIT"})

    assert numbers(answer.content) == [kept.number]
    assert f"Customer <b>{customer.name}</b>" in answer.content.decode()


def test_each_view_keeps_what_it_says(desk, ready) -> None:
    blocked = ready(pod="").load
    invoiceable = ready().load
    road = LoadFactory(status=Load.Status.IN_TRANSIT)
    browser = desk()

    shown = {view: numbers(browser.get("/loads/", {"view": view}).content) for view in VIEWS}

    assert shown["road"] == [road.number]
    assert shown["blocked"] == [blocked.number]
    assert shown["ready"] == [invoiceable.number]
    assert len(shown[""]) == 3


@pytest.mark.parametrize(
    "address", ["view=x", "status=x", "customer=abc", "customer=999", "after=x", "q=%00"]
)
def test_an_address_that_cannot_be_read_is_a_bad_request(desk, address: str) -> None:
    answer = desk().get(f"/loads/?{address}")

    assert answer.status_code == 400
    assert "cannot be read" in answer.content.decode()


def test_the_refusal_names_the_filter() -> None:
    with pytest.raises(BadRequest, match="status"):
        read_filters(QueryDict("status=LOST"))


def test_a_refresh_answers_the_rows_alone(desk) -> None:
    load = LoadFactory()

    answer = desk().get("/loads/", headers={"HX-Request": "true"})

    assert numbers(answer.content) == [load.number]
    assert b"<html" not in answer.content
    assert "HX-Request" in answer["Vary"]


def test_an_empty_house_says_what_fills_it(desk) -> None:
    assert "No loads here yet" in desk().get("/loads/").content.decode()


def test_a_load_page_shows_stops_charges_and_what_is_missing(desk, load, now) -> None:
    from billing.operations.readiness import evaluate_load

    evaluate_load(load.pk, by="rule:readiness", at=now)

    page = desk(Role.BILLER).get("/loads/104882/").content.decode()

    assert "Lakeshore Grocers DC 3" in page
    assert "No proof of delivery is on file." in page
    assert "1 block to bill" in page
    assert "1,000.00" in page
    assert "Why" in page


def test_clocks_of_a_stop_are_shown_on_its_own_zone(desk, load) -> None:
    page = desk().get("/loads/104882/").content.decode()

    assert "Wed Nov 18, 07:00 – 08:00 CT" in page
    assert "Thu Nov 19, 10:00 – 11:00 ET" in page


def test_the_statements_of_a_load_page_do_not_grow_with_what_it_shows(
    desk, load, ready, django_assert_num_queries, now
) -> None:
    from billing.operations.readiness import evaluate_load

    give_lumper_receipt(load)
    evaluate_load(load.pk, by="rule:readiness", at=now)
    browser = desk(Role.BILLER)
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get("/loads/104882/")
    for n in range(6):
        MilestoneFactory(load=load, occurred_at=PICKUP + timedelta(minutes=n))
        named(load, "PO", f"45008712{n:02}")

    with django_assert_num_queries(PAGE_QUERIES):
        browser.get("/loads/104882/")


def test_a_load_that_does_not_exist_is_not_found(desk) -> None:
    assert desk().get("/loads/999999/").status_code == 404


def test_a_load_with_nothing_but_a_number_has_a_page(desk) -> None:
    LoadFactory(number="1", miles=None, miles_source="", weight_lb=None, commodity="")

    answer = desk().get("/loads/1/")

    assert answer.status_code == 200
    assert "No stops yet" in answer.content.decode()
    assert not LoadBilling.objects.exists()
