"""A load and its stops as people type them."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from accounts.models import Customer
from dispatch.events import LoadFacts, Purpose, StopFacts
from dispatch.models import Load, Location, Reference, Stop
from dispatch.queries.places import towns_of
from dispatch.rules.places import zone_of
from web.desk.planning.shorthand import (
    Town,
    Unread,
    read_town,
    read_window,
    write_town,
    write_window,
)
from web.numbers import PlainDecimalField

MOST_STOPS = 30
NUMBERS = ("PO", "BOL", "PRO", "SHIPMENT_ID")
# Where a refusal of the plan belongs on the form.
FIELD_OF = {
    "appointment_from": "when", "appointment_to": "when", "timezone": "where", "city": "where",
    "state": "where", "postal_code": "where", "country": "where",
}  # fmt: skip


class CustomerField(forms.CharField):
    """A customer by code, by name, or by the start of either that only one has."""

    def clean(self, value: Any) -> Any:
        """Return the customer."""
        text = super().clean(value)
        known = Customer.objects.exclude(status=Customer.Status.CLOSED)
        code = text.rpartition(", ")[2]
        exact = known.filter(code__iexact=code) | known.filter(name__iexact=text)
        starting = known.filter(name__istartswith=text) | known.filter(code__istartswith=text)
        found = list(exact[:2]) or list(starting[:2])
        if len(found) != 1:
            words = "More than one customer starts so." if found else "No customer is called so."
            raise forms.ValidationError(words)
        return found[0]


class LoadPlanForm(forms.Form):
    """What a load is, beside its stops."""

    customer = CustomerField(
        max_length=160, help_text="Code, name, or how it starts.",
        widget=forms.TextInput(
            attrs={"list": "customers", "autofocus": True, "autocomplete": "off"}
        ),
    )  # fmt: skip
    po = forms.CharField(label="PO", max_length=60, required=False)
    bol = forms.CharField(label="BOL", max_length=60, required=False)
    pro = forms.CharField(label="PRO", max_length=60, required=False)
    shipment_id = forms.CharField(label="Shipment", max_length=60, required=False)
    equipment = forms.ChoiceField(choices=Load.Equipment.choices, initial=Load.Equipment.VAN53)
    commodity = forms.CharField(max_length=120, required=False)
    weight_lb = PlainDecimalField(
        label="Weight, lb", max_digits=9, decimal_places=2, min_value=0, required=False
    )
    pieces = forms.IntegerField(min_value=0, max_value=9_999_999, required=False)
    piece_unit = forms.CharField(label="Of what", max_length=10, required=False)
    miles = PlainDecimalField(max_digits=9, decimal_places=2, min_value=0, required=False)
    quoted_amount = PlainDecimalField(
        label="Quoted", max_digits=12, decimal_places=2, min_value=0, required=False
    )
    trailer = forms.CharField(max_length=20, required=False)

    @property
    def names(self) -> list[forms.BoundField]:
        """Return whose load it is and the numbers it is known by: what is typed first."""
        return [self[name] for name in ("customer", *map(str.lower, NUMBERS))]

    @property
    def freight(self) -> list[forms.BoundField]:
        """Return what is carried, how, and for how much."""
        return [field for field in self if field.name not in {each.name for each in self.names}]

    def facts(self, stops: tuple[StopFacts, ...], *, purpose: Purpose) -> LoadFacts:
        """Return the plan that was typed."""
        told = self.cleaned_data
        references = tuple((kind, told[kind.lower()]) for kind in NUMBERS if told[kind.lower()])
        return LoadFacts(
            references=references,
            stops=stops,
            purpose=purpose,
            equipment=told["equipment"],
            trailer=told["trailer"],
            commodity=told["commodity"],
            weight_lb=told["weight_lb"],
            pieces=told["pieces"],
            piece_unit=told["piece_unit"],
            miles=told["miles"],
            miles_source="typed by the desk" if told["miles"] is not None else "",
            quoted_amount=told["quoted_amount"],
        )


class StopPlanForm(forms.Form):
    """One stop in a line: what happens there, where, and when."""

    sequence = forms.IntegerField(
        label="No.", min_value=1, max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    kind = forms.ChoiceField(choices=Stop.Kind.choices)
    where = forms.CharField(
        max_length=120, required=False,
        widget=forms.TextInput(attrs={"list": "locations", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(max_length=120, required=False)
    address = forms.CharField(max_length=160, required=False)
    when = forms.CharField(label="Appointment", max_length=60, required=False)
    is_fcfs = forms.BooleanField(label="First come", required=False)

    def __init__(
        self, *args: Any, at: datetime, planned: dict[int, StopFacts], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.at, self.planned = at, planned
        self.told: StopFacts | None = None

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing was typed: such a line is no stop."""
        values = (self.data.get(self.add_prefix(name), "") for name in ("where", "name", "when"))
        return self.is_bound and not any(str(value).strip() for value in values)

    def clean(self) -> dict[str, Any]:
        """Read place and appointment; what was not touched stays as it was planned."""
        told = super().clean() or {}
        if self.errors or self.is_blank:
            return told
        if not told["where"]:
            self.add_error("where", "Say where, such as Joliet IL 60436.")
            return told
        try:
            self.told = self._timed(self._placed(told), told["when"])
        except Unread as error:
            self.add_error("when" if self.told else "where", str(error))
        return told

    def _placed(self, told: dict[str, Any]) -> StopFacts:
        before = self.planned.get(told["sequence"])
        stop = before or StopFacts(sequence=told["sequence"], kind=told["kind"])
        stop = replace(
            stop, kind=told["kind"], name=told["name"], address=told["address"],
            is_fcfs=told["is_fcfs"],
        )  # fmt: skip
        if before and told["where"] == where_of(before):
            return stop
        location = Location.objects.filter(code__iexact=told["where"]).first()
        if location:
            return _at_location(stop, location)
        return _in_town(stop, read_town(told["where"]))

    def _timed(self, stop: StopFacts, when: str) -> StopFacts:
        self.told = stop
        zone = zone_of_stop(stop)
        if not when:
            return replace(stop, appointment_from=None, appointment_to=None)
        if when == write_window(stop.appointment_from, stop.appointment_to, zone=zone):
            return stop
        start, end = read_window(when, zone=zone, now=self.at)
        return replace(stop, appointment_from=start, appointment_to=end)


class BaseStops(BaseFormSet):  # type: ignore[type-arg]  # not generic at run time
    """The stops of a load; lines without a word are left out."""

    def clean(self) -> None:
        """Ask for somewhere to load and somewhere to deliver."""
        if any(form.errors for form in self.forms):
            return
        numbers = [stop.sequence for stop in self.facts()]
        if len(numbers) < 2:
            raise forms.ValidationError("A load has at least two stops.")
        if len(set(numbers)) < len(numbers):
            raise forms.ValidationError("Two stops have the same number.")

    def facts(self) -> tuple[StopFacts, ...]:
        """Return the stops in their order."""
        told = [form.told for form in self.forms if form.told]
        return tuple(sorted(told, key=lambda stop: stop.sequence))


StopFormSet = formset_factory(
    StopPlanForm, formset=BaseStops, extra=0, max_num=MOST_STOPS, absolute_max=MOST_STOPS
)


def where_of(stop: StopFacts) -> str:
    """Write the place of a planned stop as it is typed."""
    town = write_town(city=stop.city, state=stop.state, postal_code=stop.postal_code)
    return stop.location_code or town or stop.name


def zone_of_stop(stop: StopFacts) -> str:
    """Return the clock of a stop as planning will find it; raises Unread when nothing tells."""
    location = (
        Location.objects.filter(code=stop.location_code).first() if stop.location_code else None
    )
    zone = (
        stop.timezone
        or (location.timezone if location else "")
        or zone_of(state=stop.state, postal_code=stop.postal_code, country=stop.country)
    )
    if not zone:
        raise Unread("No time zone is known for this place; type its state.")
    return zone


def initial_stops(load: Load | None, planned: dict[int, StopFacts]) -> list[dict[str, Any]]:
    """Return the lines of a form: those of the plan, or an empty pickup and delivery."""
    if load is None:
        return [
            {"sequence": 1, "kind": Stop.Kind.PICKUP},
            {"sequence": 2, "kind": Stop.Kind.DELIVERY},
        ]
    zones = dict(load.stops.values_list("sequence", "timezone"))
    return [
        {
            "sequence": sequence,
            "kind": stop.kind,
            "where": where_of(stop),
            "name": stop.name,
            "address": stop.address,
            "when": write_window(
                stop.appointment_from, stop.appointment_to, zone=zones.get(sequence) or "UTC"
            ),
            "is_fcfs": stop.is_fcfs,
        }
        for sequence, stop in sorted(planned.items())
    ]


def initial_load(load: Load) -> dict[str, Any]:
    """Return what the form shows of a load that is there."""
    numbers = Reference.objects.filter(load=load, kind__in=NUMBERS).order_by("-pk")
    plain = ("equipment", "commodity", "weight_lb", "pieces", "piece_unit", "miles",
             "quoted_amount", "trailer")  # fmt: skip
    return {
        "customer": f"{load.customer.name}, {load.customer.code}",
        **{name: getattr(load, name) for name in plain},
        **{reference.kind.lower(): reference.value for reference in numbers},
    }


def field_named(refused: str) -> tuple[int | None, str]:
    """Return the line and the field of the form that a refusal of the plan speaks of."""
    found = re.fullmatch(r"stops\.(\d+)\.(\w+)", refused)
    if found:
        return int(found[1]), FIELD_OF.get(found[2], found[2])
    return None, refused


def _at_location(stop: StopFacts, location: Location) -> StopFacts:
    return replace(
        stop,
        location_code=location.code,
        name=stop.name or location.name,
        address=stop.address or location.address,
        city=location.city,
        state=location.state,
        postal_code=location.postal_code,
        country=location.country,
        timezone=location.timezone,
    )


def _in_town(stop: StopFacts, town: Town) -> StopFacts:
    city, state = town.city, town.state
    if not city:
        city, state = towns_of([town.postal_code]).get(town.postal_code, (city, state))
    return replace(
        stop, location_code="", city=city, state=state, postal_code=town.postal_code,
        country=town.country, timezone="",
    )  # fmt: skip
