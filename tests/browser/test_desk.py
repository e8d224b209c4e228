"""Staff at their desks: the missing proof comes, buttons act once, nothing typed is lost."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import expect

from billing.models import Invoice
from billing.operations.readiness import evaluate_load
from demo.world.papers import paper
from dispatch.models import Document
from exceptions.models import Case
from tests.browser.conftest import House, press, sign_in
from tests.factories import LoadFactory
from tests.factories.billing import delivered_load
from tests.web import board

pytestmark = pytest.mark.browser


def a_pod(words: str = "Signed J. Alvarez") -> dict[str, object]:
    content = paper("Proof of delivery", [words])
    return {"name": "pod.pdf", "mimeType": "application/pdf", "buffer": content}


def test_a_biller_closes_a_missing_proof_by_uploading_it_and_the_customer_is_billed(
    window, house: House, drain: Callable[[], int]
) -> None:
    drain()
    case = Case.objects.get(kind="pod_missing")
    page, portal = window().new_page(), window().new_page()
    sign_in(page, house.biller)
    press(page, "g")
    press(page, "e")
    page.get_by_role("heading", name=case.title).wait_for()

    page.get_by_label("drop a file here").set_input_files(a_pod())
    page.get_by_label("Signed by").fill("J. Alvarez")
    page.get_by_role("button", name="Upload the POD").click()
    page.get_by_text(f"{case.number}: pod.pdf is filed and accepted.").wait_for()
    drain()
    sign_in(portal, house.shipper)

    invoice = Invoice.objects.get(load_claims__load=house.waiting)
    case.refresh_from_db()
    assert case.closed_by == house.biller.actor
    expect(page.get_by_text("No exceptions, queue is clear")).to_be_visible()
    expect(portal.get_by_role("link", name=invoice.number, exact=True)).to_be_visible()
    expect(portal.get_by_role("link", name=f"PDF of {invoice.number}")).to_be_visible()


def test_a_paper_filed_on_the_load_lets_it_go_on_too(
    window, house: House, drain: Callable[[], int]
) -> None:
    page = window().new_page()
    sign_in(page, house.biller)
    page.goto(f"/loads/{house.waiting.number}/")

    press(page, "u")
    page.get_by_label("Drop a file here, or choose one").set_input_files(a_pod())
    page.locator("#upload").get_by_role("button", name="Upload").click()
    page.get_by_text("Proof of delivery filed").wait_for()
    drain()
    page.reload()

    invoice = Invoice.objects.get(load_claims__load=house.waiting)
    expect(page.get_by_role("link", name=invoice.number).first).to_be_visible()


def test_a_dropped_file_is_the_one_that_is_sent(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.biller)
    page.goto(f"/loads/{house.waiting.number}/#upload")
    page.get_by_role("button", name="Upload").first.click()

    handle = page.evaluate_handle(
        """(text) => {
            const bag = new DataTransfer();
            bag.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
            return bag;
        }""",
        "time,temperature\n07:00,34.1\n",
    )
    page.dispatch_event("#upload [data-drop]", "drop", {"dataTransfer": handle})
    page.locator("#upload").get_by_label("Kind").select_option("TEMPERATURE_LOG")
    page.locator("#upload").get_by_role("button", name="Upload").click()
    page.get_by_text("Temperature log filed").wait_for()

    assert Document.objects.get(kind="TEMPERATURE_LOG").filename == "dropped.csv"


def test_a_double_click_issues_one_invoice(window, house: House, now) -> None:
    with transaction.atomic():
        load = delivered_load(house.customer, number="104890")
        evaluate_load(load.pk, by="rule:readiness", at=now)
    page = window().new_page()
    sign_in(page, house.biller)
    page.goto(f"/loads/{load.number}/")

    page.get_by_role("button", name="Issue invoice").dblclick()
    page.wait_for_url("**/invoices/*/")

    assert Invoice.objects.filter(load_claims__load=load).count() == 1
    expect(page.get_by_text("issued").first).to_be_visible()


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(window, house: House) -> None:
    context = window()
    page = context.new_page()
    sign_in(page, house.dispatcher)
    page.goto(f"/loads/{house.waiting.number}/")
    press(page, "e")
    dialog = page.locator("#add-event")
    dialog.get_by_label("What happened").select_option("CHECK_CALL")
    dialog.get_by_label("When").fill("2026-11-19T13:05")
    dialog.get_by_label("Note").fill("Driver is at the dock, 20 minutes.")
    context.clear_cookies(name="sessionid")

    dialog.get_by_role("button", name="Add the event").click()
    page.get_by_label("Work email").fill(house.dispatcher.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()

    dialog.get_by_label("Note").wait_for()
    expect(dialog.get_by_label("Note")).to_have_value("Driver is at the dock, 20 minutes.")
    expect(dialog.get_by_label("When")).to_have_value("2026-11-19T13:05")
    expect(dialog.get_by_label("What happened")).to_have_value("CHECK_CALL")


def test_a_dialog_of_the_board_comes_back_after_sign_in_with_what_was_typed(
    window, house: House, now
) -> None:
    load = board.detained(now)
    context = window()
    page = context.new_page()
    sign_in(page, house.dispatcher)
    page.goto("/board/?order=-pickup")
    press(page, "j")
    press(page, "c")
    page.get_by_label("What the driver said").fill("Still at the dock.")
    context.clear_cookies(name="sessionid")

    page.get_by_label("What the driver said").press("Control+Enter")
    page.get_by_label("Work email").fill(house.dispatcher.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()

    page.wait_for_url("**/board/?order=-pickup")
    page.get_by_role("heading", name=f"Check call, load {load.number}").wait_for()
    expect(page.get_by_label("What the driver said")).to_have_value("Still at the dock.")


def test_a_board_whose_session_ended_says_so_and_stays(window, house: House) -> None:
    context = window()
    page = context.new_page()
    sign_in(page, house.dispatcher)
    page.wait_for_load_state("load")
    context.clear_cookies(name="sessionid")

    page.evaluate("htmx.trigger('[data-poll]', 'poll')")

    page.get_by_text("You are signed out.").wait_for()
    expect(page.get_by_role("heading", name="Dispatch board")).to_be_visible()
    page.get_by_role("link", name="Sign in again").click()
    page.wait_for_url("**/accounts/login/?next=%2Fboard%2F")


def test_a_form_from_before_another_sign_in_says_so_and_keeps_what_was_typed(
    window, house: House
) -> None:
    context = window()
    page = context.new_page()
    sign_in(page, house.dispatcher)
    page.goto("/board/")
    press(page, "j")
    press(page, "c")
    page.get_by_label("What the driver said").fill("Still at the dock.")
    context.clear_cookies(name="csrftoken")

    page.get_by_label("What the driver said").press("Control+Enter")

    toast = page.locator(".toast.error", has_text="This page is too old to send.")
    toast.wait_for()
    expect(page.get_by_label("What the driver said")).to_have_value("Still at the dock.")
    page.keyboard.press("Escape")
    toast.get_by_role("button", name="Dismiss").click()
    toast.wait_for(state="hidden")


def test_rows_are_walked_and_opened_by_keyboard(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.dispatcher)
    page.goto("/loads/")

    press(page, "j")
    press(page, "j")
    press(page, "k")
    press(page, "Enter")

    page.wait_for_url(f"**/loads/{house.waiting.number}/")


def test_the_theme_is_kept_from_page_to_page(window, house: House) -> None:
    page = window(color_scheme="light").new_page()
    sign_in(page, house.dispatcher)

    page.get_by_role("button", name="Switch light or dark theme").click()
    page.goto("/invoices/")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_case_swaps_in_beside_the_list_and_its_address_is_a_page(
    window, house: House, drain: Callable[[], int]
) -> None:
    drain()
    case = Case.objects.get(kind="pod_missing")
    page = window().new_page()
    sign_in(page, house.biller)
    page.goto("/exceptions/")

    page.locator(".qitem", has_text=case.title).click()
    page.wait_for_url(f"**/exceptions/{case.number}/**")
    page.reload()

    expect(page.get_by_role("heading", name=case.title)).to_be_visible()


def test_a_list_is_read_again_while_somebody_looks(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.dispatcher)
    page.goto("/loads/")
    fresh = LoadFactory(customer=house.customer, number="104999")

    page.evaluate("htmx.trigger(document.querySelector('[data-refresh]'), 'refresh')")

    page.get_by_role("link", name=fresh.number).wait_for()
