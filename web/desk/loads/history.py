"""What was done to a load and its parts, from the journal."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q, QuerySet

from journal.models import Event
from web.actors import Actor, Cast, spoken, whispered
from web.templatetags.figures import amount

SHOWN = 30

# What an event says of itself, after the actor's name; `{it}` is the part of the load it is about.
WORDS = {
    "load.created": "made the load",
    "load.changed": "changed the load",
    "load.tracked": "told {it}",
    "load.ready": "found it ready to bill",
    "load.blocked": "found it blocked",
    "load.waiting": "waits for delivery",
    "load.to_review": "asks for a review",
    "load.reassessed": "looked at it again",
    "load.invoiced": "billed the load",
    "load.not_billable": "found nothing to bill",
    "document.received": "filed {it}",
    "document.accepted": "accepted {it}",
    "document.rejected": "rejected {it}",
    "charge.rated": "rated {it}",
    "charge.rerated": "rated {it} again",
    "charge.added": "added {it}",
    "charge.approved": "approved {it}",
    "charge.held": "held {it}",
    "charge.waived": "waived {it}",
    "charge.superseded": "replaced {it}",
    "rate_card.created": "made the card",
    "rate_card.drafted": "drafted {it}",
    "rate_card.edited": "changed {it}",
    "rate_card.submitted": "sent {it} for approval",
    "rate_card.approved": "approved {it}",
    "rate_card.returned": "returned {it}",
    "rate_card.published": "published {it}",
    "rate_card.ended": "ended {it}",
    "rate_card.retired": "retired {it}",
    "invoice.issued": "issued {it}",
    "invoice.rendered": "drew the PDF of {it}",
    "invoice.posted": "posted {it} to the ERP",
    "invoice.posting_failed": "could not post {it} to the ERP",
    "invoice.credited": "credited {it}",
}
# Fields that say nothing to a reader: keys, counts, and when or by whom, which stand beside it.
SILENT = ("_at", "_id", "_by", "_count", "version", "reason")
MOST_CHANGES = 2
MONEY = re.compile(r"-?\d+\.\d\d")
# An edit of a tariff names its cells, so more of them can be told apart.
MOST_EDITS = 6

# How the parts of a load are named: by table and id.
Names = Mapping[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, in words."""

    before: str
    after: str
    name: str = ""


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


def history_of(events: Iterable[Event], cast: Cast, *, names: Names) -> list[Line]:
    """Return the events as lines, newest first."""
    return [
        Line(
            actor=cast.actor(event.actor),
            words=_words(event, names),
            note=event.reason,
            changes=_changes(event),
            at=event.recorded_at,
        )
        for event in events
    ]


def _words(event: Event, names: Names) -> str:
    if event.name not in WORDS:
        noun, _, verb = event.name.partition(".")
        return f"{verb} {noun}".replace("_", " ").strip()
    return WORDS[event.name].format(it=_about(event, names))


def _about(event: Event, names: Names) -> str:
    """Name what the event is about: milestones by kind, anything else by its own name."""
    if kinds := event.payload.get("kinds"):
        return ", ".join(whispered(kind.lower()) for kind in kinds)
    name = names.get((event.subject_table, event.subject_id), "")
    if part := event.payload.get("what"):
        return f"{part} of {name}" if name else str(part)
    return name or str(event.new.get("description", "")) or "milestones"


def _changes(event: Event) -> tuple[Change, ...]:
    is_edit = bool(event.payload.get("what"))
    changed = [
        Change(
            _short(event.old.get(name), name=name),
            _short(event.new.get(name), name=name),
            whispered(name) if is_edit else "",
        )
        for name in event.new
        if event.old and event.old.get(name) != event.new.get(name) and _speaks(event, name)
    ]
    return tuple(changed[: MOST_EDITS if is_edit else MOST_CHANGES])


def _speaks(event: Event, name: str) -> bool:
    values = (event.old.get(name), event.new.get(name))
    return not name.endswith(SILENT) and not any(isinstance(v, dict | list) for v in values)


def _short(value: Any, *, name: str) -> str:
    if value in (None, ""):
        return "None"
    if name.endswith("amount") and MONEY.fullmatch(str(value)):
        return amount(Decimal(str(value)))
    if isinstance(value, str) and value.isupper() and value.replace("_", "").isalpha():
        return spoken(value.lower())
    return str(value)[:60]
