"""Lay the stops of a plan out as rows, each with its place and its clock."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model

from dispatch.events import StopFacts
from dispatch.models import Load, Location, Stop
from dispatch.operations.tracking import MOST_STOPS, Changes, assign
from dispatch.rules.hours import HoursError, read_hours
from dispatch.rules.places import country_code, is_zone, zone_of

# What a plan says of a stop, and the book of locations may add to.
ADDRESS = ("name", "address", "city", "state", "postal_code", "receiving_hours")
AGREED = (
    "appointment_from", "appointment_to", "is_fcfs", "weight_lb", "truck_weight_lb", "pieces",
)  # fmt: skip
AMOUNTS = ("weight_lb", "truck_weight_lb", "pieces")
# No load weighs, counts, drives or costs more; beyond it somebody mistook the unit.
TOO_MUCH = 10_000_000
MOST_DECIMALS = 2
Columns = dict[str, Any]


class PlanError(ValueError):
    """A plan that cannot be kept as it was told: a code, the field, and one sentence."""

    status = 400

    def __init__(self, code: str, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.field = field


def check_texts(facts: object, model: type[Model], names: Iterable[str], *, prefix: str) -> None:
    """Raise `PlanError` when a text is longer than its column."""
    for name in names:
        longest = getattr(model._meta.get_field(name), "max_length", None)
        if longest and len(getattr(facts, name)) > longest:
            raise PlanError(
                "too_long", f"{name} has more than {longest} characters.", field=prefix + name
            )


def check_amounts(facts: object, names: Iterable[str], *, prefix: str) -> None:
    """Raise `PlanError` when a quantity is negative, beyond reason, or finer than hundredths."""
    for name in names:
        amount = Decimal(getattr(facts, name) or 0)
        if not 0 <= amount < TOO_MUCH:
            code = "negative" if amount < 0 else "too_large"
            raise PlanError(code, f"{name} lies between 0 and {TOO_MUCH:,}.", field=prefix + name)
        if amount != amount.quantize(Decimal(1).scaleb(-MOST_DECIMALS)):
            raise PlanError(
                "too_many_decimals",
                f"{name} has at most {MOST_DECIMALS} decimals.",
                field=prefix + name,
            )


def check_stops(stops: Sequence[StopFacts]) -> None:
    """Raise `PlanError` at the first stop that makes no sense by itself or beside the others."""
    seen: set[int] = set()
    for place, stop in enumerate(stops):
        field = f"stops.{place}"
        if not 1 <= stop.sequence <= MOST_STOPS or stop.sequence in seen:
            raise PlanError(
                "stop_sequence",
                f"Stops are numbered from 1 to {MOST_STOPS}, each once; {stop.sequence} is not.",
                field=f"{field}.sequence",
            )
        seen.add(stop.sequence)
        if stop.kind not in Stop.Kind.values:
            raise PlanError(
                "unknown_stop_kind",
                f"{stop.kind!r} is not a kind of stop.",
                field=f"{field}.kind",
            )
        if stop.timezone and not is_zone(stop.timezone):
            raise PlanError(
                "unknown_timezone",
                f"{stop.timezone!r} is not a time zone such as America/Chicago.",
                field=f"{field}.timezone",
            )
        check_texts(stop, Stop, (*ADDRESS, "country"), prefix=f"{field}.")
        check_amounts(stop, AMOUNTS, prefix=f"{field}.")
        _check_window(stop, field)
        _check_hours(stop, field)


def _check_hours(stop: StopFacts, field: str) -> None:
    try:
        read_hours(stop.receiving_hours)
    except HoursError as error:
        raise PlanError("receiving_hours", str(error), field=f"{field}.receiving_hours") from error


def _check_window(stop: StopFacts, field: str) -> None:
    start, end = stop.appointment_from, stop.appointment_to
    for name, instant in (("appointment_from", start), ("appointment_to", end)):
        if instant and instant.tzinfo is None:
            raise PlanError(
                "time_without_zone",
                f"The appointment of stop {stop.sequence} names no zone.",
                field=f"{field}.{name}",
            )
    if end and (start is None or end < start):
        raise PlanError(
            "window_reversed",
            f"The appointment of stop {stop.sequence} ends before it begins.",
            field=f"{field}.appointment_to",
        )


def resolve_stops(stops: Iterable[StopFacts], *, fallback_zone: str) -> list[Columns]:
    """Return the columns of each stop in order, with its location and zone filled in.

    What the plan says wins; the book of locations fills what it leaves out. The zone is the one
    told, else the location's, else that of state and postal code, else `fallback_zone`.
    """
    told = sorted(stops, key=lambda stop: stop.sequence)
    codes = {stop.location_code for stop in told if stop.location_code}
    found = Location.objects.filter(code__in=codes) if codes else ()
    book = {location.code: location for location in found}
    return [_columns(stop, book.get(stop.location_code), fallback_zone) for stop in told]


def _columns(told: StopFacts, location: Location | None, fallback_zone: str) -> Columns:
    address = {name: getattr(told, name) or getattr(location, name, "") for name in ADDRESS}
    country = country_code(told.country) or getattr(location, "country", "")
    zone = (
        told.timezone
        or getattr(location, "timezone", "")
        or zone_of(state=address["state"], postal_code=address["postal_code"], country=country)
        or fallback_zone
    )
    address["name"] = address["name"] or address["city"] or f"Stop {told.sequence}"
    return {
        "sequence": told.sequence,
        "kind": told.kind,
        "location_id": location.pk if location else None,
        "country": country,
        "timezone": zone,
        **address,
        **{name: getattr(told, name) for name in AGREED},
    }


def summary_of(stops: Sequence[Columns]) -> Columns:
    """Return the columns of the load that sum up its stops; nothing when there are none."""
    if not stops:
        return {}
    first = next((stop for stop in stops if stop["kind"] == Stop.Kind.PICKUP), stops[0])
    last = stops[-1]
    return {
        "origin_city": first["city"],
        "origin_state": first["state"],
        "destination_city": last["city"],
        "destination_state": last["state"],
        "pickup_from": first["appointment_from"],
        "delivery_from": last["appointment_from"],
        "stop_count": len(stops),
    }


def lay_stops(load: Load, stops: Sequence[Columns], *, rows: Iterable[Stop]) -> dict[str, Changes]:
    """Make `rows`, the stops of a locked load, those of a plan; return what changed, by sequence.

    A stop keeps its row, and so its milestones, papers and charges, by its sequence. One that the
    plan no longer has is skipped, never deleted; it comes back when the plan has it again.
    """
    kept = {stop.sequence: stop for stop in rows}
    planned = {columns["sequence"]: columns for columns in stops}
    new = [
        Stop(load=load, customer_id=load.customer_id, **columns)
        for sequence, columns in planned.items()
        if sequence not in kept
    ]
    changes = {sequence: _change(stop, planned.get(sequence)) for sequence, stop in kept.items()}
    changed = {sequence: change for sequence, change in changes.items() if change[1]}
    Stop.objects.bulk_create(new)
    names = {name.removesuffix("_id") for _, after in changed.values() for name in after}
    if names:
        Stop.objects.bulk_update([kept[sequence] for sequence in changed], sorted(names))
    laid = {str(sequence): change for sequence, change in changed.items()}
    return laid | {str(stop.sequence): ({}, planned[stop.sequence]) for stop in new}


def _change(stop: Stop, columns: Mapping[str, Any] | None) -> Changes:
    is_skipped = stop.status == Stop.Status.SKIPPED
    if columns is None:
        return assign(stop, {"status": Stop.Status.SKIPPED})
    return assign(stop, {**columns, "status": Stop.Status.PENDING} if is_skipped else columns)
