"""What a draft says of the freight itself: FAK ranges, and the rules about space."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import APPROVING_ROLES
from rating.engine.choices import SpaceMeasure
from rating.engine.classes import CLASSES
from rating.engine.freight import FakRange, SpaceRule
from rating.operations.editing import put_fak, put_space_rule, remove_space_rule
from web.access import desk, signed_in
from web.desk.rates.freight_words import MEASURES, fak_words
from web.desk.rates.page import sheet_of
from web.desk.rates.saving import save_edit, show_form, tell_edit
from web.numbers import PlainDecimalField
from web.refusals import attempt

# "50 to 100 as 70", "50-100: 70", or three numbers.
RANGE = re.compile(r"^([\d.]+)(?:\s*(?:to|-)\s*|\s+)([\d.]+)(?:\s*(?:as|:|=)\s*|\s+)([\d.]+)$")
MOST_RANGES = 20


class FakForm(forms.Form):
    """The classes that are rated as one."""

    ranges = forms.CharField(
        label="Classes rated as one",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=1000,
        help_text="One range a line: 50 to 100 as 70. Empty: each class is rated as itself.",
    )

    def clean_ranges(self) -> list[FakRange]:
        """Read the ranges; refuse with the line that cannot be read."""
        lines = [line.strip() for line in self.cleaned_data["ranges"].splitlines() if line.strip()]
        if len(lines) > MOST_RANGES:
            raise forms.ValidationError(f"A tariff has at most {MOST_RANGES} ranges.")
        return [_range(line, place) for place, line in enumerate(lines, start=1)]


class SpaceForm(forms.Form):
    """When the space of one measure makes freight weigh more."""

    over = PlainDecimalField(label="Counts over", max_digits=9, decimal_places=2, min_value=0)
    includes_limit = forms.BooleanField(label="The limit itself counts", required=False)
    under_pcf = PlainDecimalField(
        label="Only lighter than, lb a cubic foot", max_digits=7, decimal_places=3, min_value=0,
        required=False, help_text="Empty: whatever its density.",
    )  # fmt: skip
    pounds_per_unit = PlainDecimalField(
        label="Weighs at least, lb each", max_digits=9, decimal_places=3, min_value=0
    )
    floor_class = forms.ChoiceField(
        label="Class at least",
        choices=[("", "As it is"), *((each, each) for each in CLASSES)],
        required=False,
    )
    discount_percent = PlainDecimalField(
        label="Discount instead of any other, %", max_digits=7, decimal_places=4, min_value=0,
        required=False, help_text="Empty: discounts stay. 0: none.",
    )  # fmt: skip
    uses_fak = forms.BooleanField(label="FAK applies", required=False)

    def told(self, measure: SpaceMeasure) -> SpaceRule:
        """Return the rule as the engine knows it."""
        return SpaceRule(measure=measure, **self.cleaned_data)


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def fak(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Say which classes are rated as one in a draft."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    before = sheet.terms.fak
    if request.method != "POST":
        form = FakForm(initial={"ranges": "\n".join(fak_words(before))})
        return show_form(request, sheet, form, "FAK ranges", standing=before)
    form = FakForm(request.POST)
    return save_edit(
        request,
        sheet,
        form,
        "FAK ranges",
        lambda: put_fak(
            sheet.version,
            ranges=form.cleaned_data["ranges"],
            seen=before,
            by=by,
            at=timezone.now(),
        ),
        standing=before,
    )


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def space_rule(request: HttpRequest, card: int, number: int, measure: str) -> HttpResponse:
    """Say from when on cubic feet, or linear feet, make freight weigh more."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    of = _measure(measure)
    before = next((each for each in sheet.terms.space_rules if each.measure == of), None)
    title, removes = f"{MEASURES[of]} rule", f"{request.path}remove/" if before else ""
    if request.method != "POST":
        form = SpaceForm(initial=shown_rule(before))
        return show_form(request, sheet, form, title, standing=before, removes=removes)
    form = SpaceForm(request.POST)
    return save_edit(
        request,
        sheet,
        form,
        title,
        lambda: put_space_rule(
            sheet.version, rule=form.told(of), seen=before, by=by, at=timezone.now()
        ),
        standing=before,
        removes=removes,
    )


@desk(*APPROVING_ROLES)
@require_POST
def drop_space_rule(request: HttpRequest, card: int, number: int, measure: str) -> HttpResponse:
    """Let the space of one measure weigh nothing in a draft."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    of = _measure(measure)
    result = attempt(lambda: remove_space_rule(sheet.version, measure=of, by=by, at=timezone.now()))
    return tell_edit(request, sheet, result, f"The {MEASURES[of].lower()} rule is removed")


def shown_rule(rule: SpaceRule | None) -> dict[str, Any]:
    """Return the fields of a space rule as its form shows them."""
    if rule is None:
        return {"uses_fak": True}
    return {
        name: f"{value:f}" if isinstance(value := getattr(rule, name), Decimal) else value
        for name in SpaceForm.base_fields
    }


def _measure(slug: str) -> SpaceMeasure:
    try:
        return SpaceMeasure(slug.upper().replace("-", "_"))
    except ValueError as error:
        raise Http404("There is no such measure.") from error


def _range(line: str, place: int) -> FakRange:
    found = RANGE.match(line)
    if found is None:
        raise forms.ValidationError(f"Line {place} is not a range such as 50 to 100 as 70.")
    try:
        low, high, rated = (f"{Decimal(part).normalize():f}" for part in found.groups())
    except InvalidOperation as error:
        raise forms.ValidationError(f"Line {place} holds what is no class.") from error
    return FakRange(min_class=low, max_class=high, rated_class=rated)
