"""Keep the rows of blockers equal to what the rules say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from billing.models import Blocker as BlockerRow
from billing.queries.dossiers import Dossier
from billing.rules.readiness import Blocker
from journal.operations.writing import insert_rows, update_rows

MESSAGE_LENGTH = 240
WORDS = ("enforcement", "message", "action", "owner_group", "value_amount")


def keep_blockers(
    found: Sequence[tuple[Dossier, Sequence[Blocker]]], *, at: datetime
) -> frozenset[int]:
    """Open, renew and clear blockers; return the loads of which any was opened or cleared.

    A blocker that stands keeps its opening, its clock and its waiver, whatever its words become.
    """
    opened, renewed, gone = [], [], []
    for dossier, blockers in found:
        wanted = {blocker.key: blocker for blocker in blockers}
        standing = {row.key: row for row in dossier.blockers}
        new = [_row(wanted[key], dossier, at=at) for key in wanted if key not in standing]
        renewed += [row for key, row in standing.items() if _renew(row, wanted.get(key))]
        gone += [row for key, row in standing.items() if key not in wanted]
        dossier.blockers = [row for row in dossier.blockers if row.key in wanted] + new
        opened += new
    insert_rows(opened)
    update_rows(renewed, WORDS)
    clear_blockers(gone, at=at)
    return frozenset(row.load_id for row in (*opened, *gone))


def clear_blockers(rows: Sequence[BlockerRow], *, at: datetime) -> None:
    """Say that what was missing has arrived."""
    for row in rows:
        row.cleared_at = at
    if rows:
        BlockerRow.objects.filter(pk__in=[row.pk for row in rows]).update(cleared_at=at)


def _row(blocker: Blocker, dossier: Dossier, *, at: datetime) -> BlockerRow:
    return BlockerRow(
        load=dossier.load,
        customer=dossier.load.customer,
        rule=blocker.rule,
        subject_key=blocker.subject_key,
        currency=dossier.billing.currency,
        opened_at=at,
        due_at=at + blocker.due_in if blocker.due_in else None,
        case_at=at + blocker.patience if blocker.patience else None,
        **_words(blocker),
    )


def _renew(row: BlockerRow, blocker: Blocker | None) -> bool:
    """Give a standing blocker its newest words; tell whether any differ."""
    words = _words(blocker) if blocker else {}
    changed = {name: value for name, value in words.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _words(blocker: Blocker) -> dict[str, Any]:
    return {
        "enforcement": blocker.enforcement.value,
        "message": blocker.message[:MESSAGE_LENGTH],
        "action": blocker.action,
        "owner_group": blocker.owner_group.value,
        "value_amount": blocker.value,
    }
