"""Counts that stay cheap however much there is to count."""

from typing import Any

from django.db.models import QuerySet

LIMIT = 1000


def bounded_count(rows: QuerySet[Any]) -> str:
    """Count up to a thousand rows; beyond that say 1,000+ and stop reading."""
    found = rows.order_by().values("pk")[: LIMIT + 1].count()
    return f"{LIMIT:,}+" if found > LIMIT else f"{found:,}"
