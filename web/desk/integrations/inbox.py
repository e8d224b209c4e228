"""Messages in: what became of each, and the bytes as they came."""

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from integrations.models import InboxMessage, Source
from web.access import desk
from web.desk.integrations.sections import sections
from web.lists.addresses import Tab, address_with
from web.lists.counts import bounded_count
from web.lists.keyset import Ordering, paginate

LATEST_FIRST = Ordering("received_at")
RAW_LIMIT = 64 * 1024


class InboxFilters(forms.Form):
    """The filters of the inbox, read from the address."""

    status = forms.ChoiceField(required=False, choices=[("", "All"), *InboxMessage.Status.choices])
    source = forms.ModelChoiceField(
        Source.objects.order_by("name"), required=False, empty_label="Any"
    )
    after = forms.CharField(required=False, max_length=200)


@desk()
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show a page of messages, latest first."""
    filters = InboxFilters(request.GET)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    asked = filters.cleaned_data
    messages = InboxMessage.objects.defer("body", "headers").select_related("source", "load")
    if asked["status"]:
        messages = messages.filter(status=asked["status"])
    if asked["source"]:
        messages = messages.filter(source=asked["source"])
    page = paginate(messages, ordering=LATEST_FIRST, cursor=asked["after"])
    context = {
        "sections": sections("desk:inbox"),
        "filters": filters,
        "tabs": tabs(request, asked["status"]),
        "page": page,
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
    return render(request, "desk/integrations/inbox.html", context)


def tabs(request: HttpRequest, current: str) -> list[Tab]:
    """Return one tab per state with its bounded count."""
    views = [("", "All"), *InboxMessage.Status.choices]
    return [
        Tab(
            str(words),
            bounded_count(InboxMessage.objects.filter(**({"status": value} if value else {}))),
            address_with(request, status=value),
            is_current=value == current,
            is_hot=value == InboxMessage.Status.FAILED,
        )
        for value, words in views
    ]


@desk()
@require_safe
def message_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one message with its raw body."""
    rows = InboxMessage.objects.select_related("source", "load")
    message = get_object_or_404(rows, pk=pk)
    raw = bytes(message.body)
    context = {
        "sections": sections("desk:inbox"),
        "message": message,
        "raw": readable(raw),
        "is_cut": len(raw) > RAW_LIMIT,
        "size": len(raw),
    }
    return render(request, "desk/integrations/message.html", context)


def readable(raw: bytes) -> str:
    """Return a body as text; X12, which comes as one line, is broken after each segment."""
    text = raw[:RAW_LIMIT].decode("utf-8", errors="replace")
    if text.startswith("ISA") and len(text) > 105:
        terminator = text[105]
        if terminator.strip() and "\n" not in text[:400]:
            return text.replace(terminator, f"{terminator}\n")
    return text
