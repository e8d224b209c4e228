"""An accessorial rule as a form; what it does not ask stays as the rule has it."""

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
    ClockStart,
    Increments,
    LateArrival,
    StopKind,
    Trigger,
)
from web.desk.rates.words import STOPS, spoken_basis

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
MOST_TIERS = 50


def _money(label: str, hint: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=4, min_value=0, required=False, help_text=hint
    )


def _minutes(label: str, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=30_000, required=False, help_text=hint
    )


def _choice(label: str, choices: Sequence[tuple[Any, str]], *, any_words: str = "") -> Any:
    given = [("", any_words), *choices] if any_words else list(choices)
    return forms.ChoiceField(label=label, choices=given, required=not any_words)


class RuleForm(forms.Form):
    """One rule; which fields count depends on what triggers it."""

    rule = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{0,19}$", max_length=20, help_text="As people quote it: DET-4."
    )
    code = forms.RegexField(
        r"^[A-Z0-9]{2,8}$", label="Charge code", max_length=8, help_text="DET, SOC, LUM, LAY ..."
    )
    name = forms.CharField(max_length=60, help_text="What the invoice calls it.")
    trigger = _choice("Charged for", TRIGGERS)
    basis = _choice("Rate is", BASES)
    rate = forms.DecimalField(max_digits=14, decimal_places=6, min_value=0, required=False)
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

    free_minutes = _minutes("Free time, min", "Waiting. Free times by kind of stop stay.")
    increment_minutes = _minutes("Billed in steps of, min", "Waiting.")
    increments = _choice("A started step counts", ROUNDS)
    clock_start = _choice("The clock starts at", STARTS)
    late_tolerance_minutes = _minutes("Late from, min", "Waiting.")
    late_arrival = _choice("When the truck is late", LATE)

    free_stops = forms.IntegerField(
        label="Stops included", min_value=2, max_value=40, required=False, help_text="Extra stops."
    )
    receipt_kind = _choice("Receipt", Document.Kind.choices, any_words="None")
    fee_percent = _money("Fee on the receipt, %")
    fee_amount = _money("Fee for each receipt")
    service = forms.CharField(max_length=20, required=False, help_text="As dispatch records it.")
    notice_minutes = _minutes("Free until, min before pickup", "Truck not used.")

    bears_fuel = forms.BooleanField(label="Fuel surcharge applies", required=False)
    always_needs_approval = forms.BooleanField(label="Always needs approval", required=False)
    approval_above_amount = _money("Approval above")
    approval_above_minutes = _minutes("Approval above, min")

    def __init__(self, *args: Any, before: AccessorialRule | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "rule_%s")
        if before and not args:
            kwargs.setdefault("initial", _initial(before))
        super().__init__(*args, **kwargs)
        self.before = before

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
        kept = self.before.detention if self.before else None
        others = [time for time in kept.free_times if not _is_general(time)] if kept else []
        fields: dict[str, Any] = {
            "free_times": (FreeTime(minutes=told["free_minutes"]), *others),
            "increment_minutes": told["increment_minutes"] or 60,
            "increments": Increments(told["increments"]),
            "clock_start": ClockStart(told["clock_start"]),
            "late_tolerance_minutes": told["late_tolerance_minutes"] or 0,
            "late_arrival": LateArrival(told["late_arrival"]),
        }
        return replace(kept, **fields) if kept else DetentionTerms(**fields)


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


def _initial(rule: AccessorialRule) -> dict[str, Any]:
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
    return initial


def _shown(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return f"{value:f}" if isinstance(value, Decimal) else value
