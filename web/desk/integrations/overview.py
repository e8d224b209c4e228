"""The feeds: who sends, how it goes, and who is asked when it breaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from integrations.models import Breaker, InboxMessage, OutboxMessage, PollCursor, Source
from web.access import desk
from web.desk.integrations.sections import sections

LOOK_BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Figures:
    """What went through a feed: how much, how much of it failed, and when last."""

    messages: int = 0
    troubles: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """One direction of one partner over the last day."""

    name: str
    direction: str
    protocol: str
    look: str
    words: str
    figures: Figures
    owner: str


@desk()
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show every feed with what it did in the last 24 hours."""
    since = timezone.now() - LOOK_BACK
    context = {
        "sections": sections("desk:integrations"),
        "feeds": [*incoming(since), *outgoing(since)],
    }
    return render(request, "desk/integrations/overview.html", context)


def incoming(since: datetime) -> list[Feed]:
    """Return the sources with their messages since then, in three queries."""
    recent = InboxMessage.objects.filter(received_at__gte=since)
    rows = recent.values("source").annotate(
        messages=Count("pk"),
        troubles=Count("pk", filter=Q(status=InboxMessage.Status.FAILED)),
        last_at=Max("received_at"),
    )
    figures = {row["source"]: _figures(row) for row in rows}
    cursors = {cursor.source_id: cursor for cursor in PollCursor.objects.all()}
    sources: Iterable[Source] = Source.objects.order_by("name")
    return [_source_feed(source, figures.get(source.pk, Figures()), cursors) for source in sources]


def _figures(row: Mapping[str, Any]) -> Figures:
    return Figures(row["messages"], row["troubles"], row["last_at"])


def _source_feed(source: Source, figures: Figures, cursors: dict[int, PollCursor]) -> Feed:
    cursor = cursors.get(source.pk)
    look, words = "OK", "Healthy"
    if not source.is_active:
        look, words = "HOLD", "Switched off"
    elif cursor and cursor.failures:
        look, words = "BAD", cursor.note or f"{cursor.failures} polls failed"
    elif figures.troubles:
        look, words = "WARN", "Some messages failed"
    return Feed(
        name=source.name,
        direction="In",
        protocol=f"{source.get_dialect_display()}{', polled' if cursor else ''}",
        look=look,
        words=words,
        figures=figures,
        owner=source.owner,
    )


def outgoing(since: datetime) -> list[Feed]:
    """Return the targets with their messages since then, in two queries."""
    recent = OutboxMessage.objects.filter(created_at__gte=since)
    rows = recent.values("target").annotate(
        messages=Count("pk"),
        troubles=Count("pk", filter=Q(status=OutboxMessage.Status.DEAD)),
        last_at=Max("settled_at"),
    )
    figures = {row["target"]: _figures(row) for row in rows}
    breakers = {breaker.target: breaker for breaker in Breaker.objects.all()}
    return [_target_feed(t, figures.get(t, Figures()), breakers) for t in OutboxMessage.Target]


def _target_feed(
    target: OutboxMessage.Target, figures: Figures, breakers: dict[str, Breaker]
) -> Feed:
    breaker = breakers.get(target)
    is_open = breaker is not None and breaker.status == Breaker.Status.OPEN
    look, words = "OK", "Healthy"
    if is_open and breaker is not None:
        look, words = "BAD", breaker.note or "Not reachable, waiting"
    elif figures.troubles:
        look, words = "WARN", "Some messages were refused"
    return Feed(
        name=f"Invoices to {target.label}",
        direction="Out",
        protocol="JSON, one call per document",
        look=look,
        words=words,
        figures=figures,
        owner="administrator",
    )
