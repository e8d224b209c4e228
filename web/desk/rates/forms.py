"""What a pricing desk types: a new card, and the days of a version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.models import Customer
from dispatch.models import Load
from rating.engine.choices import Anchor, WhenNoLane
from rating.models import FuelProgramme, RateCard, RateCardVersion

DAY_FORMAT = "%Y-%m-%d"
RATED_ON = [
    (Anchor.PICKUP, "Pickup date"),
    (Anchor.TENDER, "Tender date"),
    (Anchor.DELIVERY, "Delivery date"),
]
WITHOUT_LANE = [
    (WhenNoLane.REFUSE, "A person decides"),
    (WhenNoLane.NEXT_CARD, "The next card that fits is asked"),
]


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields of a form under one heading; `trigger` names the kind of rule they are for."""

    title: str
    note: str
    fields: list[forms.BoundField]
    trigger: str = ""


def grouped(form: forms.Form, groups: Sequence[tuple[Any, ...]]) -> list[FieldGroup]:
    """Return the fields of `form` by `groups`: heading, note, names and perhaps a trigger."""
    return [
        FieldGroup(title, note, [form[name] for name in names], *trigger)
        for title, note, names, *trigger in groups
    ]


class DayField(forms.DateField):
    """A calendar date, with the browser's own picker."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format=DAY_FORMAT)
        super().__init__(widget=widget, input_formats=[DAY_FORMAT, "%b %d, %Y"], **options)


class PeriodForm(forms.Form):
    """From when to when a version prices."""

    effective_from = DayField(label="Prices from")
    effective_to = DayField(
        label="Until", required=False, help_text="Empty: until another version follows."
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        told = super().clean() or {}
        begin, end = told.get("effective_from"), told.get("effective_to")
        if begin and end and end < begin:
            self.add_error("effective_to", "It ends before it begins.")
        return told


class CardForm(PeriodForm):
    """A new card with its first draft."""

    field_order = ["name", "customer", "currency", "equipment", "shipment_type"]

    name = forms.CharField(max_length=80, help_text="As people quote it: Prairie Foods Reefer.")
    customer = forms.ModelChoiceField(
        Customer.objects.order_by("name"), required=False, empty_label="Everybody"
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", max_length=3, initial="USD")
    equipment = forms.ChoiceField(choices=[("", "Any"), *Load.Equipment.choices], required=False)
    shipment_type = forms.ChoiceField(
        choices=[("", "Any"), *Load.ShipmentType.choices], required=False
    )
    rated_on = forms.ChoiceField(label="The version goes by", choices=RATED_ON)
    when_no_lane = forms.ChoiceField(label="Without a lane for a load", choices=WITHOUT_LANE)
    fuel = forms.ModelChoiceField(
        FuelProgramme.objects.order_by("name"),
        label="Fuel programme",
        required=False,
        empty_label="No fuel surcharge",
    )

    def clean_name(self) -> str:
        """Refuse a name that another card has."""
        name: str = self.cleaned_data["name"].strip()
        if RateCard.objects.filter(name=name).exists():
            raise forms.ValidationError("Another card has this name.")
        return name


class DraftForm(PeriodForm):
    """The days of the next version of a card."""

    @classmethod
    def after(cls, version: RateCardVersion | None, *, today: date) -> "DraftForm":
        """Return a form that proposes the day after `version` ends, or the first of a month."""
        begin = _first_of_next_month(today)
        if version and version.effective_to and version.effective_to >= today:
            begin = version.effective_to + timedelta(days=1)
        return cls(initial={"effective_from": begin})


def _first_of_next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
