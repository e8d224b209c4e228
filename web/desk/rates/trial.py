"""A load that need not exist, asked of a version by the code that bills."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Customer
from billing.models import RatingRecord
from dispatch.models import Load
from rating.engine.quote import Candidate, Quote
from rating.models import RateCardVersion
from rating.operations.asking import QuoteRequest, ask_quote
from web.desk.rates.forms import DAY_FORMAT, DayField
from web.desk.rates.sheet import RateSheet
from web.numbers import PlainDecimalField
from web.refusals import Refusal, attempt

FEWEST_STOPS = 2
# How the fields of the question are called in the form.
FIELDS = {"origin_postal_code": "origin", "destination_postal_code": "destination"}


class TrialForm(forms.Form):
    """A load in the few words people know of it."""

    customer = forms.ModelChoiceField(Customer.objects.order_by("name"))
    origin = forms.CharField(label="Origin ZIP", max_length=12)
    destination = forms.CharField(label="Destination ZIP", max_length=12)
    pickup_on = DayField(label="Pickup date")
    equipment = forms.ChoiceField(choices=Load.Equipment.choices)
    miles = PlainDecimalField(max_digits=8, decimal_places=2, min_value=0, required=False)
    weight_lb = PlainDecimalField(
        label="Weight, lb", max_digits=10, decimal_places=2, min_value=0, required=False
    )
    stops = forms.IntegerField(min_value=FEWEST_STOPS, max_value=40, initial=FEWEST_STOPS)
    waited = forms.IntegerField(
        label="Detention, min", min_value=0, max_value=100_000, required=False, initial=0
    )
    name = forms.CharField(label="Name of the test case", max_length=120, required=False)

    def __init__(self, *args: Any, sheet: RateSheet, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "try_%s")
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        if sheet.card.customer_id:
            del self.fields["customer"]

    def question(self, version: RateCardVersion) -> QuoteRequest:
        """Return what is asked of `version`."""
        told = self.cleaned_data
        customer_id = self.sheet.card.customer_id or told["customer"].pk
        return QuoteRequest(
            customer_id=customer_id,
            origin_postal_code=told["origin"],
            destination_postal_code=told["destination"],
            extra_stops=told["stops"] - FEWEST_STOPS,
            pickup_on=told["pickup_on"],
            delivery_on=told["pickup_on"],
            equipment=told["equipment"],
            shipment_type=self.sheet.card.shipment_type or Load.ShipmentType.TRUCKLOAD,
            miles=told["miles"],
            weight_lb=told["weight_lb"],
            detention_minutes=told["waited"] or 0,
            card_version_id=version.pk,
        )

    @property
    def default_name(self) -> str:
        """Return what a test case is called when nobody named it."""
        told = self.cleaned_data
        parts = [f"{told['origin']} to {told['destination']}"]
        if told["miles"]:
            parts.append(f"{told['miles']:f} mi")
        if told["stops"] > FEWEST_STOPS:
            parts.append(f"{told['stops']} stops")
        if told["waited"]:
            parts.append(f"{told['waited']} min wait")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a question, beside what the version before would have charged."""

    quote: Quote
    before: Quote | None

    @property
    def change(self) -> Decimal | None:
        """Return how far the total moved, where both could be told."""
        if self.before is None or not (self.quote.lines and self.before.lines):
            return None
        return self.quote.total - self.before.total

    @property
    def held(self) -> list[str]:
        """Return the lines that would wait for somebody, with the reason."""
        return [
            f"{line.description} would be held: {line.approval_reason}"
            for line in self.quote.lines
            if line.needs_approval
        ]

    @property
    def lost(self) -> list[Candidate]:
        """Return the lanes that covered the load and did not price it."""
        return [each for each in self.quote.candidates if not each.is_winner]


def run_trial(form: TrialForm, *, at: datetime) -> Trial | Refusal:
    """Ask the version, and the one before it."""
    sheet = form.sheet
    quote = attempt(lambda: ask_quote(form.question(sheet.version), at=at))
    if isinstance(quote, Refusal) or sheet.base is None:
        return quote if isinstance(quote, Refusal) else Trial(quote, None)
    base = sheet.base
    before = attempt(lambda: ask_quote(form.question(base), at=at))
    return Trial(quote, None if isinstance(before, Refusal) else before)


def refuse(form: TrialForm, refusal: Refusal) -> None:
    """Put a refusal beside the field it is about."""
    field = FIELDS.get(refusal.field, refusal.field)
    form.add_error(field if field in form.fields else None, refusal.sentence)


def first_form(sheet: RateSheet) -> TrialForm:
    """Return the form as it opens: the newest load that the card priced, or nothing known."""
    initial: dict[str, Any] = {"pickup_on": sheet.today.strftime(DAY_FORMAT)}
    initial["equipment"] = sheet.card.equipment or Load.Equipment.VAN53
    initial |= _newest_load(sheet)
    return TrialForm(initial=initial, sheet=sheet)


def _newest_load(sheet: RateSheet) -> dict[str, Any]:
    rated = RatingRecord.objects.filter(version__card=sheet.card).order_by("-pk")
    facts = rated.values_list("facts", flat=True).first()
    if not facts or len(facts.get("stops", [])) < FEWEST_STOPS:
        return {}
    stops = facts["stops"]
    return {
        "customer": facts.get("customer_id"),
        "origin": stops[0].get("postal_code", ""),
        "destination": stops[-1].get("postal_code", ""),
        "equipment": facts.get("equipment", ""),
        "miles": facts.get("miles"),
        "stops": len(stops),
    }
