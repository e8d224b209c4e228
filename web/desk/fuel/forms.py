"""What people tell about fuel: a published price, and a new programme with its table."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from rating.engine.book import FuelProgramme, FuelRow, FuelTiming
from rating.engine.choices import (
    Anchor,
    BelowTable,
    BeyondTable,
    FuelMethod,
    FuelUnit,
    HolidayShift,
    Timing,
)
from rating.models import FuelIndexSeries
from rating.models import FuelProgramme as ProgrammeRow
from web.desk.rates.forms import DayField
from web.desk.rates.words import WEEKDAYS
from web.numbers import PlainDecimalField

MOST_ROWS = 500
METHODS = [
    (FuelMethod.TABLE, "Table: the row that holds the index"),
    (FuelMethod.STEPS, "Steps: so much for each started step above a base"),
    (FuelMethod.FORMULA, "Formula: above the base, divided by miles per gallon"),
    (FuelMethod.PUBLISHED, "The published figure itself"),
]
UNITS = [(FuelUnit.PER_MILE, "Money per mile"), (FuelUnit.PERCENT, "Percent of the net linehaul")]
TIMINGS = [
    (Timing.WEEKLY, "Each week's price"),
    (Timing.MONTH_DAY, "The month's first price, from a day of the month"),
    (Timing.MONTH_AVERAGE, "The mean of an earlier month"),
]
BELOW = [
    (BelowTable.NOTHING, "Nothing is charged"),
    (BelowTable.FIRST_ROW, "The first row counts"),
    (BelowTable.REFUSE, "A person decides"),
]
BEYOND = [
    (BeyondTable.REFUSE, "A person decides"),
    (BeyondTable.LAST_ROW, "The last row counts"),
    (BeyondTable.CONTINUE, "The steps continue"),
]


class ValueForm(forms.Form):
    """One published value of a series."""

    survey_on = DayField(label="For the survey of")
    value = PlainDecimalField(max_digits=10, decimal_places=4, min_value=0)
    published_at = forms.DateTimeField(
        label="Published",
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    effective_from = DayField(
        label="Counts from", required=False, help_text="Only where the publisher named the day."
    )
    source = forms.CharField(max_length=80, help_text="Where it can be read again.")

    def __init__(self, *args: Any, series: FuelIndexSeries, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.series, self.at = series, at
        self.fields["value"].label = f"Value, {series.unit}"
        self.fields["published_at"].help_text = f"On the publisher's clock, {series.timezone}."

    def clean_survey_on(self) -> Any:
        """Refuse a day on which this index is not surveyed."""
        on = self.cleaned_data["survey_on"]
        wanted = self.series.survey_weekday
        if on.weekday() != wanted:
            raise forms.ValidationError(f"{self.series.name} is for {WEEKDAYS[wanted]}s.")
        return on

    def clean_published_at(self) -> datetime:
        """Read the publisher's clock; refuse what is still to come."""
        wall: datetime = self.cleaned_data["published_at"]
        published = wall.replace(tzinfo=ZoneInfo(self.series.timezone))
        if published > self.at:
            raise forms.ValidationError("That is still to come.")
        return published


class ProgrammeForm(forms.Form):
    """A fuel programme; which fields count depends on its method and timing."""

    name = forms.CharField(max_length=60)
    series = forms.ModelChoiceField(
        FuelIndexSeries.objects.order_by("name"), label="Index", to_field_name="code"
    )
    method = forms.ChoiceField(choices=METHODS)
    unit = forms.ChoiceField(choices=UNITS, label="The surcharge is")
    base_price = PlainDecimalField(
        max_digits=10, decimal_places=4, min_value=0, required=False, label="Base price",
        help_text="Steps and formula: nothing is charged up to it.",
    )  # fmt: skip
    miles_per_gallon = PlainDecimalField(
        max_digits=6, decimal_places=3, required=False, help_text="Formula."
    )
    increment = PlainDecimalField(
        max_digits=10, decimal_places=4, required=False, label="Step", help_text="Steps: width."
    )
    step_value = PlainDecimalField(
        max_digits=10, decimal_places=4, min_value=0, required=False, label="For each step",
        help_text="Steps: money per mile, or percent points.",
    )  # fmt: skip
    rate_places = forms.IntegerField(
        min_value=0, max_value=6, required=False, label="Round the surcharge to",
        help_text="Decimals; empty leaves it exact.",
    )  # fmt: skip
    table = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8, "class": "input code"}),
        required=False,
        help_text="One row a line: from, to, surcharge. 3.700 3.749 0.46",
    )
    below_table = forms.ChoiceField(choices=BELOW, label="Under the first row")
    beyond_table = forms.ChoiceField(choices=BEYOND, label="Beyond the last row")
    timing = forms.ChoiceField(choices=TIMINGS, label="Which price counts")
    lag_days = forms.IntegerField(
        min_value=0, max_value=14, initial=1, label="From so many days after the survey"
    )
    month_day = forms.IntegerField(
        min_value=1, max_value=28, initial=15, label="From day of the month"
    )
    lag_months = forms.IntegerField(
        min_value=1, max_value=12, initial=2, label="Mean of so many months before"
    )
    shifts = forms.BooleanField(
        required=False, label="A price that comes out late also counts late"
    )
    anchor = forms.ChoiceField(
        choices=[(each, f"{each.value.capitalize()} date") for each in Anchor],
        label="By the load's",
    )

    def clean_name(self) -> str:
        """Refuse a name that another programme has."""
        name: str = self.cleaned_data["name"].strip()
        if ProgrammeRow.objects.filter(name=name).exists():
            raise forms.ValidationError("Another programme has this name.")
        return name

    def clean_table(self) -> tuple[FuelRow, ...]:
        """Read the rows; refuse with the number of the line that cannot be read or overlaps."""
        rows: list[FuelRow] = []
        lines = self.cleaned_data["table"].splitlines()
        for place, line in enumerate(lines[: MOST_ROWS + 1], start=1):
            if line.strip():
                rows.append(_table_row(line, place))
        if len(rows) > MOST_ROWS:
            raise forms.ValidationError(f"A table has at most {MOST_ROWS} rows.")
        ordered = sorted(rows, key=lambda row: row.from_price)
        for before, after in pairwise(ordered):
            if after.from_price <= before.to_price:
                told = f"The row from {after.from_price} begins inside the row from"
                raise forms.ValidationError(f"{told} {before.from_price}.")
        return tuple(ordered)

    def clean(self) -> dict[str, Any]:
        """Ask for what the method cannot do without."""
        told = super().clean() or {}
        method = told.get("method")
        needs = {
            FuelMethod.TABLE: ("table",),
            FuelMethod.STEPS: ("base_price", "increment", "step_value"),
            FuelMethod.FORMULA: ("base_price", "miles_per_gallon"),
        }
        for name in needs.get(FuelMethod(method) if method else FuelMethod.PUBLISHED, ()):
            if not told.get(name) and name not in self.errors:
                self.add_error(name, "This method needs it.")
        if method == FuelMethod.FORMULA and told.get("unit") == FuelUnit.PERCENT:
            self.add_error("unit", "A formula gives money per mile.")
        return told

    def programme(self) -> FuelProgramme:
        """Return the programme as the engine knows it."""
        told = self.cleaned_data
        given = {
            name: told[name]
            for name in ("base_price", "miles_per_gallon", "increment", "step_value")
            if told[name] is not None
        }
        return FuelProgramme(
            name=told["name"],
            series=told["series"].code,
            method=FuelMethod(told["method"]),
            unit=FuelUnit(told["unit"]),
            rows=told["table"],
            rate_places=told["rate_places"],
            below_table=BelowTable(told["below_table"]),
            beyond_table=BeyondTable(told["beyond_table"]),
            timing=FuelTiming(
                timing=Timing(told["timing"]),
                lag_days=told["lag_days"],
                month_day=told["month_day"],
                lag_months=told["lag_months"],
                survey_weekday=told["series"].survey_weekday,
                holiday_shift=(
                    HolidayShift.WITH_PUBLICATION if told["shifts"] else HolidayShift.NONE
                ),
                anchor=Anchor(told["anchor"]),
            ),
            **given,
        )


def _table_row(line: str, place: int) -> FuelRow:
    parts = line.replace(",", " ").replace(";", " ").replace("\t", " ").split()
    try:
        first, last, value = (Decimal(part) for part in parts)
    except (InvalidOperation, ValueError) as error:
        raise forms.ValidationError(f"Line {place} is not three numbers.") from error
    if not all(each.is_finite() and each >= 0 for each in (first, last, value)):
        raise forms.ValidationError(f"Line {place} holds what is not a price.")
    if last < first or last >= 100_000 or value >= 100_000:
        raise forms.ValidationError(f"Line {place} ends before it begins, or is too large.")
    if first != round(first, 3) or last != round(last, 3):
        raise forms.ValidationError(f"Line {place}: prices have at most three decimals.")
    return FuelRow(from_price=first, to_price=last, value=value)
