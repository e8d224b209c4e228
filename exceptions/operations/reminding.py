"""Tell of cases whose time to decide has run out, each once."""

from datetime import datetime, timedelta

from exceptions.models import Case
from exceptions.operations.telling import about
from journal.operations.recording import assert_in_transaction, entry_for, record_many

CLOCK = "rule:deadline"
# What ran out longer ago is old news: it was told, or the house had stood still.
FRESH = timedelta(days=1)
MOST = 200


def tell_overdue(*, at: datetime) -> int:
    """Record `case.overdue` for open cases whose deadline has passed; return how many.

    A case that is put away is told of when it comes back.
    """
    assert_in_transaction()
    late = Case.objects.filter(
        status=Case.Status.OPEN, due_at__lte=at, due_at__gt=at - FRESH, overdue_told_at=None
    ).exclude(snoozed_until__gt=at)
    cases = list(late.order_by("id").select_for_update(of=("self",), skip_locked=True)[:MOST])
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(overdue_told_at=at)
    record_many(
        [
            entry_for(
                "case.overdue", subject=case, by=CLOCK, at=at, occurred_at=case.due_at,
                payload=about(case),
            )
            for case in cases
        ]
    )  # fmt: skip
    return len(cases)
