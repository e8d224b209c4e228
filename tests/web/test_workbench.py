"""The workbench: what can be billed, what a selection makes, and one click that issues it once."""

import re
from uuid import UUID

import pytest
from django.test import Client

from accounts.rules import Role
from billing.models import Invoice, InvoiceRun, LoadBilling
from journal.operations.working import work
from tests.factories import CustomerFactory, UserFactory
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 17


@pytest.fixture
def together():
    """A customer whose loads share an invoice, so that a person issues it."""
    return CustomerFactory(name="Prairie Foods Co.", invoice_grouping="TOGETHER", terms_days=30)


@pytest.fixture
def biller() -> Client:
    return sign_in(UserFactory(role=Role.BILLER))


def page(browser: Client, **query: str) -> str:
    return browser.get("/workbench/", query).content.decode()


def preview(browser: Client, *billings: LoadBilling, stage: str = "ready") -> str:
    told = {"stage": stage, "load": [billing.load_id for billing in billings]}
    answer = browser.post("/workbench/preview/", told, headers={"HX-Request": "true"})
    return answer.content.decode()


def token_in(fragment: str) -> str:
    return re.findall(r'name="preview" value="([^"]+)"', fragment)[0]


def words(fragment: str) -> str:
    """Return the text of a fragment in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", fragment).split())


def listed(text: str) -> list[str]:
    return re.findall(r'aria-label="Select load (\d+)"', text)


def test_the_funnel_counts_each_stage_with_its_money(biller, ready, together) -> None:
    ready(together)
    ready(together, wait_hours=3)
    ready(pod="")

    text = words(page(biller))

    assert "Ready 2 $2,075.00 oldest" in text
    assert "Awaiting documents 1 $1,000.00" in text
    assert "On hold 0 Nothing here" in text


def test_a_stage_lists_its_loads_with_papers_amounts_and_what_they_wait_for(
    biller, ready, together
) -> None:
    good, bad = ready(together, wait_hours=3), ready(together, pod="")

    blocked = page(biller, stage="papers")

    assert listed(page(biller)) == [good.load.number]
    assert listed(blocked) == [bad.load.number]
    assert "No proof of delivery is on file." in blocked
    text = words(page(biller))
    assert "Prairie Foods Co. All in one · net 30 1 load here, $1,075.00" in text
    assert "POD 1,000.00 75.00 1,075.00" in text


def test_what_waits_for_a_look_says_why(biller, ready) -> None:
    customer = CustomerFactory(billing_mode="REVIEW")
    billing = ready(customer)

    shown = page(biller, stage="approval")

    assert listed(shown) == [billing.load.number]
    assert "The customer&#x27;s terms want a look before it" in shown


def test_a_customer_can_be_picked(biller, ready, together) -> None:
    ready()
    mine = ready(together)

    assert listed(page(biller, customer=str(together.pk))) == [mine.load.number]


def test_an_issued_document_stands_in_the_funnel_until_it_is_paid(biller, issued) -> None:
    invoice = issued()

    text = page(biller, stage="issued")

    assert f"/invoices/{invoice.number}/" in text
    assert "Issued 1 $1,000.00" in words(text)


def test_a_selection_shows_exactly_the_invoices_it_makes(biller, ready, together) -> None:
    pair, single = [ready(together), ready(together)], ready(CustomerFactory(name="Harlan Paper"))

    text = words(preview(biller, *pair, single))

    assert "3 selected" in text
    assert "$3,000.00 across 2 bill-tos. Makes 1 consolidated and 1 single invoices." in text
    assert f"{pair[0].load.number} 1,000.00 , {pair[1].load.number} 1,000.00" in text
    assert "Issue 2 invoices" in text


def test_what_cannot_be_billed_is_left_out_by_name(biller, ready, together) -> None:
    good, bad = ready(together), ready(together, pod="")

    text = words(preview(biller, good, bad))

    assert "1 left out." in text
    assert f"Left out {bad.load.number}" in text
    assert "No proof of delivery is on file." in text
    assert "Issue 1 invoice" in text


def test_without_a_script_the_preview_is_a_page_of_its_own(biller, ready, together) -> None:
    billing = ready(together)

    answer = biller.post("/workbench/preview/", {"load": billing.load_id})

    text = answer.content.decode()
    assert "<html" in text
    assert "Issue 1 invoice" in words(text)
    assert re.search(rf'value="{billing.load_id}"[^>]*checked', text)
    assert 'href="/workbench/?stage=papers"' in text


def test_all_of_a_stage_can_be_selected(biller, ready, together) -> None:
    for _ in range(3):
        ready(together)
    ready(pod="")

    answer = biller.post(
        "/workbench/preview/", {"stage": "ready", "all": "1"}, headers={"HX-Request": "true"}
    )

    assert "3 selected" in words(answer.content.decode())


def test_a_click_issues_what_was_shown_and_says_what_came_of_it(biller, ready, together) -> None:
    ready(together)
    fragment = preview(biller, *LoadBilling.objects.all())

    answer = biller.post("/workbench/issue/", {"preview": token_in(fragment)})
    before = words(biller.get(answer.url).content.decode())
    work("billing")
    after = biller.get(answer.url, headers={"HX-Request": "true"}).content.decode()

    invoice = Invoice.objects.get()
    assert "Issuing 1 invoice" in before
    assert "0 of 1 done" in before
    assert "1 invoice issued" in words(after)
    assert f"/invoices/{invoice.number}/" in after
    assert "hx-trigger" not in after
    assert "<html" not in after


def test_two_clicks_make_one_run_and_one_invoice(biller, ready, together) -> None:
    token = token_in(preview(biller, ready(together)))

    first = biller.post("/workbench/issue/", {"preview": token})
    second = biller.post("/workbench/issue/", {"preview": token})
    work("billing")

    assert first.url == second.url
    assert (InvoiceRun.objects.count(), Invoice.objects.count()) == (1, 1)


def test_a_stale_tab_is_told_where_the_load_is_billed(biller, ready, together) -> None:
    billing = ready(together)
    stale, fresh = (token_in(preview(biller, billing)) for _ in range(2))
    biller.post("/workbench/issue/", {"preview": fresh})
    work("billing")

    answer = biller.post("/workbench/issue/", {"preview": stale})
    work("billing")

    text = words(biller.get(answer.url).content.decode())
    assert f"Load {billing.load.number} is on {Invoice.objects.get().number} already." in text
    assert "1 not issued" in text


def test_a_preview_that_was_tampered_with_is_refused(biller, ready, together) -> None:
    token = token_in(preview(biller, ready(together)))

    answer = biller.post("/workbench/issue/", {"preview": token[:-1] + "x"}, follow=True)

    assert "This preview is too old to be issued." in answer.content.decode()
    assert not InvoiceRun.objects.exists()


def test_loads_are_held_for_a_reason_and_released(biller, ready, together) -> None:
    billing = ready(together)
    told = {"stage": "ready", "load": billing.load_id}

    held = biller.post("/workbench/hold/", told | {"reason": "Rate in dispute"}, follow=True)
    assert "1 load held" in held.content.decode()
    assert "Rate in dispute" in page(biller, stage="held")

    biller.post("/workbench/release/", told | {"stage": "held"})
    billing.refresh_from_db()
    assert billing.status == "READY"


def test_a_hold_without_a_reason_is_refused(biller, ready, together) -> None:
    billing = ready(together)

    answer = biller.post("/workbench/hold/", {"load": billing.load_id}, follow=True)

    assert "Say why" in answer.content.decode()
    billing.refresh_from_db()
    assert billing.held_at is None


def test_a_dispatcher_sees_the_bench_and_cannot_bill(desk, ready, together) -> None:
    billing = ready(together)
    browser = desk(Role.DISPATCHER)

    assert listed(page(browser)) == []
    assert billing.load.number in page(browser)
    assert browser.post("/workbench/preview/", {"load": billing.load_id}).status_code == 403
    assert browser.post("/workbench/issue/", {}).status_code == 403


def test_an_unknown_stage_cannot_be_read(biller) -> None:
    assert biller.get("/workbench/", {"stage": "moon"}).status_code == 400


def test_an_unknown_run_is_not_found(biller) -> None:
    assert biller.get(f"/workbench/runs/{UUID(int=1)}/").status_code == 404


def test_the_statements_do_not_grow_with_the_rows(
    biller, ready, together, django_assert_num_queries
) -> None:
    ready(together)
    with django_assert_num_queries(PAGE_QUERIES):
        page(biller)
    for _ in range(4):
        ready(together, wait_hours=3)

    with django_assert_num_queries(PAGE_QUERIES):
        page(biller)
