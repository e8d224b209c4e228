"""Messages out: each document, how often it was tried, and the answer."""

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.rules import BILLING_ROLES
from integrations.models import OutboxMessage
from integrations.models.outbox import MAX_ATTEMPTS
from web.access import desk, signed_in
from web.desk.integrations.inbox import raw_of
from web.desk.integrations.sections import sections
from web.lists.addresses import Tab, address_with
from web.lists.counts import bounded_count
from web.lists.keyset import Ordering, paginate

NEWEST_FIRST = Ordering("pk")


class OutboxFilters(forms.Form):
    """The filters of the outbox, read from the address."""

    status = forms.ChoiceField(required=False, choices=[("", "All"), *OutboxMessage.Status.choices])
    after = forms.CharField(required=False, max_length=200)


@desk()
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show a page of messages, newest first."""
    filters = OutboxFilters(request.GET)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    asked = filters.cleaned_data
    messages = OutboxMessage.objects.defer("body").select_related("invoice")
    if asked["status"]:
        messages = messages.filter(status=asked["status"])
    page = paginate(messages, ordering=NEWEST_FIRST, cursor=asked["after"])
    context = {
        "sections": sections("desk:outbox", signed_in(request)),
        "tabs": tabs(request, asked["status"]),
        "page": page,
        "most_attempts": MAX_ATTEMPTS,
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
    return render(request, "desk/integrations/outbox.html", context)


@desk()
@require_safe
def sent_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one message out with what it carries and the answer it got."""
    user = signed_in(request)
    message = get_object_or_404(OutboxMessage.objects.select_related("invoice"), pk=pk)
    context = {
        "sections": sections("desk:outbox", user),
        "message": message,
        "raw": raw_of(message.body),
        "can_replay": message.status == OutboxMessage.Status.DEAD and user.has_role(*BILLING_ROLES),
    }
    return render(request, "desk/integrations/sent.html", context)


def tabs(request: HttpRequest, current: str) -> list[Tab]:
    """Return one tab per state with its bounded count."""
    views = [("", "All"), *OutboxMessage.Status.choices]
    return [
        Tab(
            str(words),
            bounded_count(OutboxMessage.objects.filter(**({"status": value} if value else {}))),
            address_with(request, status=value),
            is_current=value == current,
            is_hot=value == OutboxMessage.Status.DEAD,
        )
        for value, words in views
    ]
