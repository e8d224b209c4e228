"""Change how systems are connected: each change is told of, secrets only that they changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import APIKey
from integrations.models import Breaker, EdiPartner, PollCursor, Source
from journal.operations.recording import assert_in_transaction, record

SECRETS = frozenset({"poll_token"})
HIDDEN = "changed"


class KeyOfAnother(Exception):
    """The key speaks for another source already."""

    status = 422
    code = "key_of_another"
    field = "api_key"


def change_source(source: Source, *, values: Mapping[str, Any], by: str, at: datetime) -> Source:
    """Write those `values` that differ and record `source.changed`; nothing when none does.

    Raises:
        KeyOfAnother: another source speaks with that key.
    """
    assert_in_transaction()
    held = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if key := values.get("api_key"):
        _check_key(key, source=held)
    changed = _write(held, values)
    if changed:
        record(
            "source.changed",
            subject=held,
            by=by,
            at=at,
            old=_told(changed, 0),
            new=_told(changed, 1),
        )
    return held


def add_partner(source: Source, *, values: Mapping[str, Any], by: str, at: datetime) -> EdiPartner:
    """Take interchanges of one more sender, and record `edi_partner.added`."""
    assert_in_transaction()
    partner = EdiPartner.objects.create(source=source, **values)
    told = {name: _plain(value) for name, value in values.items()}
    record("edi_partner.added", subject=partner, by=by, at=at, new=told)
    return partner


def change_partner(
    partner: EdiPartner, *, values: Mapping[str, Any], by: str, at: datetime
) -> EdiPartner:
    """Write those `values` that differ and record `edi_partner.changed`; nothing when none does."""
    assert_in_transaction()
    held = EdiPartner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    changed = _write(held, values)
    if changed:
        record(
            "edi_partner.changed",
            subject=held,
            by=by,
            at=at,
            old=_told(changed, 0),
            new=_told(changed, 1),
        )
    return held


def ask_now(source: Source, *, by: str, at: datetime) -> None:
    """Make a source that is polled or fetched due at once, and record `source.asked`."""
    assert_in_transaction()
    PollCursor.objects.filter(source=source).update(next_poll_at=at)
    record("source.asked", subject=source, by=by, at=at)


def probe_now(breaker: Breaker, *, by: str, at: datetime) -> None:
    """Let the next probe of an open breaker be due at once, and record `breaker.probed`."""
    assert_in_transaction()
    open_ones = Breaker.objects.filter(pk=breaker.pk, status=Breaker.Status.OPEN)
    if open_ones.update(probe_at=at):
        record("breaker.probed", subject=breaker, by=by, at=at)


def _check_key(key: APIKey, *, source: Source) -> None:
    other = Source.objects.filter(api_key=key).exclude(pk=source.pk).first()
    if other is not None:
        raise KeyOfAnother(f"{key.name} speaks for {other.name} already.")


def _write(row: Source | EdiPartner, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Write what differs; return each field's value before and after."""
    changed = {
        name: (getattr(row, name), value)
        for name, value in values.items()
        if getattr(row, name) != value
    }
    for name, (_, value) in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=sorted(changed))
    return changed


def _told(changed: Mapping[str, tuple[Any, Any]], side: int) -> dict[str, Any]:
    """Return the values before (side 0) or after (1); of a secret only that it changed."""
    return {
        name: HIDDEN * side if name in SECRETS else _plain(pair[side])
        for name, pair in changed.items()
    }


def _plain(value: Any) -> Any:
    """Return a value as the journal keeps it: rows by their names."""
    return str(value) if hasattr(value, "pk") else value
