"""The settings of a draft as a form, in the groups a tariff prints them in."""

from decimal import Decimal
from typing import Any

from django import forms

from rating.engine.choices import ClassSource, DeemedFor, FloorSpace, Precedence
from rating.engine.money import Rounding
from rating.models import DensityScale, FuelProgramme
from rating.queries.cells.numbers import spell_number
from web.desk.rates.forms import FieldGroup, PeriodForm, grouped
from web.desk.rates.freight_words import CLASS_SOURCES, DEEMED, FLOOR_SPACES
from web.desk.rates.words import LANE_ORDER, ROUNDINGS
from web.numbers import PlainDecimalField


def _inches(label: str, hint: str = "") -> forms.DecimalField:
    return PlainDecimalField(
        label=label, max_digits=6, decimal_places=2, min_value=0, required=False, help_text=hint
    )


class SettingsForm(PeriodForm):
    """Period, fuel and settings of a draft."""

    GROUPS = (
        ("Period and fuel", "", ("effective_from", "effective_to", "fuel", "note")),
        (
            "Price",
            "",
            ("minimum_charge", "discount_percent", "cost_per_mile", "precedence", "rounding",
             "rounding_places", "allows_deficit"),
        ),
        ("Freight class", "", ("class_source", "density_scale")),
        (
            "Deemed measures",
            "a piece counts as larger than it is, never as smaller",
            ("unstackable_height_in", "wide_from_in", "wide_width_in", "deemed_for"),
        ),
        ("Floor space", "for the linear-foot rule",
         ("floor_space", "trailer_width_in", "stacked_pieces")),
    )  # fmt: skip

    fuel = forms.ModelChoiceField(
        FuelProgramme.objects.order_by("name"),
        label="Fuel programme",
        required=False,
        empty_label="No fuel surcharge",
    )
    minimum_charge = PlainDecimalField(
        label="Absolute minimum", max_digits=14, decimal_places=4, min_value=0, required=False
    )
    discount_percent = PlainDecimalField(
        label="Discount, %", max_digits=7, decimal_places=4, min_value=0
    )
    cost_per_mile = PlainDecimalField(
        label="What a mile costs us", max_digits=14, decimal_places=6, min_value=0, required=False,
        help_text="The floor of every lane by the mile that names none.",
    )  # fmt: skip
    precedence = forms.ChoiceField(
        label="Lane order", choices=[(each, LANE_ORDER[each]) for each in Precedence]
    )
    rounding = forms.ChoiceField(
        label="Each line is rounded", choices=[(each, ROUNDINGS[each]) for each in Rounding]
    )
    rounding_places = forms.IntegerField(
        label="To decimals", min_value=0, max_value=4, required=False,
        help_text="Empty: as the currency has.",
    )  # fmt: skip
    allows_deficit = forms.BooleanField(
        label="Billed as a heavier weight where that is cheaper", required=False
    )
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
    )
    class_source = forms.ChoiceField(
        label="The class is taken",
        choices=[(each, CLASS_SOURCES[each]) for each in ClassSource],
    )
    density_scale = forms.ModelChoiceField(
        DensityScale.objects.order_by("name"),
        label="Density scale",
        required=False,
        empty_label="None",
    )
    unstackable_height_in = _inches("Height of what cannot be stacked, in", "Empty: as measured.")
    wide_from_in = _inches("Wide from, in")
    wide_width_in = _inches("Counts as wide as, in")
    deemed_for = forms.ChoiceField(
        label="They count for", choices=[(each, DEEMED[each]) for each in DeemedFor]
    )
    floor_space = forms.ChoiceField(
        label="Pieces take", choices=[(each, FLOOR_SPACES[each]) for each in FloorSpace]
    )
    trailer_width_in = PlainDecimalField(
        label="Width of the trailer, in", max_digits=6, decimal_places=2, min_value=1
    )
    stacked_pieces = forms.IntegerField(
        label="Pieces to a floor position", min_value=1, max_value=20,
        help_text="Where they may be stacked.",
    )  # fmt: skip

    @property
    def groups(self) -> list[FieldGroup]:
        """Return the fields under the headings of a tariff."""
        return grouped(self, self.GROUPS)


def shown_settings(version: Any) -> dict[str, Any]:
    """Return the settings of a version as the form shows them."""
    values = {name: getattr(version, name) for name in SettingsForm.base_fields}
    return {
        name: spell_number(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }
