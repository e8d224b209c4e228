"""Changes of a setting: told line by line, and never over somebody else's unseen one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Model, Q
from django.http import QueryDict

from journal.models import Event
from web.actors import Actor, Cast, spoken
from web.templatetags.clocks import moment

SHOWN = 30
NOTHING = "None"

Spell = Callable[[str], str]


class ChangedMeanwhile(Exception):
    """Somebody saved the same setting since the form was opened."""

    status = 409
    code = "changed_meanwhile"


class StandingForm(forms.Form):
    """A form of what is in force; it remembers the change that its reader saw last."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def show_seen(self, row: Model) -> None:
        """Let a form that was refused go on from the newest change of `row`."""
        newest, data = newest_change(row), QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = str(newest.pk) if newest else ""
        self.data = data

    def check_unseen(self, row: Model, *, zone: str) -> None:
        """Raise ChangedMeanwhile when `row`, which is locked, was changed since."""
        newest = newest_change(row)
        if newest is None or newest.pk == self.cleaned_data["seen"]:
            return
        who, when = Cast([newest.actor]).actor(newest.actor), moment(newest.recorded_at, zone)
        raise ChangedMeanwhile(
            f"Changed by {who.name} at {when}. Below is what you typed; the history shows what "
            "they did. Save again to put yours in its place."
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One field in words, before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a setting's history."""

    actor: Actor
    words: str
    reason: str
    changes: tuple[Change, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Wording:
    """How a history names events, fields and values; what it does not know it spells out."""

    events: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spells: Mapping[str, Spell] = field(default_factory=dict)

    def label(self, name: str) -> str:
        """Return what a field is called on its form."""
        return self.labels.get(name) or spoken(name)

    def value(self, name: str, value: Any) -> str:
        """Return a value as its form shows it."""
        if value in (None, "", [], {}):
            return NOTHING
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if spell := self.spells.get(name):
            return spell(str(value))
        return self.values.get(name, {}).get(str(value)) or str(value)


def wording_of(form: type[forms.Form], *, events: Mapping[str, str]) -> Wording:
    """Return the wording of the settings that a form changes."""
    fields = form.base_fields
    choices = {
        name: {str(value): str(words) for value, words in each.widget.choices}
        for name, each in fields.items()
        if type(each) is forms.ChoiceField and not _is_grouped(each.widget)
    }
    return Wording(events, {name: str(each.label or "") for name, each in fields.items()}, choices)


def newest_change(row: Model) -> Event | None:
    """Return the newest event about `row`, by one index."""
    about = Event.objects.filter(subject_table=row._meta.db_table, subject_id=row.pk)
    return about.order_by("-pk").first()


def history_of(rows: Iterable[Model], wording: Wording) -> list[Entry]:
    """Return what was done to `rows`, newest first, in at most three queries."""
    about = Q(pk=None)
    for row in rows:
        about |= Q(subject_table=row._meta.db_table, subject_id=row.pk)
    events = list(Event.objects.filter(about, name__in=wording.events).order_by("-pk")[:SHOWN])
    cast = Cast(event.actor for event in events)
    return [
        Entry(
            actor=cast.actor(event.actor),
            words=wording.events[event.name],
            reason=event.reason,
            changes=_changes(event, wording),
            at=event.recorded_at,
        )
        for event in events
    ]


def _changes(event: Event, wording: Wording) -> tuple[Change, ...]:
    names = [name for name in event.new if event.old.get(name) != event.new[name]]
    return tuple(
        Change(
            wording.label(name),
            wording.value(name, event.old.get(name)),
            wording.value(name, event.new[name]),
        )
        for name in names
    )


def _is_grouped(widget: Any) -> bool:
    return any(isinstance(words, list | tuple) for _, words in widget.choices)
