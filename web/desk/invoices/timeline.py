"""What has happened to an issued document, in words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.models import Invoice, Payment
from journal.models import Event
from web.actors import Cast
from web.desk.loads.history import events_about
from web.templatetags.figures import money

SHOWN = 30
WITH_AMOUNT = frozenset({"payment.applied", "payment.freed", "invoice.credited_in_part"})
# Icon, tone and words of what can happen to an issued invoice.
HAPPENINGS = {
    "invoice.issued": ("lock", "", "Issued and locked"),
    "invoice.rendered": ("doc", "", "PDF drawn"),
    "invoice.letter_queued": ("mail", "", "Letter to accounts payable"),
    "invoice.letter_sent": ("s-done", "t-ok", "E-mailed"),
    "invoice.letter_failed": ("s-bad", "t-bad", "E-mail came back"),
    "invoice.posted": ("bank", "t-ok", "Posted to the ERP"),
    "invoice.posting_failed": ("s-bad", "t-bad", "Posting to the ERP failed"),
    "invoice.credited": ("s-skip", "", "Credited"),
    "invoice.posting_queued": ("s-plan", "", "Waits for the ERP"),
    "invoice.credited_in_part": ("s-skip", "", "Lines credited"),
    "invoice.reduced": ("s-skip", "", "Credited in part"),
    "invoice.rebilled": ("refresh", "", "Billed again"),
    "payment.applied": ("s-prog", "t-ok", "Payment"),
    "payment.freed": ("s-skip", "t-warn", "Payment taken back"),
    "invoicestate.paid": ("s-done", "t-ok", "Paid in full"),
}
# What follows from another step that is shown.
QUIET = frozenset(
    {
        "invoice.balance_changed",
        "invoicestate.credited",
        "invoicestate.issued",
        "invoicestate.part_paid",
    }
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One step in the life of the document."""

    icon: str
    tone: str
    words: str
    note: str
    at: datetime


def timeline_of(invoice: Invoice) -> list[Happening]:
    """Return what happened to an invoice in words, newest first."""
    found = events_about([invoice, invoice.state]).exclude(name__in=QUIET)
    events = list(found[:SHOWN])
    cast = Cast(event.actor for event in events)
    return [_happening(event, cast, invoice.currency) for event in events]


def _happening(event: Event, cast: Cast, currency: str) -> Happening:
    plain = event.name.partition(".")[2].replace("_", " ").capitalize()
    icon, tone, words = HAPPENINGS.get(event.name, ("s-prog", "", plain))
    if event.name in WITH_AMOUNT:
        words = f"{words}, {money(Decimal(event.payload['amount']), currency)}"
    actor = cast.actor(event.actor).name
    return Happening(icon, tone, words, f"{actor}{_note(event)}", event.recorded_at)


def _note(event: Event) -> str:
    payload = event.payload
    told = event.reason or payload.get("note") or event.new.get("erp_reference") or ""
    if event.name == "payment.applied":
        method = Payment.Method(payload["method"]).label
        told = f"{method} {payload['reference']}".strip()
    if event.name == "invoice.rebilled":
        told = f"{payload['note']} and {payload['again']}"
    return f", {told}" if told else ""
