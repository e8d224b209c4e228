"""One message followed from its raw bytes to the ledger, by its correlation id."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from integrations.queries.threads import Thread, read_thread
from journal.models import Event
from web.access import desk, signed_in
from web.actors import Cast, spoken
from web.desk.integrations.sections import sections


@desk()
@require_safe
def thread_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what a message set off: events in their order, loads, charges, invoices, postings."""
    thread = read_thread(key)
    if not (thread.received or thread.events):
        raise Http404
    cast = Cast(event.actor for event in thread.events)
    context = {
        "sections": sections("desk:inbox", signed_in(request)),
        "key": key,
        "thread": thread,
        "steps": [(event, cast.actor(event.actor), words(event)) for event in thread.events],
        "numbers": numbers(thread),
    }
    return render(request, "desk/integrations/thread.html", context)


def words(event: Event) -> str:
    """Name an event in words: "load.created" is Load created."""
    return spoken(event.name.replace(".", " "))


def numbers(thread: Thread) -> list[str]:
    """Name what the thread reached, for the head of the page."""
    reached: Iterable[str] = (
        *(f"load {load.number}" for load in thread.loads),
        *(invoice.number for invoice in thread.invoices),
        *(sent.external_reference for sent in thread.sent if sent.invoice_id),
    )
    return [name for name in reached if name]
