"""Rules, fuel programmes and settings of a tariff as a pricing desk says them aloud."""

from collections.abc import Iterable
from decimal import Decimal

from rating.engine.book import AccessorialRule, CardVersion, DetentionTerms, FuelProgramme
from rating.engine.choices import (
    Basis,
    BelowTable,
    BeyondTable,
    CapPeriod,
    CarrierDelay,
    ClockEnd,
    ClockStart,
    Conversion,
    FuelMethod,
    FuelUnit,
    HolidayShift,
    HoursCounted,
    Increments,
    LateArrival,
    LayoverPeriod,
    Occurrences,
    Precedence,
    Prorating,
    StopKind,
    Timing,
    Trigger,
)
from rating.engine.money import Rounding
from rating.engine.wording import money, number, plural, short_span
from web.actors import whispered
from web.templatetags.lanes import SHORT

# Units of a basis as they stand behind a slash: $75.00/h.
SHORT_UNITS = {
    Basis.PER_HOUR: "/h",
    Basis.PER_DAY: "/day",
    Basis.PER_MILE: "/mi",
    Basis.PER_STOP: " a stop",
    Basis.PER_CWT: "/cwt",
}
STOPS = {
    StopKind.PICKUP: "pickups",
    StopKind.STOP_OFF: "stop-offs",
    StopKind.DELIVERY: "deliveries",
    StopKind.DROP: "drops",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LANE_ORDER = {
    Precedence.SPECIFIC: "ZIP, ZIP3, city, zone, then state",
    Precedence.REVENOVA: "ZIP, ZIP3, city, then state; a zone just behind its members",
    Precedence.CITY_FIRST: "city, ZIP, ZIP3, state, then zone",
}
ROUNDINGS = {
    Rounding.HALF_UP: "half up",
    Rounding.HALF_EVEN: "half to even",
    Rounding.TRUNCATE: "down",
    Rounding.UP: "up",
}


def spoken_basis(basis: str) -> str:
    """Say what a rate is multiplied with: per mile, flat, percent."""
    return basis.replace("_", " ").lower()


def freight_words(equipment: str, commodity: str, shipment_type: str) -> str:
    """Say which freight a lane or rule is for; nothing when it is for any."""
    trailer = SHORT.get(equipment, equipment)
    return ", ".join(part for part in (trailer, commodity, shipment_type.capitalize()) if part)


def when_words(rule: AccessorialRule) -> str:
    """Say what makes the rule charge: "Over 2h from later of arrival and appointment"."""
    told = _TRIGGERS[rule.trigger](rule)
    where = f", at {STOPS[rule.stop_kind]}" if rule.stop_kind else ""
    freight = freight_words(rule.equipment, rule.commodity, rule.shipment_type)
    return f"{told}{where}{f'; {freight} only' if freight else ''}"


def term_words(rule: AccessorialRule) -> str:
    """Say the finer terms of the clock: what ends it, what it leaves out, and the layover."""
    terms = rule.detention
    if terms is None:
        return _OFTEN.get(rule.occurrences, "") if rule.trigger == Trigger.SERVICE else ""
    told = [
        _CLOCK_ENDS.get(terms.clock_end, ""),
        _delays(terms),
        _HOURS.get(terms.hours_counted, ""),
        f"meal breaks up to {short_span(terms.meal_break_minutes)} left out"
        if terms.meal_break_minutes else "meal breaks counted",
        "shared by weight among payors" if terms.prorating == Prorating.BY_WEIGHT else "",
        _layover(terms),
    ]  # fmt: skip
    said = "; ".join(part for part in told if part)
    return f"{said[:1].upper()}{said[1:]}"


def charge_words(rule: AccessorialRule, currency: str) -> str:
    """Say what the rule charges: "$75.00/h, per 15m up, cap $600.00/day"."""
    parts = [_price(rule, currency)]
    if rule.detention:
        parts.append(_increment(rule.detention))
    if rule.minimum is not None:
        parts.append(f"at least {money(rule.minimum, currency)}")
    if rule.maximum is not None:
        a_day = "/day" if rule.cap_period == CapPeriod.DAY else ""
        parts.append(f"cap {money(rule.maximum, currency)}{a_day}")
    if rule.bears_fuel:
        parts.append("bears fuel")
    return ", ".join(parts)


def approval_words(rule: AccessorialRule, currency: str) -> str:
    """Say when a person must agree to a charge of the rule."""
    if rule.always_needs_approval:
        return "Always"
    limits = []
    if rule.approval_above_amount is not None:
        limits.append(money(rule.approval_above_amount, currency))
    if rule.approval_above_minutes is not None:
        limits.append(short_span(rule.approval_above_minutes))
    return f"Over {' or '.join(limits)}" if limits else "None"


def fuel_method_words(programme: FuelProgramme, currency: str) -> str:
    """Say how an index price becomes a surcharge."""
    unit = "per mile" if programme.unit == FuelUnit.PER_MILE else "of the net linehaul"
    base = number(programme.base_price, places=3)
    if programme.method == FuelMethod.FORMULA:
        mpg = number(programme.miles_per_gallon)
        return f"Index less {base}, divided by {mpg} miles per gallon, {unit}"
    if programme.method == FuelMethod.STEPS:
        step = _surcharge(programme.step_value, programme.unit, currency)
        increment = number(programme.increment, places=3)
        return f"{step} for each started {increment} above {base}, {unit}"
    if programme.method == FuelMethod.TABLE:
        return f"The row of the table that holds the index, {unit}"
    return f"The published figure itself, {unit}"


def fuel_timing_words(programme: FuelProgramme) -> str:
    """Say which published price counts for a load, and by which of its days."""
    timing = programme.timing
    by = f"by {timing.anchor.value.lower()} date"
    if timing.timing == Timing.MONTH_DAY:
        return f"The month's first price, from day {timing.month_day} on, {by}"
    if timing.timing == Timing.MONTH_AVERAGE:
        return f"The mean of the month {plural(timing.lag_months, 'month')} before, {by}"
    survey = WEEKDAYS[timing.survey_weekday]
    first = WEEKDAYS[(timing.survey_weekday + timing.lag_days) % 7]
    last = WEEKDAYS[(timing.survey_weekday + timing.lag_days + 6) % 7]
    late = ", later when published late"
    shift = late if timing.holiday_shift == HolidayShift.WITH_PUBLICATION else ""
    return f"{survey} price, applies {first} to {last}{shift}, {by}"


def fuel_edges_words(programme: FuelProgramme) -> str:
    """Say what an index outside the table or the steps means; nothing where there is no outside."""
    told = []
    if programme.method == FuelMethod.TABLE:
        told.append(
            {
                BelowTable.NOTHING: "under the first row nothing is charged",
                BelowTable.FIRST_ROW: "under the first row the first row counts",
                BelowTable.REFUSE: "under the first row a person decides",
            }[programme.below_table]
        )
    has_end = programme.method == FuelMethod.TABLE or programme.last_price is not None
    if programme.method in (FuelMethod.TABLE, FuelMethod.STEPS) and has_end:
        told.append(
            {
                BeyondTable.REFUSE: "beyond the last one a person decides",
                BeyondTable.LAST_ROW: "beyond the last one the last counts",
                BeyondTable.CONTINUE: "beyond the last one the steps continue",
            }[programme.beyond_table]
        )
    return "; ".join(told).capitalize()


def setting_words(version: CardVersion) -> list[tuple[str, str]]:
    """Say the settings of a tariff, each with its name."""
    currency = version.currency
    places = version.rounding_places
    coarse = f", to {plural(places, 'place')}" if places is not None else ""
    told = [
        ("Lane order", LANE_ORDER[version.precedence]),
        ("Rounding", f"each line once, {ROUNDINGS[version.rounding]}{coarse}"),
        ("Discount", f"{number(version.discount_percent)} %" if version.discount_percent else ""),
        ("Deficit weight", "" if version.allows_deficit else "not allowed"),
    ]
    if version.minimum_charge is not None:
        told.append(("Absolute minimum", money(version.minimum_charge, currency)))
    return [(name, words) for name, words in told if words]


def _surcharge(value: Decimal, unit: FuelUnit, currency: str) -> str:
    return f"{number(value)} %" if unit == FuelUnit.PERCENT else money(value, currency)


def _price(rule: AccessorialRule, currency: str) -> str:
    if rule.basis == Basis.PASS_THROUGH:
        fees = [f"{number(rule.fee_percent)} %"] if rule.fee_percent else []
        fees += [money(rule.fee_amount, currency)] if rule.fee_amount else []
        return f"Pass-through plus {' and '.join(fees)}" if fees else "Pass-through"
    if rule.tiers:
        return ", ".join(_tiers(rule, currency))
    return _rated(rule.rate, rule, currency)


def _tiers(rule: AccessorialRule, currency: str) -> Iterable[str]:
    if len(rule.tiers) == 1 and rule.tiers[0].from_quantity <= 1:
        yield _rated(rule.tiers[0].rate, rule, currency)
        return
    for tier in rule.tiers:
        yield f"{_rated(tier.rate, rule, currency)} from {number(tier.from_quantity)}"


def _rated(rate: Decimal, rule: AccessorialRule, currency: str) -> str:
    if rule.basis == Basis.PERCENT:
        return f"{number(rate)} % of the net linehaul"
    if rule.basis == Basis.FLAT:
        return money(rate, currency)
    if rule.basis == Basis.PER_UNIT and rule.detention:
        return f"{money(rate, currency)} each {short_span(rule.detention.increment_minutes)}"
    unit = SHORT_UNITS.get(rule.basis) or f" {spoken_basis(rule.basis)}"
    return f"{money(rate, currency)}{unit}"


def _increment(terms: DetentionTerms) -> str:
    length = short_span(terms.increment_minutes)
    return {
        Increments.ANY_STARTED: f"per {length} up",
        Increments.HALF_AND_OVER: f"to the nearest {length}",
        Increments.FULL_ONLY: f"full {length} only",
    }[terms.increments]


def _waiting(rule: AccessorialRule) -> str:
    terms = rule.detention
    if terms is None:
        return "Waiting at a stop"
    free = ", ".join(
        _free(time.minutes, time.stop_kind, time.from_weight_lb) for time in terms.free_times
    )
    starts_late = terms.clock_start == ClockStart.LATER_OF_ARRIVAL_AND_APPOINTMENT
    start = "later of arrival and appointment" if starts_late else "arrival"
    told = f"Over {free or '0m'} from {start}"
    if terms.late_arrival == LateArrival.FORFEITS_DETENTION:
        told += f"; late over {short_span(terms.late_tolerance_minutes)} forfeits"
    return told


def _delays(terms: DetentionTerms) -> str:
    codes = f" ({terms.excluded_reasons})" if terms.excluded_reasons else ""
    if not codes or terms.carrier_delay == CarrierDelay.COUNTED:
        return "the carrier's delays counted"
    if terms.carrier_delay == CarrierDelay.FORFEITS_DETENTION:
        return f"a delay of the carrier forfeits{codes}"
    return f"the carrier's delays left out{codes}"


def _layover(terms: DetentionTerms) -> str:
    if terms.layover_after_minutes is None:
        return ""
    each = "24h" if terms.layover_period == LayoverPeriod.DAY else "night"
    replaces = terms.conversion == Conversion.LAYOVER_REPLACES
    what = "replaced by" if replaces else "followed by"
    return (
        f"after {short_span(terms.layover_after_minutes)} {what} {terms.layover_rule}, each {each}"
    )


_OFTEN = {
    Occurrences.EACH: "Each time it was recorded",
    Occurrences.STOP: "Once a stop",
    Occurrences.END: "Once at each end",
    Occurrences.LOAD: "Once a load",
}
_CLOCK_ENDS = {ClockEnd.DEPARTED: "until departure", ClockEnd.UNLOADED: "until unloaded"}
_HOURS = {
    HoursCounted.FIRST_COME: "receiving hours only where first come, first served",
    HoursCounted.ALL_STOPS: "receiving hours only",
}


def _free(minutes: int, kind: StopKind | None, from_weight_lb: Decimal) -> str:
    at = f" at {STOPS[kind]}" if kind else ""
    heavy = f" from {number(from_weight_lb)} lb" if from_weight_lb else ""
    return f"{short_span(minutes)}{at}{heavy}"


def _truck_not_used(rule: AccessorialRule) -> str:
    if rule.notice_minutes is None:
        return "Truck sent and not used"
    return f"Truck not used, or cancelled inside {short_span(rule.notice_minutes)} of pickup"


_TRIGGERS = {
    Trigger.ALWAYS: lambda _rule: "Every load",
    Trigger.EXTRA_STOP: lambda rule: f"Each stop beyond {rule.free_stops}",
    Trigger.DETENTION: _waiting,
    Trigger.RECEIPT: lambda rule: f"{whispered(rule.receipt_kind.lower()).capitalize()} on file",
    Trigger.SERVICE: lambda rule: f"{whispered(rule.service.lower()).capitalize()} recorded",
    Trigger.TRUCK_NOT_USED: _truck_not_used,
}
