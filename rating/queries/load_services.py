"""What milestones tell beside the clocks: services done, delays at a stop, weighings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from dispatch.models import Load, Milestone, Stop
from dispatch.rules.details import SERVICES, number_of
from rating.engine.facts import Clock, Item, Pause, Service
from rating.engine.money import ONE, round_rate, tidy

REWEIGH, RECLASS = "REWEIGH", "RECLASS"


def services_of(told: Mapping[int | None, Iterable[Milestone]]) -> Iterator[Service]:
    """The services that were recorded, by stop; None stands for the whole load."""
    for sequence in sorted(told, key=lambda each: each or 0):
        for milestone in told[sequence]:
            yield _service(milestone, sequence)


def weighings_of(load: Load, told: Iterable[Milestone]) -> Iterator[Service]:
    """A reweigh that changed the weight, which a card may charge a fee for."""
    last = last_of(told)
    is_changed = load.weight_lb is not None and load.reweighed_lb != load.weight_lb
    if last and is_changed:
        yield _derived(REWEIGH, last)


def reclassed(items: Sequence[Item], told: Iterable[Milestone]) -> tuple[Item, ...]:
    """The freight with the classes that the inspections found, one after the other.

    A reclass that names the class it replaces is about the freight declared so, else about what
    an inspection before it found to be so; one that names none is about all.
    """
    found = tuple(items)
    for inspection in told:
        found = _inspected(items, found, inspection)
    return found


def _inspected(
    declared: Sequence[Item], found: Sequence[Item], inspection: Milestone
) -> tuple[Item, ...]:
    to, before = (str(inspection.detail.get(key, "")) for key in ("freight_class", "from_class"))
    as_declared = any(item.freight_class == before for item in declared)
    return tuple(
        replace(now, freight_class=to)
        if before in ("", (item if as_declared else now).freight_class)
        else now
        for item, now in zip(declared, found, strict=True)
    )


def reweighed(items: Sequence[Item], weight_lb: Decimal | None) -> tuple[Item, ...]:
    """The freight with the weight of the scale: each item has its share of the difference."""
    planned = sum((item.weight_lb for item in items), Decimal(0))
    if weight_lb is None or not planned:
        return tuple(items)
    weights = [round_rate(item.weight_lb * weight_lb / planned, 2) for item in items]
    # The last one takes what rounding leaves, so that the items weigh what the scale showed.
    weights[-1] = weight_lb - sum(weights[:-1], Decimal(0))
    return tuple(
        replace(item, weight_lb=tidy(weight, places=0))
        for item, weight in zip(items, weights, strict=True)
    )


def reclasses_of(
    before: Sequence[Item], after: Sequence[Item], told: Iterable[Milestone]
) -> Iterator[Service]:
    """A reclass that changed a class, which a card may charge a fee for."""
    last = last_of(told)
    if last and [item.freight_class for item in before] != [item.freight_class for item in after]:
        yield _derived(RECLASS, last)


def delays_of(stop: Stop, told: Iterable[Milestone]) -> Iterator[Pause]:
    """The delays told of a stop with a reason.

    One without a length counts from the time it was told, and only while the truck was there: a
    driver who is late on the way has not yet kept anybody's dock waiting.
    """
    for milestone in sorted(told, key=lambda each: (each.occurred_at, each.pk)):
        code = str(milestone.detail.get("reason", ""))
        minutes = number_of(milestone.detail, "minutes")
        if code and (minutes or _was_there(stop, milestone)):
            yield Pause(
                start=_clock(milestone),
                end=_after(milestone, minutes) if minutes else None,
                code=code,
                reason=str(milestone.detail.get("reason_text", "")),
            )


def deadhead_of(told: Iterable[Milestone]) -> Decimal | None:
    """The empty miles that were told, as a service or with the truck that was not used."""
    for milestone in told:
        if milestone.kind == Milestone.Kind.SERVICE:
            is_deadhead = milestone.detail.get("service") == "DEADHEAD"
            miles = number_of(milestone.detail, "quantity") if is_deadhead else None
        else:
            miles = number_of(milestone.detail, "deadhead_miles")
        if miles is not None:
            return miles
    return None


def scale_source(told: Iterable[Milestone]) -> str:
    """Who weighed, with the certificate's number; empty where nobody did."""
    last = last_of(told)
    if last is None:
        return ""
    certificate = last.detail.get("certificate", "")
    return f"{last.source}, certificate {certificate}" if certificate else last.source


def last_of(told: Iterable[Milestone]) -> Milestone | None:
    """The last of milestones in order of happening."""
    return next(iter(reversed(list(told))), None)


def _service(milestone: Milestone, sequence: int | None) -> Service:
    detail = milestone.detail
    code = str(detail.get("service", ""))
    known = SERVICES.get(code)
    return Service(
        code=code,
        quantity=tidy(number_of(detail, "quantity") or ONE, places=0),
        unit=str(detail.get("unit") or (known.unit if known else "")),
        stop_sequence=sequence,
        source=milestone.source,
        reference=f"milestone:{milestone.pk}",
        at=milestone.occurred_at,
        authorised_by=str(detail.get("authorised_by", "")),
    )


def _derived(code: str, milestone: Milestone) -> Service:
    return Service(
        code=code,
        source=milestone.source,
        reference=f"milestone:{milestone.pk}",
        at=milestone.occurred_at,
        is_told=False,
    )


def _was_there(stop: Stop, milestone: Milestone) -> bool:
    came, left = stop.arrived_at, stop.departed_at
    at = milestone.occurred_at
    return came is not None and came <= at and (left is None or at <= left)


def _clock(milestone: Milestone) -> Clock:
    return Clock(
        at=milestone.occurred_at, source=milestone.source, reference=f"milestone:{milestone.pk}"
    )


def _after(milestone: Milestone, minutes: Decimal) -> Clock:
    told = _clock(milestone)
    return Clock(
        at=told.at + timedelta(minutes=int(minutes)), source=told.source, reference=told.reference
    )
