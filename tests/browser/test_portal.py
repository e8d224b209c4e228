"""A customer's morning: sign in, take the invoice and its proof home."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PROOF, House, press, sign_in

pytestmark = pytest.mark.browser


def test_a_customer_takes_the_invoice_and_the_proof_of_delivery_home(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.shipper)
    assert page.url.endswith("/portal/")

    with page.expect_download() as pdf:
        page.get_by_role("link", name=f"PDF of {house.invoice.number}").click()
    page.get_by_role("button", name="Details").click()
    with page.expect_download() as proof:
        page.get_by_role("link", name="Proof of delivery of shipment").last.click()

    assert pdf.value.suggested_filename == f"{house.invoice.number}.pdf"
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")
    assert Path(proof.value.path()).read_bytes() == PROOF


def test_the_portal_works_without_scripts(window, house: House) -> None:
    page = window(java_script_enabled=False).new_page()
    sign_in(page, house.shipper)

    page.get_by_role("link", name=house.invoice.number, exact=True).click()

    expect(page.get_by_role("heading", name=house.invoice.number)).to_be_visible()
    expect(page.get_by_role("link", name="Proof of delivery of shipment").last).to_be_visible()


def test_a_purchase_order_finds_its_invoice_by_keyboard(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.shipper)

    press(page, "/")
    page.keyboard.type("45008707")
    press(page, "Enter")

    page.get_by_text("Starts with").wait_for()
    expect(page.get_by_role("link", name=house.invoice.number, exact=True)).to_be_visible()


def test_a_clerk_finds_an_invoice_by_po_and_takes_pdf_and_proof(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.shipper)

    page.get_by_role("searchbox", name="Search invoices").fill("4500870731")
    press(page, "Enter")
    page.wait_for_url("**/portal/?q=4500870731")
    with page.expect_download() as pdf:
        page.get_by_role("link", name=f"PDF of {house.invoice.number}").click()
    page.get_by_role("button", name="Details").click()
    page.get_by_text("Linehaul").click()
    with page.expect_download() as proof:
        page.get_by_role("link", name="Proof of delivery of shipment").first.click()

    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")
    assert Path(proof.value.path()).read_bytes() == PROOF


def test_selected_invoices_come_as_one_zip(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.shipper)

    page.get_by_role("checkbox", name=f"Select {house.invoice.number}").check()
    with page.expect_download() as bundle:
        page.get_by_role("button", name="Download selected").click()

    names = zipfile.ZipFile(bundle.value.path()).namelist()
    assert names[0] == f"{house.invoice.number}/{house.invoice.number}.pdf"
    assert len(names) == 2


def test_an_administrator_invites_a_colleague_who_chooses_a_password(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.shipper)

    page.get_by_role("link", name="People").click()
    page.get_by_label("Name").fill("Bo Lindqvist")
    page.get_by_label("Work email").fill("bo@prairie.example")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_role("textbox", name="Link for Bo Lindqvist").input_value()

    other = window().new_page()
    other.goto(link)
    other.get_by_label("New Password", exact=True).fill("a long walk to Joliet")
    other.get_by_label("New Password (again)").fill("a long walk to Joliet")
    other.get_by_role("button", name="Save the password").click()
    other.goto("/accounts/login/")
    other.get_by_label("Work email").fill("bo@prairie.example")
    other.get_by_label("Password").fill("a long walk to Joliet")
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/portal/")

    expect(other.get_by_role("link", name=house.invoice.number, exact=True)).to_be_visible()
