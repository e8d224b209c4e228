"""One thing of every kind that a page can be about, and where the pages find them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.models import User
from accounts.operations.keying import create_key
from accounts.rules import Role, Scope
from billing.models import InvoiceRun
from exceptions.models import Case
from insights.models import Backtest
from insights.operations.backtesting import start_backtest
from insights.rules.figures import FIGURES
from integrations.models import EdiPartner, InboxMessage, OutboxMessage, Source
from integrations.operations.receiving import receive
from rating.models import RateImport
from tests.browser.atlas import Samples
from tests.browser.conftest import House
from tests.factories import UserFactory
from tests.factories.billing import set_policy
from tests.factories.doors import sign_in
from tests.web import board
from tests.web.rating_desk import Desk, a_desk

SHEET = "origin,destination,basis,rate\n604,431,per mile,2.55\n604,372,per mile,2.47\n"
NO_KEY = UUID(int=7)


@dataclass(frozen=True, slots=True)
class Furnished:
    """The house with one thing of each kind, and everybody who works or buys there."""

    house: House
    people: dict[str, User]
    samples: Samples


def furnish(house: House, *, now: datetime, drain: Callable[[], int]) -> Furnished:
    """Put one thing of each kind into the house."""
    administrator = UserFactory(role=Role.ADMINISTRATOR, name="Kyle Prentiss")
    with transaction.atomic():
        pricing = a_desk(customer=house.customer)
        policy = set_policy(house.customer, required_references="BLOCK PO")
        message = a_message(house, now)
        key, _ = create_key("BI export", scopes=[Scope.LOADS_READ], by=administrator.actor, at=now)
        lead_the_day(house, now)
    backtest, batch = ask_the_pricing_desk(pricing, now)
    drain()
    samples: Samples = {
        "accounts/": {"uidb36": "1", "key": "no-key"},
        "board/": {"form": "csv", "pk": 1},
        "loads/": {"number": house.waiting.number},
        "documents/": {"pk": house.proof.pk},
        "portal/documents/": {"pk": house.proof.pk},
        "charges/": {"pk": 1},
        "exceptions/": {"number": Case.objects.get(kind="pod_missing").number, "action": "assign"},
        "workbench/runs/": {"key": InvoiceRun.objects.get().key},
        "invoices/": {"number": house.invoice.number, "pk": 1},
        "portal/invoices/": {"number": house.invoice.number},
        "portal/shipments/": {"number": house.billed.number},
        "portal/people/": {"pk": 1},
        "rate-cards/": {
            "card": pricing.card.pk, "number": pricing.draft.number, "row": 1, "name": "DET-4",
            "measure": "cubic-feet", "kind": "csv", "pk": 1,
        },
        "rate-imports/": {"pk": batch.pk},
        "backtests/": {"pk": backtest.pk},
        "fuel/series/": {"code": "EIA-MW"},
        "fuel/programmes/": {"pk": pricing.draft.fuel_id},
        "integrations/": {"pk": message.pk, "key": message.correlation_id},
        "integrations/outbox/": {"pk": OutboxMessage.objects.earliest("pk").pk},
        "dashboard/": {"key": next(each.key for each in FIGURES if each.rows), "form": "csv"},
        "settings/customers/": {"code": house.customer.code},
        "settings/readiness/": {"pk": policy.pk},
        "settings/people/": {"pk": house.biller.pk},
        "settings/sign-in/": {"pk": house.biller.pk},
        "settings/keys/": {"pk": key.pk},
        "settings/sources/": {"slug": "edi", "pk": EdiPartner.objects.get().pk},
        "mail/off/": {"token": "no-token"},
    }  # fmt: skip
    people: dict[str, User] = {
        "dispatcher": house.dispatcher, "biller": house.biller, "manager": house.manager,
        "administrator": administrator, "customer": house.shipper,
    }  # fmt: skip
    return Furnished(house, people, samples)


def lead_the_day(house: House, now: datetime) -> None:
    """Have a load in every state of the board, and one tender that waits for an answer."""
    for make in (board.missed, board.detained, board.at_stop, board.rolling, board.late):
        make(now, customer=house.customer) if make is board.missed else make(now)
    offered = board.tell(board.planned(now), "TENDERED", now - timedelta(hours=1))
    offered.respond_by = now + timedelta(minutes=40)
    offered.save(update_fields=["respond_by"])
    InvoiceRun.objects.create(key=NO_KEY, asked_by=house.biller.actor, asked_at=now)


def a_message(house: House, now: datetime) -> InboxMessage:
    """Keep one message of a shipper that could not be read."""
    source = Source.objects.create(
        slug="edi", name="Prairie EDI", dialect="edi", owner="Dana", created_at=now
    )
    EdiPartner.objects.create(
        source=source, qualifier="ZZ", isa_id="PRAIRIE", name="Prairie", customer=house.customer
    )
    message = receive(
        source, external_id="000091877", body=b"AT7*X1*NS***20261119*2470*LT~",
        content_type="application/edi-x12", headers={}, at=now,
    ).message  # fmt: skip
    InboxMessage.objects.filter(pk=message.pk).update(
        status="FAILED", reason="AT7 time 2470 not valid.", settled_at=now
    )
    return message


def ask_the_pricing_desk(pricing: Desk, now: datetime) -> tuple[Backtest, RateImport]:
    """Upload a sheet to the draft, and try the draft on the loads of the month."""
    with transaction.atomic():
        backtest = start_backtest(
            pricing.draft, first_on=date(2026, 11, 1), last_on=date(2026, 11, 30),
            by=pricing.drafter.actor, at=now,
        )  # fmt: skip
    sheet = SimpleUploadedFile("lanes.csv", SHEET.encode())
    where = f"/rate-cards/{pricing.card.pk}/v{pricing.draft.number}/imports/new/"
    answer = sign_in(pricing.drafter).post(where, {"sheet": sheet, "mode": "UPDATE"})
    assert answer.status_code == 302, answer.content
    return backtest, RateImport.objects.get()
