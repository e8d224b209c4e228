"""Who changed something last, and when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, Q

from accounts.models import APIKey, User
from journal.models import Event


@dataclass(frozen=True, slots=True)
class Change:
    """The newest event about a row: its number, who it was in words, and when."""

    number: int
    name: str
    at: datetime


def last_change(*subjects: Model) -> Change | None:
    """Return the newest change of these rows; None when nothing was ever told of them."""
    about = Q()
    for subject in subjects:
        about |= Q(subject_table=subject._meta.db_table, subject_id=subject.pk)
    event = Event.objects.filter(about).order_by("-id").first()
    return Change(event.pk, name_of(event.actor), event.recorded_at) if event else None


def name_of(actor: str) -> str:
    """Return the name of a person or a key, or the actor as it is written."""
    kind, _, number = actor.partition(":")
    if not number.isdecimal():
        return actor
    if kind == "user":
        return User.objects.filter(pk=number).values_list("name", flat=True).first() or actor
    if kind == "key":
        return APIKey.objects.filter(pk=number).values_list("name", flat=True).first() or actor
    return actor
