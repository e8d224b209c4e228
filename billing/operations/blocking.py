"""Keep the rows of blockers equal to what the rules say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from billing.models import Blocker as BlockerRow
from billing.queries.dossiers import Dossier
from billing.rules.readiness import Blocker

MESSAGE_LENGTH = 240


def keep_blockers(dossier: Dossier, found: Sequence[Blocker], *, at: datetime) -> bool:
    """Open, renew and clear blockers; return whether anything was opened or cleared.

    A blocker that stands keeps its opening, its clock and its waiver, whatever its words become.
    """
    wanted = {blocker.key: blocker for blocker in found}
    standing = {row.key: row for row in dossier.blockers}
    opened = [_row(wanted[key], dossier, at=at) for key in wanted if key not in standing]
    BlockerRow.objects.bulk_create(opened)
    for key, row in standing.items():
        if key in wanted:
            _renew(row, wanted[key])
    gone = [row for key, row in standing.items() if key not in wanted]
    clear_blockers(gone, at=at)
    dossier.blockers = [row for row in dossier.blockers if row.cleared_at is None] + opened
    return bool(opened or gone)


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


def _renew(row: BlockerRow, blocker: Blocker) -> None:
    words = _words(blocker)
    changed = [name for name, value in words.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, words[name])
    if changed:
        row.save(update_fields=changed)


def _words(blocker: Blocker) -> dict[str, Any]:
    return {
        "enforcement": blocker.enforcement.value,
        "message": blocker.message[:MESSAGE_LENGTH],
        "action": blocker.action,
        "owner_group": blocker.owner_group.value,
        "value_amount": blocker.value,
    }
