"""A customer's morning: sign in, take the invoice and its proof home."""

from pathlib import Path

import pytest

from tests.browser.conftest import PROOF, House, sign_in

pytestmark = pytest.mark.browser


def test_a_customer_takes_the_invoice_and_the_proof_of_delivery_home(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.shipper)
    assert page.url.endswith("/portal/")

    with page.expect_download() as pdf:
        page.get_by_role("link", name=f"PDF of {house.invoice.number}").click()
    page.get_by_role("button", name="Details").click()
    with page.expect_download() as proof:
        page.get_by_role("link", name="Proof of delivery of shipment").click()

    assert pdf.value.suggested_filename == f"{house.invoice.number}.pdf"
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")
    assert Path(proof.value.path()).read_bytes() == PROOF


def test_the_portal_works_without_scripts(window, house: House) -> None:
    page = window(java_script_enabled=False).new_page()
    sign_in(page, house.shipper)

    page.get_by_role("link", name=house.invoice.number, exact=True).click()

    assert page.get_by_role("heading", name=house.invoice.number).is_visible()
    assert page.get_by_role("link", name="Proof of delivery of shipment").is_visible()


def test_a_purchase_order_finds_its_invoice_by_keyboard(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.shipper)

    page.keyboard.press("/")
    page.keyboard.type("45008707")
    page.keyboard.press("Enter")

    page.get_by_text("Starts with").wait_for()
    assert page.get_by_role("link", name=house.invoice.number, exact=True).is_visible()
