"""Take document numbers: without a gap, without a refusal, last of all.

One UPDATE takes as many numbers as the transaction needs and locks the counter until it ends; a
rollback gives them back. Callers do everything else first, so the lock lasts milliseconds.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from billing.models import Series

DIGITS = 6

TAKE = """
UPDATE billing_series
SET last_number = last_number + %(count)s,
    last_issued_on = greatest(coalesce(last_issued_on, %(day)s), %(day)s)
WHERE id = %(series)s
RETURNING last_number, last_issued_on
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A run of consecutive numbers of one series and the date that goes with them."""

    prefix: str
    first: int
    issued_on: date

    def sequence(self, index: int) -> int:
        """Return the bare number of the document at `index`."""
        return self.first + index

    def number(self, index: int) -> str:
        """Return the number as it is printed: INV-118204."""
        return f"{self.prefix}{self.sequence(index):0{DIGITS}}"


def take_numbers(series: Series, *, count: int, on: date) -> Numbers:
    """Take the next `count` numbers; dated `on`, or later when the series is there already."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"count": count, "day": on, "series": series.pk})
        last, issued_on = cursor.fetchone()
    return Numbers(series.prefix, last - count + 1, issued_on)


def reserve_ids(count: int) -> list[int]:
    """Return row ids for `count` invoices, so that what belongs to them can be written first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('billing_invoice', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]
