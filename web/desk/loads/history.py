"""What was done to a load and its parts, from the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from journal.models import Event
from web.actors import Actor, Cast, spoken

SHOWN = 30

# What an event says of itself, where its name alone would read badly.
WORDS = {
    "load.created": "made the load",
    "load.changed": "changed the load",
    "load.tracked": "took in milestones",
    "load.ready": "found it ready to bill",
    "load.blocked": "found it blocked",
    "load.waiting": "waits for delivery",
    "load.to_review": "asked for a review",
    "load.invoiced": "billed the load",
    "load.rated": "rated the load",
    "load.not_billable": "found nothing to bill",
    "document.received": "filed a document",
    "document.accepted": "accepted a document",
    "document.rejected": "rejected a document",
    "invoice.issued": "issued the invoice",
    "invoice.rendered": "drew the PDF",
    "invoice.posted": "posted to the ERP",
}
# Fields that say nothing to a reader.
SILENT = frozenset({"version", "changed_at", "evaluated_at", "rated_at", "correlation_id"})
MOST_CHANGES = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, in words."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the history."""

    actor: Actor
    words: str
    note: str
    changes: tuple[Change, ...]
    at: datetime


def events_about(rows: Iterable[Model]) -> QuerySet[Event]:
    """Return the newest events whose subject is one of `rows`, reading only their own index."""
    about = Q(pk=None)
    by_table: dict[str, list[int]] = {}
    for row in rows:
        by_table.setdefault(row._meta.db_table, []).append(row.pk)
    for table, ids in by_table.items():
        about |= Q(subject_table=table, subject_id__in=ids)
    return Event.objects.filter(about).order_by("-pk")


def history_of(events: Iterable[Event], cast: Cast) -> list[Line]:
    """Return the events as lines, newest first."""
    return [
        Line(
            actor=cast.actor(event.actor),
            words=WORDS.get(event.name) or _plain_words(event.name),
            note=event.reason or str(event.payload.get("note", "")),
            changes=_changes(event),
            at=event.recorded_at,
        )
        for event in events
    ]


def _plain_words(name: str) -> str:
    noun, _, verb = name.partition(".")
    return f"{verb.replace('_', ' ')} {noun.replace('_', ' ')}".strip()


def _changes(event: Event) -> tuple[Change, ...]:
    changed = [
        Change(_short(event.old.get(name)), _short(event.new.get(name)))
        for name in event.new
        if name not in SILENT and event.old and event.old.get(name) != event.new.get(name)
    ]
    return tuple(changed[:MOST_CHANGES])


def _short(value: Any) -> str:
    if value in (None, "", [], {}):
        return "None"
    if isinstance(value, str) and value.isupper() and value.replace("_", "").isalpha():
        return spoken(value.lower())
    return str(value)[:60]
