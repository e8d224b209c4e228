"""How an invoice stands on a reader's day: still open, due soon, overdue, settled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from billing.models import Invoice, InvoiceState

OPEN = (InvoiceState.Status.ISSUED, InvoiceState.Status.PART_PAID)
# What is asked of the state of an invoice that is still owed; a credit note is never due.
OPEN_STATE: dict[str, Any] = {"status__in": OPEN, "due_on__isnull": False}


def of_states(asked: Mapping[str, Any]) -> Q:
    """Return a condition on the states of invoices as one on the invoices."""
    return Q(**{f"state__{name}": value for name, value in asked.items()})


SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """The look of an invoice's state, and the words when the usual ones do not say enough."""

    look: str
    words: str = ""


def standing_of(invoice: Invoice, *, today: date) -> Standing:
    """Return how an invoice, read with its state, stands on `today`."""
    status = invoice.state.status
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return Standing("CREDITED", "Credit note")
    if status not in OPEN:
        return Standing(status)
    left = invoice.due_on - today
    if left < timedelta(0):
        return Standing("OVERDUE", f"Overdue {_days(-left)}")
    if left == timedelta(0):
        return Standing(status, "Due today")
    if left <= SOON:
        return Standing(status, f"Due in {_days(left)}")
    return Standing(status, "Open" if status == InvoiceState.Status.ISSUED else "")


def _days(span: timedelta) -> str:
    return "1 day" if span.days == 1 else f"{span.days} days"
