"""A real chromium before a real server; the clock is the tests' own."""

import os

# Playwright's synchronous face keeps an event loop in this thread; the ORM must not mind.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import Customer, User
from accounts.rules import Role
from billing.models import Invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.printing import print_invoice
from billing.operations.readiness import evaluate_load
from dispatch.events import MilestoneFacts
from dispatch.models import Document, Load, Reference
from dispatch.operations.filing import store_bytes
from dispatch.operations.tracking import add_milestones
from tests.factories import CustomerFactory, UserFactory
from tests.factories.billing import delivered_load, found_carrier, publish_card

PASSWORD = "correct horse"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
PROOF = b"%PDF-1.4 signed by J. Alvarez"
PATIENCE = 15_000  # milliseconds


@dataclass(frozen=True, slots=True)
class House:
    """A small carrier with one load billed and one whose proof of delivery is missing."""

    customer: Customer
    shipper: User
    biller: User
    dispatcher: User
    manager: User
    invoice: Invoice
    billed: Load
    proof: Document
    waiting: Load


@pytest.fixture(autouse=True)
def clock(now: datetime, settings: object) -> Iterator[None]:
    """Start the clock of this process at `now`, and hash passwords cheaply."""
    settings.PASSWORD_HASHERS = [  # type: ignore[attr-defined]
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]
    with time_machine.travel(now):
        cache.clear()
        yield


@pytest.fixture
def house(transactional_db: None, now: datetime) -> House:
    """Open the house for business."""
    with transaction.atomic():
        found_carrier()
        publish_card()
        customer = CustomerFactory(name="Prairie Foods Co.", code="PRFD-0042")
        billed = delivered_load(customer, number="104879", wait_hours=3)
        waiting = delivered_load(customer, number="104882", pod="")
        for load, order in ((billed, "4500870731"), (waiting, "4500871263")):
            Reference.objects.create(
                load=load, customer=customer, kind="PO", value=order, value_key=order
            )
        tell_the_day(waiting, at=now)
        proof = billed.documents.get()
        proof.sha256 = store_bytes(PROOF)
        proof.save(update_fields=["sha256"])
    with transaction.atomic():
        for load in (billed, waiting):
            evaluate_load(load.pk, by="rule:readiness", at=now)
        invoice = issue_invoice(billed.billing, by="rule:straight-through", at=now)
    print_invoice(invoice.pk, by="system:printer", at=now)
    shipper = UserFactory(role=Role.CUSTOMER, customers=(customer,), name="Anna Kim")
    shipper.memberships.update(is_administrator=True)
    return House(
        customer=customer,
        shipper=shipper,
        biller=UserFactory(role=Role.BILLER, name="Rita Solano"),
        dispatcher=UserFactory(role=Role.DISPATCHER, name="Dana Whitfield"),
        manager=UserFactory(role=Role.BILLING_MANAGER, name="Lena Marsh"),
        invoice=invoice,
        billed=billed,
        proof=proof,
        waiting=waiting,
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, without a window."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium", args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, live_server: object) -> Iterator[Callable[..., BrowserContext]]:
    """Open windows on the house; what a page complains about fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(**options: object) -> BrowserContext:
        context = chromium.new_context(
            **{"base_url": live_server.url, "viewport": {"width": 1440, "height": 900}, **options}  # type: ignore[attr-defined]
        )
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()
    assert complaints == []


def tell_the_day(load: Load, *, at: datetime) -> None:
    """Tell what happened at the stops of a delivered load, so that it folds to what it says."""
    stops = list(load.stops.order_by("sequence"))
    clocks = [(stop, "ARRIVED", stop.arrived_at) for stop in stops]
    clocks += [(stop, "DEPARTED", stop.departed_at) for stop in stops]
    clocks.append((stops[-1], "DELIVERED", stops[-1].departed_at))
    facts = [
        MilestoneFacts(kind=kind, occurred_at=clock, stop_sequence=stop.sequence)
        for stop, kind, clock in clocks
        if clock
    ]
    add_milestones(load, facts=facts, source="tms", by="source:tms", at=at)


def press(page: Page, key: str) -> None:
    """Press a key once the page hears keys: words may stand before their script has run."""
    page.wait_for_load_state("load")
    page.keyboard.press(key)


def sign_in(page: Page, user: User) -> None:
    """Come in through the front door."""
    page.goto("/")
    page.get_by_label("Work email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/" not in address)
