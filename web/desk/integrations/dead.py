"""Dead letters: why each died, its bytes beside it, and what brings it back to life."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import ADMINISTRATING_ROLES, BILLING_ROLES
from integrations.models import InboxMessage, OutboxMessage
from integrations.operations.replaying import read_again
from integrations.operations.sending import send_again
from journal.models import Delivery
from journal.operations.working import replay_delivery
from web.access import desk, signed_in
from web.actors import spoken
from web.desk.integrations.inbox import is_replayable, raw_of
from web.desk.integrations.letters import DEAD_LETTERS, Letters
from web.desk.integrations.sections import sections
from web.lists.addresses import Tab, address_with
from web.lists.counts import bounded_count
from web.lists.keyset import Ordering, paginate
from web.refusals import Refusal, attempt

NEWEST_FIRST = Ordering("pk")
KINDS = {letters.name: letters for letters in DEAD_LETTERS}


class DeadFilters(forms.Form):
    """Which dead letters are looked at, read from the address."""

    kind = forms.ChoiceField(
        required=False, choices=[(each.name, each.words) for each in DEAD_LETTERS]
    )
    show = forms.IntegerField(required=False)
    after = forms.CharField(required=False, max_length=200)


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter as the list shows it."""

    pk: int
    name: str
    feed: str
    error: str
    tries: int
    at: datetime | None
    replay: str
    href: str
    page: str


@desk()
@require_safe
def dead_letters(request: HttpRequest) -> HttpResponse:
    """Show a page of dead letters, newest first, and one of them with its bytes."""
    filters = DeadFilters(request.GET)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    asked, user = filters.cleaned_data, signed_in(request)
    kind = KINDS[asked["kind"] or DEAD_LETTERS[0].name]
    rows = kind.rows().select_related(RELATED[kind.name]).defer(*HEAVY[kind.name])
    page = paginate(rows, ordering=NEWEST_FIRST, cursor=asked["after"])
    context = {
        "sections": sections("desk:dead_letters", user),
        "tabs": tabs(request, kind),
        "letters": [_letter(request, kind, row) for row in page.rows],
        "may_replay": user.has_role(*kind.roles),
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
    chosen = next((row for row in page.rows if row.pk == asked["show"]), None)
    if chosen is not None:
        context |= {"chosen": _letter(request, kind, chosen), "raw": _raw(chosen)}
    return render(request, "desk/integrations/dead.html", context)


@desk()
@require_POST
def replay_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a message in read once more as it came."""
    message = get_object_or_404(InboxMessage.objects.select_related("source"), pk=pk)
    if not is_replayable(message):
        return _back(request, "in", Refusal("It has its verdict, or is asked for anew.", 409, ""))
    by, now = signed_in(request).actor, timezone.now()
    result = attempt(lambda: read_again(message, by=by, at=now))
    return _back(request, "in", result, f"{message.external_id} is read again in a moment")


@desk(*BILLING_ROLES)
@require_POST
def replay_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message out once more; the target is asked first whether it has it."""
    message = get_object_or_404(OutboxMessage, pk=pk)
    by, now = signed_in(request).actor, timezone.now()
    result = attempt(lambda: send_again(message, by=by, at=now))
    return _back(request, "out", result, "It goes out again in a moment")


@desk(*ADMINISTRATING_ROLES)
@require_POST
def replay_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand an event to its subscriber once more, with all attempts."""
    delivery = get_object_or_404(Delivery, pk=pk)
    by, now = signed_in(request).actor, timezone.now()
    result = attempt(
        lambda: replay_delivery(delivery, by=by, at=now, reason="From the dead letters.")
    )
    return _back(request, "work", result, "The work is due again")


def tabs(request: HttpRequest, current: Letters) -> list[Tab]:
    """Return one tab per kind with its bounded count."""
    return [
        Tab(
            each.words,
            bounded_count(each.rows()),
            address_with(request, kind=each.name, show=""),
            is_current=each == current,
            is_hot=True,
        )
        for each in DEAD_LETTERS
    ]


def _back(request: HttpRequest, kind: str, result: Any, done: str = "") -> HttpResponse:
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, done)
    return redirect(f"{reverse('desk:dead_letters')}?kind={kind}")


def _letter(request: HttpRequest, kind: Letters, row: Any) -> Letter:
    name, feed, error, tries, at, page = TOLD[kind.name](row)
    can_replay = kind.name != "in" or is_replayable(row)
    return Letter(
        pk=row.pk,
        name=name,
        feed=feed,
        error=error,
        tries=tries,
        at=at,
        replay=reverse(kind.replay, args=[row.pk]) if can_replay else "",
        href=address_with(request, show=str(row.pk), after=request.GET.get("after", "")),
        page=page,
    )


Told = tuple[str, str, str, int, datetime | None, str]


def _tell_in(row: InboxMessage) -> Told:
    page = reverse("desk:message", args=[row.pk])
    return row.external_id, row.source.name, row.reason, 1, row.settled_at, page


def _tell_out(row: OutboxMessage) -> Told:
    name = row.invoice.number if row.invoice else row.subject_key
    page = reverse("desk:sent", args=[row.pk])
    return name, row.get_target_display(), row.verdict, row.attempts, row.settled_at, page


def _tell_work(row: Delivery) -> Told:
    handler = spoken(row.subscriber.rpartition(".")[2])
    page = reverse("desk:thread", args=[row.event.correlation_id])
    return row.event.name, handler, row.note, row.attempts, row.settled_at, page


TOLD: dict[str, Callable[[Any], Told]] = {"in": _tell_in, "out": _tell_out, "work": _tell_work}
RELATED = {"in": "source", "out": "invoice", "work": "event"}
# What a list does not read; of the one that is shown it is read by itself.
HEAVY = {"in": ("body", "headers"), "out": ("body",), "work": ()}


def _raw(row: Any) -> str:
    """Return what a dead letter carries, as it is kept."""
    if isinstance(row, Delivery):
        event = row.event
        return raw_of({"subject": f"{event.subject_table} {event.subject_id}"} | event.payload)
    return raw_of(row.body)
