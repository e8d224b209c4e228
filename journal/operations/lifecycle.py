"""The one way a declared status moves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from journal.events import Entry
from journal.models import Lifecycle
from journal.operations.recording import assert_in_transaction, entry_for, record_many

Row = TypeVar("Row", bound=Lifecycle)


class IllegalMove(Exception):
    """The status cannot move like this; says from where to where."""

    def __init__(self, row: Lifecycle, to: str) -> None:
        self.row = row
        self.to = to
        name = row._meta.verbose_name
        super().__init__(f"This {name} is {row.status} and cannot become {to}.")


def advance(
    row: Row,
    to: str,
    *,
    by: str,
    at: datetime,
    reason: str = "",
    payload: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Row:
    """Move `row` to the status `to`, write `fields` with it, and record the event.

    Locks the row and reads its status anew, so a stale copy cannot skip a step. Returns `row`
    brought up to date. The event is named `<model>.<status>` unless the model says otherwise. A
    row with a column for its `reason` keeps that of its last move.

    Raises:
        IllegalMove: the pair is not among the row's `TRANSITIONS`.
    """
    assert_in_transaction()
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update(of=("self",)))
    entry = move_held(row, to, by=by, at=at, reason=reason, payload=payload, **fields)
    row.save(update_fields=sorted(entry.new))
    record_many([entry])
    return row


def move_held(
    row: Lifecycle,
    to: str,
    *,
    by: str,
    at: datetime,
    reason: str = "",
    payload: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Entry:
    """Move a row in memory and return the event that tells of it, for a block that writes both.

    The caller holds the row's lock and has read it under that lock.

    Raises:
        IllegalMove: the pair is not among the row's `TRANSITIONS`.
    """
    if (row.status, to) not in row.TRANSITIONS:
        raise IllegalMove(row, to)
    if _keeps_reason(row):
        fields["reason"] = reason
    changed = {"status", *fields}
    old = _plain(row, changed)
    row.status = to
    for name, value in fields.items():
        setattr(row, name, value)
    return entry_for(
        event_name(row, to), subject=row, by=by, at=at, reason=reason, payload=payload,
        old=old, new=_plain(row, changed),
    )  # fmt: skip


def event_name(row: Lifecycle, to: str) -> str:
    """Return the name of the event that a move to `to` records."""
    return row.EVENT_NAMES.get(to, f"{row._meta.model_name}.{to.lower()}")


def _keeps_reason(row: Lifecycle) -> bool:
    return any(field.name == "reason" for field in row._meta.concrete_fields)


def _plain(row: Lifecycle, names: set[str]) -> dict[str, Any]:
    columns: dict[str, Any] = {name: row._meta.get_field(name) for name in sorted(names)}
    return {name: getattr(row, column.attname) for name, column in columns.items()}
