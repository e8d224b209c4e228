"""What a draft holds beside its lanes: rules, zones, and the settings of the tariff."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import APPROVING_ROLES
from rating.engine.choices import Precedence
from rating.engine.money import Rounding
from rating.models import FuelProgramme
from rating.operations.editing import (
    add_rule,
    change_rule,
    change_settings,
    put_zone,
    remove_rule,
    remove_zone,
)
from web.access import desk, signed_in
from web.desk.rates.forms import PeriodForm
from web.desk.rates.page import page_context, sheet_of
from web.desk.rates.rule_form import RuleForm
from web.desk.rates.sheet import RateSheet
from web.desk.rates.words import LANE_ORDER, ROUNDINGS
from web.refusals import Refusal, attempt

REFUSED = 422


class SettingsForm(PeriodForm):
    """Period, fuel and settings of a draft."""

    fuel = forms.ModelChoiceField(
        FuelProgramme.objects.order_by("name"),
        label="Fuel programme",
        required=False,
        empty_label="No fuel surcharge",
    )
    minimum_charge = forms.DecimalField(
        label="Absolute minimum", max_digits=14, decimal_places=4, min_value=0, required=False
    )
    discount_percent = forms.DecimalField(
        label="Discount, %", max_digits=7, decimal_places=4, min_value=0
    )
    cost_per_mile = forms.DecimalField(
        label="What a mile costs us", max_digits=14, decimal_places=6, min_value=0, required=False,
        help_text="The floor of every lane by the mile that names none.",
    )  # fmt: skip
    precedence = forms.ChoiceField(
        label="Lane order", choices=[(each, LANE_ORDER[each]) for each in Precedence]
    )
    rounding = forms.ChoiceField(
        label="Each line is rounded", choices=[(each, ROUNDINGS[each]) for each in Rounding]
    )
    allows_deficit = forms.BooleanField(
        label="Billed as a heavier weight where that is cheaper", required=False
    )
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )


class ZoneForm(forms.Form):
    """A zone and the places it holds."""

    name = forms.CharField(max_length=40)
    members = forms.CharField(
        label="Places",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
        help_text="ZIPs, ZIP3s, ranges, towns with state, states; one a line.",
    )
    is_region = forms.BooleanField(label="A region: ranks behind states", required=False)


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Add an accessorial rule to a draft."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    if request.method != "POST":
        return _form(request, sheet, RuleForm(), "New rule")
    form = RuleForm(request.POST)
    return _save(
        request,
        sheet,
        form,
        "New rule",
        lambda: add_rule(sheet.version, rule=form.told(), by=by, at=timezone.now()),
    )


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_page(request: HttpRequest, card: int, number: int, name: str) -> HttpResponse:
    """Show a rule with all its terms, and change it."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    before = next((each for each in sheet.terms.accessorials if each.rule == name), None)
    if before is None:
        raise Http404("There is no such rule.")
    title = f"Rule {name}"
    if request.method != "POST":
        return _form(request, sheet, RuleForm(before=before), title, removes=name)
    form = RuleForm(request.POST, before=before)
    return _save(
        request,
        sheet,
        form,
        title,
        lambda: change_rule(
            sheet.version, name=name, rule=form.told(), seen=before, by=by, at=timezone.now()
        ),
        removes=name,
    )


@desk(*APPROVING_ROLES)
@require_POST
def drop_rule(request: HttpRequest, card: int, number: int, name: str) -> HttpResponse:
    """Take a rule out of a draft."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    result = attempt(lambda: remove_rule(sheet.version, name=name, by=by, at=timezone.now()))
    return _told(request, sheet, result, f"Rule {name} is removed")


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Change the period, the fuel programme and the settings of a draft."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    names = SettingsForm.base_fields
    if request.method != "POST":
        initial = {name: getattr(sheet.version, name) for name in names}
        return _form(request, sheet, SettingsForm(initial=initial), "Settings")
    form = SettingsForm(request.POST)
    return _save(
        request,
        sheet,
        form,
        "Settings",
        lambda: change_settings(sheet.version, changes=form.cleaned_data, by=by, at=timezone.now()),
    )


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def zone(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Define a zone of a draft, or define it anew."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    if request.method != "POST":
        return _form(request, sheet, ZoneForm(initial=_zone(request, sheet)), "Zone")
    form = ZoneForm(request.POST)
    return _save(
        request,
        sheet,
        form,
        "Zone",
        lambda: put_zone(
            sheet.version,
            name=form.cleaned_data["name"],
            members=[each for each in form.cleaned_data["members"].splitlines() if each.strip()],
            is_region=form.cleaned_data["is_region"],
            by=by,
            at=timezone.now(),
        ),
    )


@desk(*APPROVING_ROLES)
@require_POST
def drop_zone(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Take a zone out of a draft, while no lane names it."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    name = request.POST.get("name", "")[:40]
    result = attempt(lambda: remove_zone(sheet.version, name=name, by=by, at=timezone.now()))
    return _told(request, sheet, result, f"Zone {name} is removed")


def _zone(request: HttpRequest, sheet: RateSheet) -> dict[str, Any]:
    known = sheet.terms.zones.get(request.GET.get("name", ""))
    if known is None:
        return {}
    places = sorted(place.label for place in known.members)
    return {"name": known.name, "members": "\n".join(places), "is_region": known.is_region}


def _save(
    request: HttpRequest,
    sheet: RateSheet,
    form: forms.Form,
    title: str,
    operation: Callable[[], object],
    *,
    removes: str = "",
) -> HttpResponse:
    """Run an edit once its form can be read; what is refused comes back beside its field."""
    if not form.is_valid():
        return _form(request, sheet, form, title, removes=removes, status=REFUSED)
    result = attempt(operation)
    if isinstance(result, Refusal):
        field = result.field if result.field in form.fields else None
        form.add_error(field, result.sentence)
        return _form(request, sheet, form, title, removes=removes, status=REFUSED)
    return _told(request, sheet, result, f"{title} saved in v{sheet.version.number}")


def _form(
    request: HttpRequest,
    sheet: RateSheet,
    form: forms.Form,
    title: str,
    *,
    removes: str = "",
    status: int = 200,
) -> HttpResponse:
    context = page_context(request, sheet, "desk:rate_accessorials")
    context |= {"form": form, "title": title, "removes": removes}
    return render(request, "desk/rates/terms.html", context, status=status)


def _told(request: HttpRequest, sheet: RateSheet, result: object, done: str) -> HttpResponse:
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, done)
    return redirect("desk:rate_accessorials", sheet.card.pk, sheet.version.number)
