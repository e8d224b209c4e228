"""Counts that stay cheap however much there is to count."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from web.templatetags.figures import number

LIMIT = 1000


def bounded_count(rows: QuerySet[Any]) -> str:
    """Count up to a thousand rows; beyond that say 1,000+ and stop reading."""
    return shown(rows.order_by().values("pk")[: LIMIT + 1].count())


def bounded_counts(counted: Sequence[QuerySet[Any]]) -> list[int]:
    """Count each up to one more than a thousand rows, all in a single statement."""
    statements: list[str] = []
    parameters: list[Any] = []
    for rows in counted:
        try:
            statement, values = rows.order_by().values("pk")[: LIMIT + 1].query.sql_with_params()
        except EmptyResultSet:
            statement, values = "SELECT 1 WHERE false", ()
        statements.append(f"(SELECT count(*) FROM ({statement}) AS counted)")  # noqa: S608  the ORM's
        parameters.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(statements)}", parameters)
        return list(cursor.fetchone())


def shown(found: int) -> str:
    """Write a bounded count: 1,000+ stands for everything beyond the limit."""
    return f"{number(LIMIT)}+" if found > LIMIT else number(found)
