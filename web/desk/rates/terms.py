"""What a draft holds beside its lanes: rules, zones, and the settings of the tariff."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import APPROVING_ROLES
from rating.operations.editing import (
    add_rule,
    change_rule,
    change_settings,
    put_zone,
    remove_rule,
    remove_zone,
)
from web.access import desk, signed_in
from web.desk.rates.page import sheet_of
from web.desk.rates.rule_form import RuleForm
from web.desk.rates.saving import save_edit, show_form, tell_edit
from web.desk.rates.settings_form import SettingsForm, shown_settings
from web.desk.rates.sheet import RateSheet
from web.refusals import attempt


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
        return show_form(request, sheet, RuleForm(), "New rule")
    form = RuleForm(request.POST)
    return save_edit(
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
    title, removes = f"Rule {name}", f"{request.path}remove/"
    if request.method != "POST":
        form = RuleForm(before=before)
        return show_form(request, sheet, form, title, standing=before, removes=removes)
    form = RuleForm(request.POST, before=before)
    return save_edit(
        request,
        sheet,
        form,
        title,
        lambda: change_rule(
            sheet.version, name=name, rule=form.told(), seen=before, by=by, at=timezone.now()
        ),
        standing=before,
        removes=removes,
    )


@desk(*APPROVING_ROLES)
@require_POST
def drop_rule(request: HttpRequest, card: int, number: int, name: str) -> HttpResponse:
    """Take a rule out of a draft."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    result = attempt(lambda: remove_rule(sheet.version, name=name, by=by, at=timezone.now()))
    return tell_edit(request, sheet, result, f"Rule {name} is removed")


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Change the period, the fuel programme and the settings of a draft."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    before = shown_settings(sheet.version)
    if request.method != "POST":
        form = SettingsForm(initial=before)
        return show_form(request, sheet, form, "Settings", standing=before)
    form = SettingsForm(request.POST)
    return save_edit(
        request,
        sheet,
        form,
        "Settings",
        lambda: change_settings(sheet.version, changes=form.cleaned_data, by=by, at=timezone.now()),
        standing=before,
    )


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def zone(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Define a zone of a draft, or define it anew."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    if request.method != "POST":
        return show_form(request, sheet, ZoneForm(initial=_zone(request, sheet)), "Zone")
    form = ZoneForm(request.POST)
    return save_edit(
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
    return tell_edit(request, sheet, result, f"Zone {name} is removed")


def _zone(request: HttpRequest, sheet: RateSheet) -> dict[str, Any]:
    known = sheet.terms.zones.get(request.GET.get("name", ""))
    if known is None:
        return {}
    places = sorted(place.label for place in known.members)
    return {"name": known.name, "members": "\n".join(places), "is_region": known.is_region}
