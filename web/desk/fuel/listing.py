"""Fuel tables: the indexes that are followed, and the programmes that charge by them."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import APPROVING_ROLES
from rating.models import FuelIndexSeries, FuelIndexValue, FuelProgramme
from rating.operations.fuelling import create_programme
from rating.queries.books import programme_of
from web.access import desk, signed_in
from web.desk.fuel.forms import ProgrammeForm
from web.desk.rates.words import WEEKDAYS, fuel_method_words, fuel_timing_words
from web.refusals import Refusal, attempt

# Money of a programme that no card has taken up yet is spelled in this currency.
HOUSE_CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series with its newest value."""

    series: FuelIndexSeries
    latest: FuelIndexValue | None
    weekday: str
    programmes: int


@dataclass(frozen=True, slots=True)
class ProgrammeItem:
    """A programme in words, with how many versions use it."""

    row: FuelProgramme
    method: str
    timing: str
    versions: int


@desk()
@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    """Show every index with its newest value, and every programme in words."""
    context = {
        "series": series_rows(),
        "programmes": programme_items(),
        "can_edit": signed_in(request).has_role(*APPROVING_ROLES),
    }
    return render(request, "desk/fuel/list.html", context)


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_programme(request: HttpRequest) -> HttpResponse:
    """Add a programme; an approved version freezes it."""
    if request.method != "POST":
        return render(request, "desk/fuel/new.html", {"form": ProgrammeForm()})
    form = ProgrammeForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/fuel/new.html", {"form": form}, status=422)
    by = signed_in(request).actor
    result = attempt(lambda: create_programme(form.programme(), by=by, at=timezone.now()))
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return render(request, "desk/fuel/new.html", {"form": form}, status=result.status)
    messages.success(request, f"{result.name} can be used by drafts")
    return redirect("desk:fuel_programme", result.pk)


def series_rows() -> list[SeriesRow]:
    """Return the series by name, in two queries."""
    newest = FuelIndexValue.objects.order_by("series", "-survey_on", "-published_at", "-id")
    latest = {value.series_id: value for value in newest.distinct("series")}
    series = FuelIndexSeries.objects.annotate(used=Count("programmes")).order_by("name")
    return [
        SeriesRow(each, latest.get(each.pk), WEEKDAYS[each.survey_weekday], each.used)
        for each in series
    ]


def programme_items() -> list[ProgrammeItem]:
    """Return the programmes by name, in one query."""
    rows = FuelProgramme.objects.select_related("series").annotate(used=Count("versions"))
    return [_item(row, row.used) for row in rows.order_by("name")]


def _item(row: FuelProgramme, versions: int) -> ProgrammeItem:
    programme = programme_of(row, ())
    return ProgrammeItem(
        row,
        fuel_method_words(programme, HOUSE_CURRENCY),
        fuel_timing_words(programme),
        versions,
    )
