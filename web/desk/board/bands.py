"""The groups of the board, and its pages: what needs somebody first, then by where loads stand.

A page is one statement: each part of the board is a range of an index, read no further than the
page is long, so that neither the number of loads nor the depth of the page matters. A cursor
names the part and the last row seen in it.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import DateTimeField, F, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber
from django.utils.dateparse import parse_datetime

from billing.models import LoadBilling
from dispatch.models import Load, Watch
from dispatch.queries.attention import needing, quiet
from dispatch.rules.attention import Attention

PAGE_SIZE = 50
Phase = Watch.Phase
# Written out, so that the index of loads on their way to an invoice has them.
UNBILLED = (LoadBilling.Status.BLOCKED, LoadBilling.Status.REVIEW, LoadBilling.Status.READY)
# The groups in their order: name in the page, words.
BANDS = {
    "now": "Act now",
    "stop": "At a stop",
    "rolling": "In transit",
    "before": "Before pickup",
    "offered": "Tenders to answer",
    "delivered": "Delivered, clearing for billing",
}
ORDERS = {
    "pickup": "watch__pickup_at",
    "-pickup": "-watch__pickup_at",
    "delivery": "watch__delivery_at",
    "-delivery": "-watch__delivery_at",
}
DEFAULT_ORDER = "pickup"
# Where there is no column to sort by but the load's own number.
BY_NUMBER = "-pk"
UNREADABLE = "That page address cannot be read."


@dataclass(frozen=True, slots=True)
class Part:
    """One range of the board: its band, which loads are in it, and the column that sorts them.

    A watched one asks of nothing but the watches of loads.
    """

    band: str
    condition: Q
    order: str
    is_watched: bool = True

    @property
    def column(self) -> str:
        """Return the name of the sorting column."""
        return self.order.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        """Tell the direction; the load's id breaks ties in the same one."""
        return self.order.startswith("-")

    def names(self, *, is_reversed: bool) -> list[str]:
        """Return the arguments for order_by()."""
        sign = "-" if self.is_descending != is_reversed else ""
        return [f"{sign}{name}" for name in dict.fromkeys((self.column, "pk"))]

    def beyond(self, cursor: "Cursor") -> Q:
        """Return the condition for the rows after (or, backwards, before) the cursor's."""
        step = "lt" if self.is_descending != cursor.is_reversed else "gt"
        tie = Q(**{f"pk__{step}": cursor.load_id})
        if self.column == "pk":
            return tie
        further = Q(**{f"{self.column}__{step}": cursor.instant})
        within = Q(**{f"{self.column}__{step}e": cursor.instant})
        return within & (further | (Q(**{self.column: cursor.instant}) & tie))


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page and the direction to read on."""

    is_reversed: bool
    rank: int
    instant: datetime | None
    load_id: int

    def __str__(self) -> str:
        instant = self.instant.isoformat() if self.instant else None
        text = json.dumps(["p" if self.is_reversed else "n", self.rank, instant, self.load_id])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Place:
    """A load on a page: the part it is in and the value that sorted it there."""

    load_id: int
    rank: int
    instant: datetime | None

    def cursor(self, *, is_reversed: bool) -> str:
        """Return the address of the page that begins beside this row."""
        return str(Cursor(is_reversed, self.rank, self.instant, self.load_id))


@dataclass(frozen=True, slots=True)
class Page:
    """The places of one page in order, and the cursors to its neighbours."""

    places: list[Place]
    previous: str
    next: str


def parts_of_board(*, at: datetime, order: str = DEFAULT_ORDER) -> list[Part]:
    """Return the parts of the board in their order.

    What needs somebody stands with the longest standing first, whatever order is asked for.
    """
    by = ORDERS[order]
    delivered = Q(status=Load.Status.DELIVERED)
    clearing = delivered & Q(watch=None, billing__status__in=UNBILLED)
    return [
        Part("now", needing(Attention.MISSED_PICKUP, at=at), "watch__late_at"),
        Part("now", needing(Attention.DETENTION, at=at), "watch__waiting_from"),
        Part("now", needing(Attention.LATE, at=at), "watch__late_at"),
        Part("now", needing(Attention.NO_PING, at=at), "watch__heard_at"),
        Part("now", needing(Attention.UNASSIGNED, at=at), "watch__pickup_at"),
        Part("stop", quiet(Phase.AT_STOP, at=at), by),
        Part("rolling", quiet(Phase.ROLLING, at=at), by),
        Part("before", quiet(Phase.BEFORE, at=at), by),
        Part("offered", quiet(Phase.OFFERED, at=at), by),
        Part("delivered", quiet(Phase.DONE, at=at), by),
        Part("delivered", clearing, BY_NUMBER, is_watched=False),
    ]


def read_page(
    loads: QuerySet[Load],
    parts: Sequence[Part],
    *,
    cursor: str = "",
    size: int = PAGE_SIZE,
    counts: Sequence[int] = (),
) -> Page:
    """Return one page of the board in a single statement.

    `counts` tells how much each part holds, so that those beyond the page are not asked for; when
    rows have left meanwhile and the page falls short, all are. Raises BadRequest when the cursor is
    not one that a page of the board gave out.
    """
    start = read_cursor(cursor, len(parts)) if cursor else None
    is_reversed = bool(start and start.is_reversed)
    ranks = _ranks(len(parts), start)
    near = _enough(ranks, counts, start=start, size=size + 1) if counts else ranks

    def read(chosen: Sequence[int]) -> list[Place]:
        ranges = [
            _range(loads, parts[rank], rank, start=start, is_reversed=is_reversed, size=size + 1)
            for rank in chosen
        ]
        rows = _together(ranges, is_reversed=is_reversed)[: size + 1]
        return [Place(*row[:3]) for row in rows]

    found = read(near)
    if len(found) <= size and len(near) < len(ranks):
        found = read(ranks)
    has_more, places = len(found) > size, found[:size]
    if is_reversed:
        places.reverse()
    has_previous = has_more if is_reversed else start is not None
    has_next = start is not None if is_reversed else has_more
    return Page(
        places,
        previous=places[0].cursor(is_reversed=True) if has_previous and places else "",
        next=places[-1].cursor(is_reversed=False) if has_next and places else "",
    )


def _ranks(count: int, start: Cursor | None) -> list[int]:
    """Return the parts from the cursor on, in the order in which they are read."""
    if start is None:
        return list(range(count))
    return list(range(start.rank, -1, -1) if start.is_reversed else range(start.rank, count))


def _enough(
    ranks: Sequence[int], counts: Sequence[int], *, start: Cursor | None, size: int
) -> Sequence[int]:
    """Return the first parts that fill a page; of the cursor's own nobody knows what is left."""
    held = 0
    for number, rank in enumerate(ranks, start=1):
        held += 0 if start and rank == start.rank else counts[rank]
        if held >= size:
            return ranks[:number]
    return ranks


def _together(
    ranges: Sequence[QuerySet[Any, tuple[Any, ...]]], *, is_reversed: bool
) -> QuerySet[Any, tuple[Any, ...]]:
    """Return ranges one after the other; one alone is in its order already."""
    first, *others = ranges
    if not others:
        return first
    return first.union(*others, all=True).order_by("-rank" if is_reversed else "rank", "place")


def _range(
    loads: QuerySet[Load],
    part: Part,
    rank: int,
    *,
    start: Cursor | None,
    is_reversed: bool,
    size: int,
) -> QuerySet[Any, tuple[Any, ...]]:
    rows = loads.filter(part.condition)
    if start and start.rank == rank:
        rows = rows.filter(part.beyond(start))
    names = part.names(is_reversed=is_reversed)
    instant = Value(None, DateTimeField()) if part.column == "pk" else F(part.column)
    return (
        rows.annotate(rank=Value(rank), instant=instant, place=Window(RowNumber(), order_by=names))
        .order_by(*names)
        .values_list("pk", "rank", "instant", "place")[:size]
    )


def read_cursor(text: str, parts: int) -> Cursor:
    """Read a cursor back; raises BadRequest for anything else than our own."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        direction, rank, instant, load_id = json.loads(raw)
        moment = parse_datetime(instant) if instant is not None else None
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadRequest(UNREADABLE) from error
    is_ours = direction in ("n", "p") and type(rank) is int and type(load_id) is int
    if not is_ours or not 0 <= rank < parts or (instant is not None and moment is None):
        raise BadRequest(UNREADABLE)
    return Cursor(direction == "p", rank, moment, load_id)
