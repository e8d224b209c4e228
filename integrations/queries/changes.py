"""What a change is about, in the names by which the API knows it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.rules import Scope
from billing.models import Charge, Invoice, InvoiceState, LoadBilling, Payment
from dispatch.models import Document, Load
from dispatch.queries.papers import CUSTOMERS
from exceptions.models import Case
from journal.models import Event

# The first word of an event's name, and what a key must be able to read to be told.
KINDS: Mapping[str, Scope] = {
    "load": Scope.LOADS_READ,
    "tender": Scope.LOADS_READ,
    "document": Scope.LOADS_READ,
    "charge": Scope.LOADS_READ,
    "invoice": Scope.INVOICES_READ,
    "payment": Scope.INVOICES_READ,
    "case": Scope.CASES_READ,
}


@dataclass(frozen=True, slots=True)
class Change:
    """An event as partners are told of it: what changed, not how; who wants more reads it."""

    event: Event
    subject: str
    path: str

    @property
    def kind(self) -> str:
        """Return the first word of the event's name."""
        return self.event.name.partition(".")[0]


Names = dict[int, str]
DOCUMENTS = "dispatch_document"
CUSTOMERS_TABLES = frozenset(
    {"dispatch_load", DOCUMENTS, "billing_invoice", "billing_invoicestate", "billing_payment"}
)
AMONG_OURSELVES = frozenset(
    {
        "load.check_call", "load.exception", "invoice.posted", "invoice.posting_failed",
        "invoice.posting_queued",
    }
)  # fmt: skip


def heard_by_customer(events: Sequence[Event]) -> list[Event]:
    """Return the events that a customer's key is told of: those of what it may read.

    What waits to be billed, what it lacks and our books are between us.
    """
    papers = {e.subject_id for e in events if e.subject_table == DOCUMENTS}
    shown = set(Document.objects.filter(pk__in=papers, **CUSTOMERS).values_list("pk", flat=True))
    return [
        event
        for event in events
        if event.subject_table in CUSTOMERS_TABLES
        and event.name not in AMONG_OURSELVES
        and (event.subject_table != DOCUMENTS or event.subject_id in shown)
    ]


def told(events: Sequence[Event]) -> list[Change]:
    """Return the changes with the names of what they are about: one statement for each table."""
    names = {
        table: find({e.subject_id for e in events if e.subject_table == table})
        for table, (_, find) in SUBJECTS.items()
        if any(e.subject_table == table for e in events)
    }
    return [_told(event, names.get(event.subject_table, {})) for event in events]


def _told(event: Event, names: Names) -> Change:
    subject = names.get(event.subject_id, str(event.subject_id))
    path, _ = SUBJECTS.get(event.subject_table, ("", None))
    return Change(event, subject, path.format(subject) if path else "")


def _named(model: type, field: str) -> Callable[[Iterable[int]], Names]:
    def find(ids: Iterable[int]) -> Names:
        rows = model.objects.filter(pk__in=list(ids))  # type: ignore[attr-defined]
        return {pk: str(name) for pk, name in rows.values_list("pk", field)}

    return find


SUBJECTS: Mapping[str, tuple[str, Callable[[Iterable[int]], Names]]] = {
    "dispatch_load": ("loads/{}/", _named(Load, "number")),
    "dispatch_document": ("documents/{}/", _named(Document, "pk")),
    "billing_loadbilling": ("loads/{}/billing/", _named(LoadBilling, "load__number")),
    "billing_charge": ("charges/{}/", _named(Charge, "pk")),
    "billing_invoice": ("invoices/{}/", _named(Invoice, "number")),
    "billing_invoicestate": ("invoices/{}/", _named(InvoiceState, "invoice__number")),
    "billing_payment": ("", _named(Payment, "uid")),
    "exceptions_case": ("cases/{}/", _named(Case, "number")),
}
