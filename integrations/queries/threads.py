"""One message from its raw bytes to the ledger: everything that carries its correlation id."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from billing.models import Charge, Invoice, LoadBilling
from dispatch.models import Load
from integrations.models import InboxMessage, OutboxMessage
from journal.models import Event

MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Thread:
    """The messages, what they set off in its order, and the rows it reached."""

    received: Sequence[InboxMessage]
    events: Sequence[Event]
    is_cut: bool
    loads: Sequence[Load]
    charges: Sequence[Charge]
    invoices: Sequence[Invoice]
    sent: Sequence[OutboxMessage]


def read_thread(correlation_id: UUID) -> Thread:
    """Return everything of one thread, in at most six queries; the bytes stay where they are."""
    rows = InboxMessage.objects.filter(correlation_id=correlation_id).defer("body")
    received = list(rows.select_related("source", "load").order_by("pk"))
    events = list(
        Event.objects.filter(correlation_id=correlation_id).order_by("pk")[: MOST_EVENTS + 1]
    )
    shown = events[:MOST_EVENTS]
    invoices = Invoice.objects.filter(pk__in=_ids(shown, Invoice)).order_by("pk")
    charges = Charge.objects.filter(pk__in=_ids(shown, Charge)).select_related("load")
    sent = OutboxMessage.objects.filter(pk__in=_ids(shown, OutboxMessage))
    return Thread(
        received=received,
        events=shown,
        is_cut=len(events) > MOST_EVENTS,
        loads=list(_loads(shown, {row.load_id for row in received if row.load_id})),
        charges=list(charges.order_by("load_id", "pk")),
        invoices=list(invoices.select_related("state", "customer").defer("snapshot")),
        sent=list(sent.select_related("invoice").defer("body").order_by("pk")),
    )


def _loads(events: Sequence[Event], named: set[int]) -> QuerySet[Load]:
    """Return the loads that messages named or that something happened to, itself or its bill."""
    billed = Q(billing__in=_ids(events, LoadBilling))
    return Load.objects.filter(Q(pk__in=named | _ids(events, Load)) | billed).order_by("pk")


def _ids(events: Sequence[Event], model: type) -> set[int]:
    table = model._meta.db_table  # type: ignore[attr-defined]
    return {event.subject_id for event in events if event.subject_table == table}
