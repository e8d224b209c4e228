"""The dashboard: every figure with the way to its rows, as many as it says."""

import csv
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from io import StringIO

import pytest
import time_machine

from accounts.models import Customer
from accounts.rules import Role
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from dispatch.operations.costing import record_cost
from insights.operations.keeping import keep_passages
from tests.factories import UserFactory
from tests.factories.billing import a_customer, delivered_load, found_carrier, publish_card
from tests.factories.doors import sign_in
from tests.factories.exceptions import CaseFactory
from tests.insights.cast import HOUR

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(now):
    """Stop the clock at Thursday afternoon."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def prairie(now) -> Customer:
    """A customer with six invoiced loads, five blocked ones and a case; and one of another's."""
    found_carrier()
    publish_card()
    customer: Customer = a_customer(name="Prairie Foods Co.")
    for _ in range(6):
        bill(delivered_load(customer, wait_hours=3), now)
    for _ in range(5):
        evaluate_load(delivered_load(customer, pod="").pk, by="rule:readiness", at=now - 5 * HOUR)
    CaseFactory(customer=customer, at=now - timedelta(days=4))
    bill(delivered_load(a_customer(name="=Lakeshore")), now)
    return customer


def bill(load, at) -> None:
    billing = evaluate_load(load.pk, by="rule:readiness", at=at)
    issue_invoice(billing, by="rule:straight-through", at=at)
    record_cost(
        load,
        kind="OWN_COST",
        amount=Decimal(700),
        currency="USD",
        source="desk",
        by="user:1",
        at=at,
    )
    keep_passages([load.pk])


def a_manager(role: Role = Role.BILLING_MANAGER):
    return sign_in(UserFactory(role=role))


def links(text: str) -> set[str]:
    return {unescape(href) for href in re.findall(r'href="(/dashboard/[^"]+)"', text)}


def counted(text: str) -> int:
    (count,) = re.findall(r"<b>([\d,]+) \w+</b>", text)
    return int(count.replace(",", ""))


def rows_in(text: str) -> int:
    return text.count("<tr data-row")


def test_every_figure_on_the_page_opens_as_many_rows_as_it_says(prairie) -> None:
    client = a_manager()
    pages = [client.get(path).text for path in ("/dashboard/", "/dashboard/more/")]

    opened = [
        href for page in pages for href in links(page) if re.search(r"/dashboard/[a-z-]+/", href)
    ]
    lists = {href for href in opened if "/more/" not in href and "/definitions/" not in href}

    assert len(lists) > 45
    for href in sorted(lists):
        page = client.get(href)
        assert page.status_code == 200, href
        assert counted(page.text) == rows_in(page.text), href


def test_the_page_is_read_in_a_fixed_number_of_statements(
    prairie, now, django_assert_num_queries
) -> None:
    client = a_manager()
    client.get("/dashboard/")
    with django_assert_num_queries(35):
        client.get("/dashboard/")
    with django_assert_num_queries(35):
        client.get("/dashboard/more/")

    for _ in range(3):
        bill(delivered_load(a_customer(), origin_state="TX"), now)
    with django_assert_num_queries(35):
        client.get("/dashboard/")
    with django_assert_num_queries(35):
        client.get("/dashboard/more/")


def test_a_customer_narrows_figures_and_the_links_to_their_rows(prairie) -> None:
    client = a_manager()

    page = client.get(f"/dashboard/?customer={prairie.pk}").text

    assert "6 loads" in page
    hrefs = {href for href in links(page) if href.startswith("/dashboard/delivery-to-invoice/")}
    assert hrefs
    assert all(f"customer={prairie.pk}" in href for href in hrefs)
    whole = next(href for href in hrefs if "period" not in href)
    assert counted(client.get(whole).text) == 6


def test_what_cannot_be_told_by_lane_is_left_out_with_a_word(prairie) -> None:
    page = a_manager().get("/dashboard/?lane=IL-OH").text

    assert "Not told by lane" in page
    assert "/dashboard/receivables/" not in page


def test_shares_say_their_n_and_few_rows_say_not_enough(prairie) -> None:
    client = a_manager()

    page = client.get("/dashboard/more/").text

    assert "Credit rate, USD" in page
    assert "7 documents" in page
    quiet = Customer.objects.get(name="=Lakeshore")
    assert "Not enough" in client.get(f"/dashboard/more/?customer={quiet.pk}").text


def test_the_zone_and_the_days_are_named(prairie) -> None:
    page = a_manager().get("/dashboard/?period=week").text

    assert "Nov 16 to Nov 19, days in CT, all customers, beside Nov 9 to Nov 12" in page


def test_margin_is_for_those_who_may_see_costs(prairie) -> None:
    manager, biller = a_manager(), a_manager(Role.BILLER)

    assert "Margin" in manager.get("/dashboard/more/").text
    assert manager.get("/dashboard/margin/").status_code == 200
    assert "Margin" not in biller.get("/dashboard/more/").text
    assert biller.get("/dashboard/margin/").status_code == 404
    assert b"Margin" not in b"".join(biller.get("/dashboard/figures.csv").streaming_content)


@pytest.mark.parametrize(
    "address",
    [
        "/dashboard/?period=year", "/dashboard/?period=custom", "/dashboard/?customer=x",
        "/dashboard/?lane=Illinois", "/dashboard/?period=custom&first_on=2026-11-02&last_on=x",
        "/dashboard/dso/?lane=IL-OH", "/dashboard/dso/?after=zz",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_refused(address) -> None:
    assert a_manager().get(address).status_code == 400


@pytest.mark.parametrize(
    "address",
    ["/dashboard/dispute-rate/", "/dashboard/dso/?part=USD-3", "/dashboard/figures.pdf"],
)
def test_what_is_not_there_is_not_found(address) -> None:
    assert a_manager().get(address).status_code == 404


def test_a_fresh_house_says_what_will_fill_the_page() -> None:
    page = a_manager().get("/dashboard/").text

    assert "Nothing to tell yet" in page
    assert '<svg class="chart' not in page


def test_the_file_holds_every_figure_and_no_formula(prairie) -> None:
    client = a_manager()

    figures = read(client.get("/dashboard/figures.csv"))
    loads = read(client.get("/dashboard/delivery-to-invoice/rows.csv"))

    told = {(row["Figure"], row["Part"]): row for row in figures}
    assert told["Straight-through", ""]["Rows behind it"] == "7"
    assert told["DSO", "USD"]["Zone"] == "America/Chicago"
    assert len(loads) == 7
    assert {row["Customer"] for row in loads} == {"Prairie Foods Co.", "'=Lakeshore"}
    assert "Delivered, CT" in loads[0]


def read(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def test_a_fragment_is_the_figures_alone(prairie) -> None:
    client = a_manager()

    page = client.get("/dashboard/", headers={"HX-Request": "true"}).text
    below = client.get("/dashboard/more/", headers={"HX-Request": "true"}).text

    assert page.lstrip().startswith('<div class="stack" id="figures">')
    assert below.lstrip().startswith('<div class="stack" id="more">')


def test_charts_say_in_words_what_they_show(prairie) -> None:
    page = a_manager().get("/dashboard/").text

    for drawing in re.findall(r"<svg class=\"chart[^>]*>", page):
        assert 'role="img"' in drawing
        assert re.search(r'aria-label="[^"]{20,}"', drawing), drawing
    assert page.count("View as table") >= page.count('<svg class="chart')
    assert "style=" not in page


def test_definitions_are_told_to_everybody_of_the_house() -> None:
    page = a_manager(Role.DISPATCHER).get("/dashboard/definitions/").text

    assert "Days sales outstanding" in page
    assert "Billing manager" in page
