"""Those who keep the house: a rule is tightened by two people, a key is made, used and ended."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.operations.keying import create_key
from accounts.rules import Role, Scope
from billing.operations.policymaking import draft_policy
from billing.operations.readiness import evaluate_load
from billing.rules.policy import Enforcement, Setting
from integrations.models import EdiPartner, InboxMessage
from integrations.operations.connecting import create_source
from integrations.operations.receiving import receive
from tests.browser.conftest import House, sign_in
from tests.browser.test_accessibility import faults
from tests.factories import UserFactory
from tests.factories.billing import set_policy

pytestmark = pytest.mark.browser


@pytest.fixture
def chief(house: House) -> User:
    """An administrator."""
    return UserFactory(role=Role.ADMINISTRATOR, name="Ada Chief")


@pytest.fixture
def lenient(house: House, now) -> None:
    """A missing proof of the customer is only warned about; its load waits for a review."""
    with transaction.atomic():
        type(house.customer).objects.update(billing_mode="REVIEW")
        set_policy(house.customer, pod_accepted="WARN")
        evaluate_load(house.waiting.pk, by="rule:readiness", at=now)


def at_the_door(window, user: User) -> Page:
    page: Page = window().new_page()
    sign_in(page, user)
    page.goto("/settings/")
    page.wait_for_load_state("load")
    return page


def test_a_rule_is_tightened_by_one_approved_by_another_and_the_load_is_blocked(
    window, house: House, chief: User, lenient, drain: Callable[[], int]
) -> None:
    page = at_the_door(window, chief)
    page.get_by_role("link", name="Customers", exact=True).click()
    page.get_by_role("link", name="Prairie Foods Co.").click()
    page.get_by_role("link", name="Draft rules for Prairie Foods Co.").click()
    page.get_by_label("POD accepted").select_option("BLOCK")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("You drafted it: a colleague puts it in force.").wait_for()
    expect(page.get_by_role("button", name="Put in force")).to_be_disabled()

    theirs = at_the_door(window, house.manager)
    theirs.get_by_role("link", name="Readiness rules").click()
    theirs.get_by_role("link", name="Prairie Foods Co.").first.click()
    preview = theirs.get_by_role("region", name="What it changes for loads that wait now")
    preview.get_by_text("No proof of delivery is on file.").wait_for()
    preview.get_by_role("button", name="Put in force").click()
    theirs.get_by_text("waiting loads are looked at again").first.wait_for()
    drain()

    theirs.goto("/loads/104882/")
    theirs.get_by_text("No proof of delivery is on file.").first.wait_for()
    expect(theirs.get_by_text("Blocked").first).to_be_visible()


def test_a_key_is_made_used_and_revoked_and_the_partner_is_told_so(
    window, house: House, chief: User
) -> None:
    page = at_the_door(window, chief)
    page.get_by_role("link", name="API keys").click()
    page.get_by_label("Name").fill("Harlan TMS")
    page.get_by_label("loads:read").check()
    page.get_by_role("button", name="Make key").click()
    secret = page.get_by_label("Secret of Harlan TMS").input_value()
    headers = {"Authorization": f"Bearer {secret}"}

    used = page.request.get("/api/v1/loads/", headers=headers)
    page.get_by_role("link", name="Harlan TMS").click()
    page.get_by_label("Reason").fill("Contract ended")
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("Harlan TMS is refused from now on").wait_for()
    refused = page.request.get("/api/v1/loads/", headers=headers)

    assert used.status == 200
    assert refused.status == 401
    assert "was revoked on" in refused.json()["detail"]
    expect(page.get_by_text("Contract ended")).to_be_visible()


def test_an_invited_colleague_chooses_a_password_and_comes_in(
    window, house: House, chief: User
) -> None:
    page = at_the_door(window, chief)
    page.get_by_role("link", name="Staff").click()
    page.get_by_label("Name", exact=True).fill("Nora Field")
    page.get_by_label("Work email").fill("nora@cedarridge.example")
    page.get_by_label("Role").select_option("biller")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Link for Nora Field").input_value()

    theirs = window().new_page()
    theirs.goto(link)
    for field in theirs.locator("input[type=password]").all():
        field.fill("plum-Torch-91")
    theirs.locator("main button[type=submit]").first.click()
    theirs.wait_for_load_state("load")
    nora = User.objects.get(email="nora@cedarridge.example")
    assert nora.check_password("plum-Torch-91")


@pytest.fixture
def addresses(house: House, chief: User, lenient, now) -> list[str]:
    """Every page of the settings and of the integrations, with something on it."""
    with transaction.atomic():
        strict = {"pod_accepted": Setting(Enforcement.BLOCK)}
        draft = draft_policy(strict, customer=house.customer, by=chief.actor, at=now)
        key, _ = create_key("Harlan TMS", scopes=[Scope.LOADS_READ], by=chief.actor, at=now)
        edi = create_source("edi", dialect="edi", name="Mailbox", by=chief.actor, at=now)
        partner = EdiPartner.objects.create(
            source=edi, qualifier="ZZ", isa_id="PRAIRIE", name="Prairie", customer=house.customer
        )
        failed = receive(
            edi, external_id="000091877", body=b"AT7*X1*NS***20261119*2470*LT~",
            content_type="application/edi-x12", headers={}, at=now,
        ).message  # fmt: skip
        InboxMessage.objects.filter(pk=failed.pk).update(
            status="FAILED", reason="AT7 time 2470 not valid.", settled_at=now
        )
    settings = [
        "customers/", "customers/new/", "customers/PRFD-0042/", "readiness/", "readiness/new/",
        f"readiness/{draft.pk}/", "company/", "people/", f"people/{house.biller.pk}/", "roles/",
        "keys/", f"keys/{key.pk}/", "sources/", "sources/new/", "sources/edi/",
        f"sources/edi/partners/{partner.pk}/",
    ]  # fmt: skip
    integrations = [
        "", "dead-letters/", f"dead-letters/?show={failed.pk}", f"inbox/{failed.pk}/",
        f"threads/{failed.correlation_id}/",
    ]  # fmt: skip
    return [f"/settings/{page}" for page in settings] + [f"/integrations/{p}" for p in integrations]


def test_every_page_of_the_settings_reads_well(window, chief: User, addresses) -> None:
    page = window().new_page()
    sign_in(page, chief)

    assert faults(page, addresses) == []
