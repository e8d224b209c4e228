"""One fuel index with its history, and one programme with its table."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import APPROVING_ROLES
from rating.engine.book import FuelRow
from rating.models import FuelIndexSeries, FuelIndexValue, FuelProgramme, RateCardVersion
from rating.operations.indexing import Published, publish_value
from rating.queries.books import programme_of
from rating.queries.fuel_prices import latest_values
from rating.queries.translation import from_columns
from web.access import desk, signed_in
from web.actors import Cast
from web.desk.fuel.charts import draw_series
from web.desk.fuel.forms import ValueForm
from web.desk.fuel.listing import HOUSE_CURRENCY
from web.desk.fuel.reading import fuel_card, table_rows
from web.desk.rates.standing import Standing, standing_of
from web.lists.addresses import address_with
from web.lists.keyset import Ordering, paginate
from web.refusals import Refusal, attempt
from web.templatetags.clocks import in_zone, month_day

WEEKS = 52
MOST_VERSIONS = 50
NEWEST_FIRST = Ordering("survey_on")


@dataclass(frozen=True, slots=True)
class Use:
    """A version that charges by a programme."""

    version: RateCardVersion
    standing: Standing


@desk()
@require_safe
def series_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show an index: its line, every value as it was published, and who uses it."""
    series = get_object_or_404(FuelIndexSeries, code=code)
    return _series(request, series, ValueForm(series=series, at=timezone.now()))


@desk(*APPROVING_ROLES)
@require_POST
def append_value(request: HttpRequest, code: str) -> HttpResponse:
    """Append a value by hand; nothing on file is ever changed."""
    series = get_object_or_404(FuelIndexSeries, code=code)
    now = timezone.now()
    form = ValueForm(request.POST, series=series, at=now)
    if not form.is_valid():
        return _series(request, series, form, status=422)
    told, by = form.cleaned_data, signed_in(request).actor
    value = Published(
        survey_on=told["survey_on"],
        value=told["value"],
        published_at=told["published_at"],
        effective_from=told["effective_from"],
    )
    result = attempt(
        lambda: publish_value(series, value=value, source=told["source"], by=by, at=now)
    )
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return _series(request, series, form, status=result.status)
    if result:
        messages.success(request, f"{value.value} for {month_day(value.survey_on)} is on file")
    else:
        messages.success(request, "That value is on file already")
    return redirect("desk:fuel_series", code)


@desk()
@require_safe
def programme_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a programme in words, its table, and the versions that use it."""
    row = get_object_or_404(FuelProgramme.objects.select_related("series"), pk=pk)
    rows = tuple(from_columns(FuelRow, each) for each in row.rows.order_by("from_price"))
    now = timezone.now()
    today = in_zone(now, signed_in(request).timezone).date()
    programme = programme_of(row, rows)
    card = fuel_card(row, programme, currency=HOUSE_CURRENCY, on=today, at=now)
    versions = RateCardVersion.objects.filter(fuel=row).select_related("card__customer")
    newest = versions.order_by("-pk")[:MOST_VERSIONS]
    context = {
        "fuel": card,
        "table": table_rows(programme, card.price),
        "uses": [Use(each, standing_of(each, today=today)) for each in newest],
        "maker": Cast([row.created_by]).actor(row.created_by),
    }
    return render(request, "desk/fuel/programme.html", context)


def _series(
    request: HttpRequest, series: FuelIndexSeries, form: ValueForm, *, status: int = 200
) -> HttpResponse:
    counting = latest_values(series.code)
    line = [(value.survey_on, value.value) for value in reversed(counting[:WEEKS])]
    page = paginate(
        FuelIndexValue.objects.filter(series=series),
        ordering=NEWEST_FIRST,
        cursor=request.GET.get("after", ""),
        size=WEEKS // 2,
    )
    context = {
        "series": series,
        "form": form,
        "latest": counting[0] if counting else None,
        "before": counting[1] if len(counting) > 1 else None,
        "chart": draw_series(line),
        "line": line,
        "page": page,
        "counting": {value.pk for value in counting},
        "cast": Cast(value.recorded_by for value in page.rows),
        "programmes": series.programmes.order_by("name"),
        "can_edit": signed_in(request).has_role(*APPROVING_ROLES),
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
    return render(request, "desk/fuel/series.html", context, status=status)
