"""Keep the passages of loads true to what the other apps tell."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Model

from insights.models import Passage, PassageMark
from insights.queries.passages import read_passages
from journal.operations.recording import assert_in_transaction

COLUMNS = tuple(field.attname for field in Passage._meta.concrete_fields if not field.primary_key)


def keep_passages(load_ids: Collection[int]) -> int:
    """Write the passages of these loads anew where they differ; return how many did.

    One writer at a time: who comes second reads what the first one has written, so that an older
    reading never overwrites a newer one.
    """
    assert_in_transaction()
    lock_mark()
    stored = Passage.objects.in_bulk(load_ids)
    due = {passage.pk: passage for passage in read_passages(load_ids)}
    changed = [each for pk, each in due.items() if _values(stored.get(pk)) != _values(each)]
    gone = stored.keys() - due.keys()
    Passage.objects.filter(pk__in=gone).delete()
    Passage.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["load"],
        update_fields=[name.removesuffix("_id") for name in COLUMNS],
    )
    return len(changed) + len(gone)


def move_mark(mark: int, *, at: datetime) -> None:
    """Note that passages follow the journal up to `mark`."""
    assert_in_transaction()
    row = lock_mark()
    row.mark, row.kept_at = mark, at
    row.save(update_fields=["mark", "kept_at"])


def lock_mark() -> PassageMark:
    """Hold the one row that writers of passages take turns by."""
    rows = PassageMark.objects.select_for_update()
    return rows.get_or_create(pk=PassageMark.THE_ONE, defaults={"mark": 0})[0]


def _values(row: Model | None) -> list[object] | None:
    return [getattr(row, name) for name in COLUMNS] if row else None
