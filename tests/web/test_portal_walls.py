"""The wall: an address of another customer answers as one that is not there, everywhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, ScopedQuerySet, User
from billing.models import Invoice
from dispatch.models import Document, Load
from dispatch.operations.costing import record_cost
from tests.factories import CustomerFactory, UserFactory
from tests.factories.doors import sign_in
from tests.web.portal import PO, draw, refer, store_proof
from web.portal.urls import urlpatterns

pytestmark = pytest.mark.django_db

TOKEN = re.compile(rb'csrfmiddlewaretoken" value="[^"]*"')
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True, slots=True)
class Own:
    """What one customer has in the portal."""

    invoice: Invoice
    load: Load
    proof: Document
    membership: Membership


@pytest.fixture
def own(issued, customer, shipper, now) -> Own:
    """A drawn invoice with a stored proof and a known cost, of somebody else's customer."""
    invoice = issued(customer, number="104879")
    refer(invoice)
    proof = store_proof(draw(invoice))
    load = Load.objects.get(claims__invoice=invoice)
    record_cost(
        load,
        kind="CARRIER_PAY",
        amount=Decimal("731.17"),
        currency="USD",
        source="desk",
        by="user:1",
        at=now,
    )
    return Own(invoice, load, proof, shipper.memberships.get())


@pytest.fixture
def stranger() -> User:
    """An administrator of another customer."""
    person = UserFactory(role="customer", customers=(CustomerFactory(),))
    person.memberships.update(is_administrator=True)
    return person


# Every address that names a row: with the other customer's, and with one that nobody has.
NAMED: dict[str, Callable[[Own | None], str]] = {
    "invoice": lambda own: f"invoices/{own.invoice.number if own else 'INV-999999'}/",
    "invoice_pdf": lambda own: f"invoices/{own.invoice.number if own else 'INV-999999'}/pdf/",
    "invoices_zip": lambda own: f"invoices.zip?invoice={own.invoice.number if own else 'INV-9'}",
    "shipment": lambda own: f"shipments/{own.load.number if own else '999999'}/",
    "document": lambda own: f"documents/{own.proof.pk if own else 999999}/",
    "person_link": lambda own: f"people/{own.membership.pk if own else 999999}/link/",
    "person_remove": lambda own: f"people/{own.membership.pk if own else 999999}/remove/",
}
LISTS = {
    "invoices": "",
    "statement": "statement/",
    "statement_csv": "statement.csv",
    "shipments": "shipments/",
    "people": "people/",
    "invite": "people/invite/",
}
POSTED = {"invite", "person_link", "person_remove"}


def ask(browser: Client, name: str, path: str, **headers: str) -> Any:
    """Ask for an address in its own way."""
    send = browser.post if name in POSTED else browser.get
    return send(f"/portal/{path}", headers=headers)


def seen(answer: Any) -> bytes:
    """Return what came, without the token that differs each time."""
    return TOKEN.sub(b"", getattr(answer, "getvalue", lambda: answer.content)())


def test_every_address_of_the_portal_stands_at_the_wall() -> None:
    assert {page.name for page in urlpatterns} == {*NAMED, *LISTS}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
@pytest.mark.parametrize("name", NAMED)
def test_anothers_row_and_none_answer_alike(stranger, own, name: str, headers) -> None:
    browser = sign_in(stranger)

    foreign = ask(browser, name, NAMED[name](own), **headers)
    missing = ask(browser, name, NAMED[name](None), **headers)

    assert foreign.status_code == missing.status_code == 404
    assert seen(foreign) == seen(missing)


@pytest.mark.parametrize("name", sorted(set(NAMED) - POSTED))
def test_the_database_keeps_the_wall_when_the_code_forgets_it(
    stranger, own, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScopedQuerySet, "for_user", lambda rows, _principal: rows.all())

    answer = ask(sign_in(stranger), name, NAMED[name](own))

    assert answer.status_code == 404


@pytest.mark.parametrize("path", [*LISTS.values(), f"?q={PO}", "?view=all", "shipments/?q=1048"])
def test_a_list_holds_nothing_of_another_customer(
    stranger, own, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScopedQuerySet, "for_user", lambda rows, _principal: rows.all())

    told = sign_in(stranger).get(f"/portal/{path}").content.decode()

    hidden = (own.invoice.number, own.load.number, "Prairie Foods", own.membership.user.email)
    assert not [word for word in hidden if word in told]


def test_a_choice_of_ones_own_and_anothers_gives_no_zip(stranger, own, issued) -> None:
    mine = issued(stranger.memberships.get().customer)
    chosen = {"invoice": [mine.number, own.invoice.number]}

    assert sign_in(stranger).get("/portal/invoices.zip", chosen).status_code == 404


def test_cost_and_margin_are_in_nothing_that_a_customer_takes_home(shipper, own) -> None:
    shipper.memberships.update(is_administrator=True)
    browser = sign_in(shipper)
    addresses = [(name, named(own)) for name, named in NAMED.items() if name not in POSTED] + list(
        LISTS.items()
    )

    told = b"".join(seen(ask(browser, name, path)) for name, path in addresses).lower()

    assert b"731.17" not in told
    assert b"margin" not in told
    assert b"carrier pay" not in told
