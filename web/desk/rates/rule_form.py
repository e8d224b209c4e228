"""An accessorial rule as a form; what it does not ask stays as the rule has it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django import forms

from dispatch.models import Document, Load
from rating.engine.bases import RATE_BASES
from rating.engine.book import AccessorialRule, DetentionTerms, FreeTime, Tier
from rating.engine.choices import (
    Basis,
    CapPeriod,
    CarrierDelay,
    ClockEnd,
    ClockStart,
    Conversion,
    HoursCounted,
    Increments,
    LateArrival,
    LayoverPeriod,
    Occurrences,
    Prorating,
    StopKind,
    Trigger,
)
from web.desk.rates.forms import FieldGroup, grouped
from web.desk.rates.words import STOPS, spoken_basis
from web.numbers import PlainDecimalField

TRIGGERS = [
    (Trigger.DETENTION, "Waiting at a stop"),
    (Trigger.EXTRA_STOP, "Each extra stop"),
    (Trigger.RECEIPT, "A receipt on file"),
    (Trigger.SERVICE, "A recorded service"),
    (Trigger.TRUCK_NOT_USED, "A truck that was not used"),
    (Trigger.ALWAYS, "Every load"),
]
BASES = [(each, spoken_basis(each).capitalize()) for each in sorted(RATE_BASES)]
CAPS = [(CapPeriod.STAY, "The whole stay"), (CapPeriod.DAY, "Each day")]
STARTS = [
    (ClockStart.LATER_OF_ARRIVAL_AND_APPOINTMENT, "Later of arrival and appointment"),
    (ClockStart.ARRIVAL, "Arrival"),
]
ROUNDS = [
    (Increments.ANY_STARTED, "Up"),
    (Increments.HALF_AND_OVER, "To the nearest"),
    (Increments.FULL_ONLY, "Full ones only"),
]
LATE = [
    (LateArrival.STARTS_AT_ARRIVAL, "The clock starts at arrival"),
    (LateArrival.FORFEITS_DETENTION, "Nothing is charged"),
]
ENDS = [
    (ClockEnd.DEPARTED_ELSE_UNLOADED, "Departure, else unloaded"),
    (ClockEnd.DEPARTED, "Departure"),
    (ClockEnd.UNLOADED, "Unloaded"),
]
TIMES = [
    (Occurrences.EVENT, "Once, whatever was recorded"),
    (Occurrences.EACH, "Each time it was recorded"),
    (Occurrences.STOP, "Once a stop"),
    (Occurrences.END, "Once at each end"),
    (Occurrences.LOAD, "Once a load"),
]
CONVERSIONS = [
    (Conversion.LAYOVER_FOLLOWS, "Waiting is charged up to there, the layover after"),
    (Conversion.LAYOVER_REPLACES, "The layover replaces what was waited before"),
]
NIGHTS = [
    (LayoverPeriod.DAY, "Each started 24 hours"),
    (LayoverPeriod.NIGHT, "Each night begun"),
]
DELAYS = [
    (CarrierDelay.EXCLUDED, "Its time is not counted"),
    (CarrierDelay.FORFEITS_DETENTION, "Nothing is charged"),
    (CarrierDelay.COUNTED, "Its time is counted"),
]
HOURS = [
    (HoursCounted.ALWAYS, "All hours"),
    (HoursCounted.FIRST_COME, "Receiving hours where first come, first served"),
    (HoursCounted.ALL_STOPS, "Receiving hours at all stops"),
]
SHARES = [
    (Prorating.NONE, "All of it"),
    (Prorating.BY_WEIGHT, "Its share by weight"),
]
FREE_LINE = re.compile(
    r"^(?:(pickups?|stop-?offs?|deliver(?:y|ies)|drops?)\s+)?(\d{1,5})"
    r"(?:\s*min)?(?:\s+from\s+([\d.]+)(?:\s*lb)?)?$",
    re.IGNORECASE,
)
KINDS = {
    "p": StopKind.PICKUP, "s": StopKind.STOP_OFF, "de": StopKind.DELIVERY, "dr": StopKind.DROP,
}  # fmt: skip
MOST_TIERS = 50
MOST_MINUTES, MOST_POUNDS = 30_000, 10_000_000


def _money(label: str, hint: str = "") -> forms.DecimalField:
    return PlainDecimalField(
        label=label, max_digits=14, decimal_places=4, min_value=0, required=False, help_text=hint
    )


def _minutes(label: str, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=30_000, required=False, help_text=hint
    )


def _choice(label: str, choices: Sequence[tuple[Any, str]], *, any_words: str = "") -> Any:
    given = [("", any_words), *choices] if any_words else list(choices)
    return forms.ChoiceField(label=label, choices=given, required=not any_words)


class TermField(forms.ChoiceField):
    """A term that only some rules need: whoever says nothing gets the first, the usual one."""

    def __init__(self, label: str, choices: Sequence[tuple[Any, str]]) -> None:
        self.usual = str(choices[0][0])
        super().__init__(label=label, choices=list(choices), required=False)

    def clean(self, value: Any) -> str:
        """Return the choice, or the usual one."""
        return str(super().clean(value)) or self.usual


class RuleForm(forms.Form):
    """One rule; which fields count depends on what triggers it."""

    GROUPS = (
        ("Rule", "", ("rule", "code", "name", "trigger")),
        ("Waiting", "the clock at a stop",
         ("free_minutes", "free_times", "increment_minutes", "increments", "clock_start",
          "clock_end", "late_tolerance_minutes", "late_arrival"), Trigger.DETENTION),
        ("What is not counted", "and who owes it",
         ("carrier_delay", "excluded_reasons", "meal_break_minutes", "hours_counted", "prorating"),
         Trigger.DETENTION),
        ("Layover", "when the wait lasts overnight",
         ("layover_after_minutes", "layover_rule", "conversion", "layover_period"),
         Trigger.DETENTION),
        ("Extra stops", "", ("free_stops",), Trigger.EXTRA_STOP),
        ("Receipt", "", ("receipt_kind", "fee_percent", "fee_amount"), Trigger.RECEIPT),
        ("Recorded service", "", ("service", "occurrences"), Trigger.SERVICE),
        ("Truck not used", "", ("notice_minutes",), Trigger.TRUCK_NOT_USED),
        ("Price", "",
         ("basis", "rate", "tiers", "minimum", "maximum", "cap_period", "bears_fuel")),
        ("Only for", "", ("stop_kind", "equipment", "commodity", "shipment_type")),
        ("Approval", "by a person before it is billed",
         ("always_needs_approval", "approval_above_amount", "approval_above_minutes")),
    )  # fmt: skip

    rule = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{0,19}$", max_length=20, help_text="As people quote it: DET-4."
    )
    code = forms.RegexField(
        r"^[A-Z0-9]{2,8}$", label="Charge code", max_length=8, help_text="DET, SOC, LUM, LAY ..."
    )
    name = forms.CharField(max_length=60, help_text="What the invoice calls it.")
    trigger = _choice("Charged for", TRIGGERS)
    basis = _choice("Rate is", BASES)
    rate = PlainDecimalField(max_digits=14, decimal_places=6, min_value=0, required=False)
    tiers = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Instead of one rate, one a line: from which count, which rate. 1 75.00",
    )
    minimum = _money("Minimum")
    maximum = _money("Cap")
    cap_period = _choice("The cap holds", CAPS)
    stop_kind = _choice("At", [(k, w.capitalize()) for k, w in STOPS.items()], any_words="Any stop")
    equipment = _choice("Equipment", Load.Equipment.choices, any_words="Any")

    commodity = forms.CharField(max_length=120, required=False, help_text="Empty: any.")
    shipment_type = _choice("Shipment", Load.ShipmentType.choices, any_words="Any")

    free_minutes = _minutes("Free time, min")
    free_times = forms.CharField(
        label="Other free times",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line: delivery 180, or 240 from 40000 (minutes, pounds).",
    )
    increment_minutes = _minutes("Billed in steps of, min", "Empty: 60.")
    increments = TermField("A started step counts", ROUNDS)
    clock_start = TermField("The clock starts at", STARTS)
    clock_end = TermField("It stops at", ENDS)
    late_tolerance_minutes = _minutes("Late from, min")
    late_arrival = TermField("When the truck is late", LATE)
    carrier_delay = TermField("A delay the carrier answers for", DELAYS)
    excluded_reasons = forms.RegexField(
        r"^[A-Za-z0-9]{2,3}([ ,]+[A-Za-z0-9]{2,3})*$", label="Codes of such delays",
        max_length=120, required=False, help_text="X12 status reasons: AH AI D1 D2.",
    )  # fmt: skip
    meal_break_minutes = _minutes("Meal break, min", "Not counted, up to this.")
    hours_counted = TermField("The clock runs in", HOURS)
    prorating = TermField("One payor of several owes", SHARES)

    layover_after_minutes = _minutes("Turns into a layover after, min", "Empty: never.")
    layover_rule = forms.CharField(
        label="Rule of the layover", max_length=20, required=False, help_text="LAY-1"
    )
    conversion = TermField("Then", CONVERSIONS)
    layover_period = TermField("The layover counts", NIGHTS)

    free_stops = forms.IntegerField(
        label="Stops included", min_value=2, max_value=40, required=False
    )
    receipt_kind = _choice("Receipt", Document.Kind.choices, any_words="None")
    fee_percent = _money("Fee on the receipt, %")
    fee_amount = _money("Fee for each receipt")
    service = forms.CharField(
        label="Recorded service", max_length=20, required=False, help_text="As dispatch records it."
    )
    occurrences = TermField("Charged", TIMES)
    notice_minutes = _minutes("Free until, min before pickup")

    bears_fuel = forms.BooleanField(label="Fuel surcharge applies", required=False)
    always_needs_approval = forms.BooleanField(label="Always needs approval", required=False)
    approval_above_amount = _money("Approval above")
    approval_above_minutes = _minutes("Approval above, min")

    def __init__(self, *args: Any, before: AccessorialRule | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "rule_%s")
        if before and not args:
            kwargs.setdefault("initial", shown_rule(before))
        super().__init__(*args, **kwargs)
        self.before = before

    @property
    def groups(self) -> list[FieldGroup]:
        """Return the fields under their headings, each with the kind of rule it is for."""
        return grouped(self, self.GROUPS)

    def clean_free_times(self) -> tuple[FreeTime, ...]:
        """Read the free times by kind of stop and weight; refuse with the line that is wrong."""
        lines = [line for line in self.cleaned_data["free_times"].splitlines() if line.strip()]
        return tuple(_free_time(line.strip(), place) for place, line in enumerate(lines, start=1))

    def clean_excluded_reasons(self) -> str:
        """Return the codes as the engine reads them: parted by single spaces."""
        return " ".join(self.cleaned_data["excluded_reasons"].upper().replace(",", " ").split())

    def clean_tiers(self) -> tuple[Tier, ...]:
        """Read the tiers; refuse with the line that cannot be read."""
        lines = [line.split() for line in self.cleaned_data["tiers"].splitlines() if line.strip()]
        if len(lines) > MOST_TIERS:
            raise forms.ValidationError(f"A rule has at most {MOST_TIERS} tiers.")
        return tuple(_tier(parts, place) for place, parts in enumerate(lines, start=1))

    def clean(self) -> dict[str, Any]:
        """Ask for what the trigger cannot do without."""
        told = super().clean() or {}
        needs = {
            Trigger.DETENTION: "free_minutes",
            Trigger.RECEIPT: "receipt_kind",
            Trigger.SERVICE: "service",
        }
        needed = needs.get(told.get("trigger", ""))
        if needed and told.get(needed) in (None, "") and needed not in self.errors:
            self.add_error(needed, "This kind of rule needs it.")
        low, high = told.get("minimum"), told.get("maximum")
        if low is not None and high is not None and low > high:
            self.add_error("maximum", "The cap is under the minimum.")
        return told

    def told(self) -> AccessorialRule:
        """Return the rule as the engine knows it."""
        told = self.cleaned_data
        trigger = Trigger(told["trigger"])
        is_receipt = trigger == Trigger.RECEIPT
        fields: dict[str, Any] = {
            "rule": told["rule"],
            "code": told["code"],
            "name": told["name"],
            "trigger": trigger,
            "basis": Basis.PASS_THROUGH if is_receipt else Basis(told["basis"]),
            "rate": told["rate"] or Decimal(0),
            "tiers": told["tiers"],
            "minimum": told["minimum"],
            "maximum": told["maximum"],
            "cap_period": CapPeriod(told["cap_period"]),
            "stop_kind": StopKind(told["stop_kind"]) if told["stop_kind"] else None,
            "equipment": told["equipment"],
            "commodity": told["commodity"].strip(),
            "shipment_type": told["shipment_type"],
            "occurrences": Occurrences(told["occurrences"]),
            "service": told["service"].strip().upper(),
            "receipt_kind": told["receipt_kind"],
            "fee_percent": told["fee_percent"] or Decimal(0),
            "fee_amount": told["fee_amount"] or Decimal(0),
            "free_stops": told["free_stops"] or 2,
            "notice_minutes": told["notice_minutes"],
            "detention": self._terms() if trigger == Trigger.DETENTION else None,
            "bears_fuel": told["bears_fuel"],
            "always_needs_approval": told["always_needs_approval"],
            "approval_above_amount": told["approval_above_amount"],
            "approval_above_minutes": told["approval_above_minutes"],
        }
        return replace(self.before, **fields) if self.before else AccessorialRule(**fields)

    def _terms(self) -> DetentionTerms:
        told = self.cleaned_data
        meal = told["meal_break_minutes"]
        return DetentionTerms(
            free_times=(FreeTime(minutes=told["free_minutes"]), *told["free_times"]),
            increment_minutes=told["increment_minutes"] or 60,
            increments=Increments(told["increments"]),
            clock_start=ClockStart(told["clock_start"]),
            clock_end=ClockEnd(told["clock_end"]),
            late_tolerance_minutes=told["late_tolerance_minutes"] or 0,
            late_arrival=LateArrival(told["late_arrival"]),
            layover_after_minutes=told["layover_after_minutes"],
            layover_rule=told["layover_rule"].strip().upper(),
            conversion=Conversion(told["conversion"]),
            layover_period=LayoverPeriod(told["layover_period"]),
            excluded_reasons=told["excluded_reasons"],
            carrier_delay=CarrierDelay(told["carrier_delay"]),
            meal_break_minutes=60 if meal is None else meal,
            hours_counted=HoursCounted(told["hours_counted"]),
            prorating=Prorating(told["prorating"]),
        )


def _is_general(time: FreeTime) -> bool:
    return time.stop_kind is None and not time.from_weight_lb


def _tier(parts: list[str], place: int) -> Tier:
    try:
        quantity, rate = (Decimal(part) for part in parts)
    except (InvalidOperation, ValueError) as error:
        raise forms.ValidationError(f"Line {place} is not a count and a rate.") from error
    if not (quantity.is_finite() and rate.is_finite()) or quantity < 0 or rate < 0:
        raise forms.ValidationError(f"Line {place} holds what is no count or rate.")
    return Tier(from_quantity=quantity, rate=rate)


def _free_time(line: str, place: int) -> FreeTime:
    found = FREE_LINE.match(line)
    if found is None:
        raise forms.ValidationError(f"Line {place} is not minutes, such as delivery 180.")
    kind, minutes, weight = found.groups()
    start = (kind or "").lower()
    try:
        pounds = Decimal(weight or 0)
    except InvalidOperation as error:
        raise forms.ValidationError(f"Line {place} holds a weight that is no number.") from error
    if int(minutes) > MOST_MINUTES or pounds >= MOST_POUNDS:
        raise forms.ValidationError(f"Line {place} is more than a stop can hold.")
    of = next((each for letters, each in KINDS.items() if start.startswith(letters)), None)
    return FreeTime(minutes=int(minutes), stop_kind=of, from_weight_lb=pounds)


def _spelled_free_time(time: FreeTime) -> str:
    kind = time.stop_kind.value.lower().replace("_", "-") if time.stop_kind else ""
    heavy = f"from {time.from_weight_lb:f}" if time.from_weight_lb else ""
    return " ".join(part for part in (kind, str(time.minutes), heavy) if part)


def shown_rule(rule: AccessorialRule) -> dict[str, Any]:
    """Return the fields of a rule as its form shows them."""
    names = [name for name in RuleForm.base_fields if hasattr(rule, name)]
    initial = {name: _shown(getattr(rule, name)) for name in names}
    initial["tiers"] = "\n".join(f"{tier.from_quantity:f} {tier.rate:f}" for tier in rule.tiers)
    terms = rule.detention
    if terms:
        general = next((time.minutes for time in terms.free_times if _is_general(time)), None)
        named = [name for name in RuleForm.base_fields if hasattr(terms, name)]
        initial |= {name: _shown(getattr(terms, name)) for name in named}
        initial["free_minutes"] = general
        others = [time for time in terms.free_times if not _is_general(time)]
        initial["free_times"] = "\n".join(_spelled_free_time(time) for time in others)
    return initial


def _shown(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return f"{value:f}" if isinstance(value, Decimal) else value
