"""The pages of one version of a rate card: lanes, fuel, accessorials, history."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.rules import APPROVING_ROLES
from rating.models import Lane, RateCard, RateCardVersion
from rating.queries.floors import lanes_under_floor, with_floors
from web.access import desk, signed_in
from web.desk.rates.filters import LaneFilters, read
from web.desk.rates.lanes import lane_rows
from web.desk.rates.sheet import RateSheet
from web.desk.rates.standing import in_force
from web.desk.rates.trial import first_form
from web.lists.addresses import address_with
from web.lists.keyset import Ordering, paginate
from web.templatetags.clocks import in_zone

VERSIONS = RateCardVersion.objects.select_related("card__customer", "fuel__series", "density_scale")
IN_ROW_ORDER = Ordering("row", is_descending=False)
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Section:
    """One tab of a version."""

    words: str
    href: str
    count: str = ""
    is_current: bool = False


@desk()
@require_safe
def open_card(request: HttpRequest, card: int) -> HttpResponseRedirect:
    """Go to the version asked for, else to what is in force, else to the newest."""
    found = get_object_or_404(RateCard, pk=card)
    versions = list(found.versions.order_by("-number"))
    asked = request.GET.get("v", "")
    numbers = {str(each.number): each for each in versions}
    today = in_zone(timezone.now(), signed_in(request).timezone).date()
    chosen = numbers.get(asked) or in_force(versions, today=today) or next(iter(versions), None)
    if chosen is None:
        return redirect("desk:rate_draft", card)
    return redirect("desk:rate_card", card, chosen.number)


@desk()
@require_safe
@vary_on_headers("HX-Request")
def lanes(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show a version with a page of its lanes."""
    sheet = sheet_of(request, card, number)
    context = page_context(request, sheet, "desk:rate_card")
    context |= lane_context(request, sheet, sheet.version.lanes.all())
    is_fragment = request.headers.get("HX-Request")
    template = "desk/rates/lanes.html#lanes" if is_fragment else "desk/rates/lanes.html"
    return render(request, template, context)


@desk()
@require_safe
def fuel(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show how the version charges fuel."""
    return _section(request, card, number, "fuel")


@desk()
@require_safe
def accessorials(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show the accessorial schedule, the zones and the settings of the version."""
    return _section(request, card, number, "accessorials")


@desk()
@require_safe
@vary_on_headers("HX-Request")
def checks(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show what is looked at before approval; it takes longer than the page it stands on."""
    sheet = sheet_of(request, card, number)
    context = page_context(request, sheet, "desk:rate_checks") | {"is_checking": True}
    is_fragment = request.headers.get("HX-Request")
    template = "desk/rates/gates.html" if is_fragment else "desk/rates/checks.html"
    return render(request, template, context)


@desk()
@require_safe
def floor(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show the lanes that lie under their cost floor, the lowest rows first."""
    sheet = sheet_of(request, card, number)
    context = page_context(request, sheet, "desk:rate_card")
    context |= lane_context(
        request, sheet, lanes_under_floor(sheet.version), title="Lanes below the cost floor"
    )
    return render(request, "desk/rates/lanes.html", context)


@desk()
@require_safe
def history(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show what was done to the card and its versions."""
    return _section(request, card, number, "history")


def sheet_of(request: HttpRequest, card: int, number: int) -> RateSheet:
    """Return the version an address names, as somebody reads it now."""
    version = get_object_or_404(VERSIONS, card=card, number=number)
    now, user = timezone.now(), signed_in(request)
    today = in_zone(now, user.timezone).date()
    return RateSheet(version, reader=user.actor, today=today, at=now)


def page_context(request: HttpRequest, sheet: RateSheet, current: str) -> dict[str, Any]:
    """Return what every page of a version needs; `current` is the view of its tab."""
    user = signed_in(request)
    can_edit = user.has_role(*APPROVING_ROLES)
    return {
        "sheet": sheet,
        "version": sheet.version,
        "card": sheet.card,
        "sections": sections(sheet, current),
        "can_edit": can_edit,
        "try_form": SimpleLazyObject(lambda: first_form(sheet)),
        "is_editable": can_edit and sheet.is_draft,
    }


def sections(sheet: RateSheet, current: str) -> list[Section]:
    """Return the tabs of a version, `current` marked."""
    key = (sheet.card.pk, sheet.version.number)
    tabs = (
        ("Lanes", "desk:rate_card", sheet.lane_count),
        ("Fuel", "desk:rate_fuel", ""),
        ("Accessorials", "desk:rate_accessorials", str(len(sheet.rules))),
        ("Test cases", "desk:rate_cases", str(sheet.case_count)),
        ("Backtests", "desk:rate_backtests", ""),
        ("History", "desk:rate_history", ""),
    )
    return [
        Section(words, reverse(view, args=key), count, is_current=view == current)
        for words, view, count in tabs
    ]


def lane_context(
    request: HttpRequest, sheet: RateSheet, lanes: QuerySet[Lane], *, title: str = "Lanes"
) -> dict[str, Any]:
    """Return a page of `lanes` as the address asks for it."""
    filters = read(LaneFilters, request.GET)
    found = with_floors(filters.narrow(lanes))
    after = filters.cleaned_data["after"]
    page = paginate(found, ordering=IN_ROW_ORDER, cursor=after, size=PAGE_SIZE)
    rows = lane_rows(page.rows, base=sheet.base, currency=sheet.card.currency, at=sheet.at)
    return {
        "filters": filters,
        "rows": rows,
        "title": title,
        "is_narrowed": bool(filters.cleaned_data["origin"] or filters.cleaned_data["destination"]),
        "shown": f"Rows {rows[0].lane.row:,} – {rows[-1].lane.row:,}" if rows else "",
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }


def _section(request: HttpRequest, card: int, number: int, name: str) -> HttpResponse:
    sheet = sheet_of(request, card, number)
    context = page_context(request, sheet, f"desk:rate_{name}")
    return render(request, f"desk/rates/{name}.html", context)
