"""The board as one reader asked for it: filters, order, columns, page and figures.

Everything is read from the address, so that a link, a reload and the back button show the same.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from accounts.models import Customer, User
from dispatch.models import Carrier, Load, Watch
from dispatch.queries.attention import on_watches
from web.access import signed_in
from web.desk.board.bands import (
    BANDS,
    DEFAULT_ORDER,
    ORDERS,
    Page,
    Part,
    parts_of_board,
    read_page,
)
from web.desk.board.columns import COLUMNS, FIXED, Column, chosen_columns
from web.desk.board.filters import ATTENTION_WORDS, BoardFilters
from web.desk.board.rows import Band, BoardRow, in_bands, read_rows
from web.desk.board.views import HOUSE, View, views_for
from web.lists.addresses import CURSOR, Chip, Tab, changed_address
from web.lists.counts import LIMIT, bounded_counts, shown

DENSITIES = ("compact", "comfortable")
# Filters whose values are named by their choices.
CHOSEN = frozenset({"status", "equipment"})


class StateForm(forms.Form):
    """What the address says beside the filters."""

    view = forms.CharField(required=False, max_length=40)
    order = forms.ChoiceField(required=False, choices=[(order, order) for order in ORDERS])
    density = forms.ChoiceField(required=False, choices=[(name, name) for name in DENSITIES])
    after = forms.CharField(required=False, max_length=300)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: the address that sorts by it, and how it sorts now."""

    column: Column
    href: str = ""
    sorted_as: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the head of the page says, each counted up to a thousand."""

    active: str
    at_risk: str
    in_detention: str


class Sheet:
    """One reader's board at one instant; each part is read once, when it is asked for."""

    def __init__(
        self,
        request: HttpRequest,
        *,
        at: datetime,
        path: str = "",
        address: QueryDict | None = None,
    ) -> None:
        self.path = path or request.path
        self.address = request.GET if address is None else address
        self.at = at
        self.user: User = signed_in(request)
        form = StateForm(self.address)
        if not form.is_valid():
            raise BadRequest(f"Cannot read {', '.join(form.errors)}.")
        self.state: dict[str, str] = form.cleaned_data
        self.order = self.state["order"] or DEFAULT_ORDER
        self.parts: list[Part] = parts_of_board(at=at, order=self.order)
        self.columns = chosen_columns(",".join(self.address.getlist("columns")))
        self.loads: QuerySet[Load] = Load.objects.for_user(self.user)
        self.filters = BoardFilters(self.address, self.loads, at=at, zone=self.user.timezone)
        self.asked = self.filters.asked

    @cached_property
    def found(self) -> QuerySet[Load]:
        """Return all loads that pass the filters, on the board or not."""
        loads: QuerySet[Load] = self.filters.qs
        return loads

    @cached_property
    def page(self) -> Page:
        """Return the places of the page."""
        counts = self._counts[len(self.views) :]
        return read_page(self.found, self.parts, cursor=self.state["after"], counts=counts)

    @cached_property
    def rows(self) -> list[BoardRow]:
        """Return the lines of the page."""
        return read_rows(self.page, self.parts, at=self.at)

    @cached_property
    def views(self) -> list[View]:
        """Return the views that the reader can turn to."""
        return views_for(self.user)

    @cached_property
    def _counts(self) -> list[int]:
        """Count the views, then the parts, in one statement."""
        views = (self._in_view(view) for view in self.views)
        return bounded_counts([*views, *(self._in_part(part) for part in self.parts)])

    @cached_property
    def _in_views(self) -> dict[str, int]:
        slugs = (view.slug for view in self.views)
        return dict(zip(slugs, self._counts, strict=False))

    @cached_property
    def _in_bands(self) -> dict[str, int]:
        bands: dict[str, int] = dict.fromkeys(BANDS, 0)
        for part, count in zip(self.parts, self._counts[len(self.views) :], strict=True):
            bands[part.band] += count
        return bands

    def _in_view(self, view: View) -> QuerySet[Any]:
        condition = view.watches(at=self.at)
        if condition is not None:
            return self._watches.filter(condition)
        return view.loads(self.loads, at=self.at, zone=self.user.timezone)

    def _in_part(self, part: Part) -> QuerySet[Any]:
        if self.asked or not part.is_watched:
            return self.found.filter(part.condition)
        return self._watches.filter(on_watches(part.condition))

    @property
    def _watches(self) -> QuerySet[Watch]:
        return Watch.objects.for_user(self.user)

    @cached_property
    def figures(self) -> Figures:
        """Return the figures of the head; they do not depend on the filters."""
        return Figures(*(shown(self._in_views[slug]) for slug in ("active", "risk", "detention")))

    @cached_property
    def bands(self) -> list[Band]:
        """Return the groups of the page."""
        counts = {band: shown(count) for band, count in self._in_bands.items()}
        return in_bands(self.rows, counts)

    @property
    def total(self) -> str:
        """Say how many loads of the board pass the filters."""
        counts = self._in_bands.values()
        total = sum(counts)
        return f"{total:,}+" if any(count > LIMIT for count in counts) else f"{total:,}"

    @property
    def tabs(self) -> list[Tab]:
        """Return the views with their counts."""
        current = self.state["view"]
        return [
            Tab(
                view.name,
                shown(count),
                f"{self.path}?{view.address}",
                is_current=view.slug == current or (not current and view.is_first),
                is_hot=view.is_hot,
            )
            for view, count in ((view, self._in_views[view.slug]) for view in self.views)
        ]

    @property
    def current_view(self) -> View | None:
        """Return the view that somebody keeps, when the address shows one."""
        kept = (view for view in self.views if view.slug == self.state["view"])
        return next((view for view in kept if view not in HOUSE), None)

    @property
    def density(self) -> str:
        """Return the density that the address asks for, or nothing."""
        return self.state["density"]

    @property
    def chips(self) -> list[Chip]:
        """Return the filters in force in words, each with the address without it."""
        return [
            Chip(
                str(self.filters.filters[name].label),
                self._words(name, value),
                self._address(**{name: ""}),
            )
            for name, value in self.asked.items()
        ]

    def _words(self, name: str, value: object) -> str:
        if name == "attention":
            return ATTENTION_WORDS[str(value)]
        if isinstance(value, Customer | Carrier):
            return value.name
        choices = dict(self.filters.form.fields[name].choices) if name in CHOSEN else {}
        return str(choices.get(value, value))

    @property
    def headings(self) -> list[Heading]:
        """Return the heads of the columns; a second click turns the order round."""
        return [self._heading(column) for column in self.columns]

    def _address(self, **changes: str) -> str:
        return changed_address(self.path, self.address, **changes)

    def _heading(self, column: Column) -> Heading:
        if not column.sorts:
            return Heading(column)
        is_ascending, is_descending = self.order == column.sorts, self.order == f"-{column.sorts}"
        turned = f"-{column.sorts}" if is_ascending else column.sorts
        sorted_as = "ascending" if is_ascending else "descending" if is_descending else ""
        return Heading(column, self._address(order=turned), sorted_as)

    @property
    def next_href(self) -> str:
        """Return the address of the next page, if there is one."""
        return self._address(after=self.page.next) if self.page.next else ""

    @property
    def previous_href(self) -> str:
        """Return the address of the page before, if there is one."""
        before = self.page.previous
        return self._address(after=before) if before else ""

    @property
    def width(self) -> int:
        """Return how many cells a row has, with its check box."""
        return len(self.columns) + 1

    @property
    def column_choices(self) -> list[tuple[Column, bool]]:
        """Return all columns that can be chosen, and whether each is shown."""
        return [(column, column in self.columns) for key, column in COLUMNS.items() if key != FIXED]

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """Return what the form of filters leaves as it is in the address."""
        return self._kept({*self.filters.filters, CURSOR})

    @property
    def kept_by_columns(self) -> list[tuple[str, str]]:
        """Return what the choice of columns leaves as it is in the address."""
        return self._kept({"columns", CURSOR})

    @property
    def kept_by_bulk(self) -> list[tuple[str, str]]:
        """Return what the view is, for whoever acts on all of it."""
        return self._kept({CURSOR})

    @property
    def query(self) -> str:
        """Return the address of the view without the page that is turned to."""
        return urlencode(self._kept({CURSOR}))

    def _kept(self, without: set[str]) -> list[tuple[str, str]]:
        lists = self.address.lists()
        return [(name, value) for name, values in lists if name not in without for value in values]
