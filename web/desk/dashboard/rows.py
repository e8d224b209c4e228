"""The rows behind a figure: exactly those that it counts, as a list and as a file."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.queries.figures.telling import NotNarrowed, Told, UnknownPart, rows_behind, tell
from insights.rules.figures import BY_KEY, Figure
from web.access import desk, signed_in
from web.desk.dashboard.columns import LISTINGS, Listing, filed, heads, shown
from web.desk.dashboard.filters import Asked, read_asked
from web.desk.dashboard.page import may_see
from web.desk.dashboard.words import NOUNS, compared, told_value
from web.lists.addresses import address_with
from web.lists.exports import FORMATS, answer_export
from web.lists.keyset import paginate
from web.templatetags.figures import plural

MOST_ROWS = 50_000


@desk()
@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """Show a page of the rows behind a figure, with how many there are in all."""
    figure = find_figure(request, key)
    asked, _ = read_asked(request.GET, at=timezone.now())
    part, listing = request.GET.get("part", ""), LISTINGS[figure.rows]
    found = behind(figure, asked, part)
    page = paginate(found, ordering=listing.ordering, cursor=request.GET.get("after", "")[:200])
    zone = asked.period.zone
    context = {
        "asked": asked,
        "figure": figure,
        "part": words_of(tell(figure, asked.frame), part),
        "count": plural(found.count(), NOUNS[figure.rows.value]),
        "listing": listing,
        "heads": [(column.head_in(zone), column.is_number) for column in listing.columns],
        "rows": [[shown(column, row, zone) for column in listing.columns] for row in page.rows],
        "back_href": asked.address("desk:dashboard"),
        "csv_href": asked.address("desk:dashboard_rows_file", key, "csv", part=part),
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
    return render(request, "desk/dashboard/rows.html", context)


@desk()
@require_safe
def rows_file(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """Send the rows behind a figure as CSV or XLSX."""
    if form not in FORMATS:
        raise Http404
    figure = find_figure(request, key)
    asked, _ = read_asked(request.GET, at=timezone.now())
    listing, zone = LISTINGS[figure.rows], asked.period.zone
    found = behind(figure, asked, request.GET.get("part", ""))
    cells = (
        [filed(column, row, zone) for column in listing.columns] for row in _all(found, listing)
    )
    return answer_export(
        list(cells), heads=heads(listing, zone), name=f"{key}-{asked.period.last_on}", form=form
    )


def find_figure(request: HttpRequest, key: str) -> Figure:
    """Return the figure called `key`; raises Http404 for one that is none or not for the reader."""
    figure = BY_KEY.get(key)
    if figure is None or not may_see(figure, signed_in(request)):
        raise Http404
    return figure


def behind(figure: Figure, asked: Asked, part: str) -> QuerySet[Any]:
    """Return the rows behind a part of a figure, ready for its listing.

    Raises:
        Http404: the figure has no such part.
        BadRequest: it cannot be told for what is asked.
    """
    listing = LISTINGS[figure.rows]
    try:
        found = rows_behind(figure, asked.frame, part)
    except UnknownPart as error:
        raise Http404 from error
    except NotNarrowed as error:
        raise BadRequest(str(error)) from error
    return found.select_related(*listing.related).defer(*listing.deferred)


def words_of(told: Told, part: str) -> dict[str, str]:
    """Return the words of a part with its value and what it was; empty where it holds nothing."""
    reading = told.reading(part)
    if reading is None:
        return {"words": "", "value": "", "was": ""}
    return {
        "words": reading.words,
        "value": told_value(reading, told.figure),
        "was": compared(told, part),
    }


def _all(found: QuerySet[Any], listing: Listing) -> Iterator[Any]:
    return found.order_by(*listing.ordering.names(is_reversed=False))[:MOST_ROWS].iterator()
