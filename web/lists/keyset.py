"""Keyset paging: the next page starts after the last row seen, however deep that is.

A cursor carries the ordering values of one row and the direction to read from it. Pages read one
row more than they show, so that no count is needed to know whether there is a next one.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import BadRequest
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

Row = TypeVar("Row", bound=Model)

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Ordering:
    """One column and the id that breaks its ties, both in the same direction."""

    column: str
    is_descending: bool = True

    def names(self, *, is_reversed: bool) -> tuple[str, ...]:
        """Return the arguments for order_by()."""
        sign = "-" if self.is_descending != is_reversed else ""
        columns = (self.column, "pk") if self.column != "pk" else ("pk",)
        return tuple(f"{sign}{name}" for name in columns)

    def values(self, row: Model) -> list[Any]:
        """Return what a cursor must remember of a row."""
        return [row.pk] if self.column == "pk" else [getattr(row, self.column), row.pk]

    def beyond(self, values: Sequence[Any], *, is_reversed: bool) -> Q:
        """Return the condition for rows after (or, reversed, before) the remembered one.

        The first comparison lets the database start inside its index; the second breaks the tie.
        """
        step = "lt" if self.is_descending != is_reversed else "gt"
        if self.column == "pk":
            return Q(**{f"pk__{step}": values[0]})
        tie = Q(**{self.column: values[0], f"pk__{step}": values[1]})
        return Q(**{f"{self.column}__{step}e": values[0]}) & (
            Q(**{f"{self.column}__{step}": values[0]}) | tie
        )


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page and the cursors to its neighbours; empty where there is none."""

    rows: list[Row]
    previous: str
    next: str


def paginate(
    rows: QuerySet[Row],
    *,
    ordering: Ordering,
    cursor: str = "",
    size: int = PAGE_SIZE,
    is_computed: bool = False,
) -> Page[Row]:
    """Return one page of `rows` in a single query.

    Where the ordering `is_computed` and no index gives it, every row is sorted: by itself then,
    and what is shown with it is joined to the rows of the page alone. Raises BadRequest when the
    cursor is not one that a page of this list gave out.
    """
    is_reversed, values = decode(cursor, ordering=ordering) if cursor else (False, [])
    if values:
        rows = rows.filter(ordering.beyond(values, is_reversed=is_reversed))
    names = ordering.names(is_reversed=is_reversed)
    if is_computed:
        nearest = rows.select_related(None).order_by(*names).values("pk")[: size + 1]
        rows = rows.filter(pk__in=nearest)
    found = list(rows.order_by(*names)[: size + 1])
    has_more, shown = len(found) > size, found[:size]
    if is_reversed:
        shown.reverse()
    has_previous = has_more if is_reversed else bool(values)
    has_next = bool(values) if is_reversed else has_more
    return Page(
        rows=shown,
        previous=encode(shown[0], ordering, is_reversed=True) if has_previous and shown else "",
        next=encode(shown[-1], ordering, is_reversed=False) if has_next and shown else "",
    )


def encode(row: Model, ordering: Ordering, *, is_reversed: bool) -> str:
    """Write a cursor: direction and ordering values, safe in an address."""
    text = json.dumps(["p" if is_reversed else "n", *ordering.values(row)], cls=CursorEncoder)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, *, ordering: Ordering) -> tuple[bool, list[Any]]:
    """Read a cursor back; raises BadRequest for anything else than our own."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        direction, *values = json.loads(text)
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadRequest("That page address cannot be read.") from error
    expected = 1 if ordering.column == "pk" else 2
    if direction not in ("p", "n") or len(values) != expected or type(values[-1]) is not int:
        raise BadRequest("That page address cannot be read.")
    return direction == "p", [_instant(value) for value in values]


class CursorEncoder(DjangoJSONEncoder):
    """Keeps microseconds: a cursor that forgets them would repeat or lose rows."""

    def default(self, o: Any) -> Any:
        """Encode an instant in full."""
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse_datetime(value) or value
    except ValueError as error:
        raise BadRequest("That page address cannot be read.") from error
