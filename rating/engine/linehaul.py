"""The price of carrying: lane, gross, discount, then floor and cap, in that order.

The order is FedEx Freight's (FXF 100 Item 610): the discount comes off the gross, and the net is
never below the lane's minimum or the card's absolute minimum charge, whichever is higher. A
floor or a cap that counts replaces gross and discount by one line.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from rating.engine.bases import Extension, Measures, Missing, extend, measures_of
from rating.engine.book import LaneRow, RateBook
from rating.engine.breaks import Part, WeightCharge, charge_weight
from rating.engine.choices import Basis
from rating.engine.facts import Item, LoadFacts
from rating.engine.lanes import Match, describe_match, match_lane
from rating.engine.money import HUNDRED, ZERO
from rating.engine.pricing import Bounds, Priced, amount_step, bound, price
from rating.engine.quote import Evidence, Line, Problem, ProblemCode, Step
from rating.engine.shipment import Shipment, Unratable, rate_shipment
from rating.engine.space import cubic_feet_of
from rating.engine.wording import day, money, number, percent

LINEHAUL = "LHS"
DEFICIT = "DAA"
DISCOUNT = "DSC"


@dataclass(frozen=True, slots=True)
class Linehaul:
    """The linehaul lines and what competed. `net` is None when it cannot be told."""

    match: Match
    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def net(self) -> Decimal | None:
        """Linehaul after discount and bounds: the base of percentages."""
        return sum((line.amount for line in self.lines), ZERO) if self.lines else None


def rate_linehaul(facts: LoadFacts, book: RateBook) -> Linehaul:
    """The linehaul of the load, or the reason there is none."""
    match = match_lane(facts, book)
    if match.lane is None:
        return Linehaul(match, problems=(_no_lane(facts, book, match),))
    try:
        shipment = rate_shipment(facts, book, match.lane)
    except Unratable as refusal:
        return Linehaul(match, problems=(refusal.problem,))
    gross = _gross_lines(facts, book, match.lane, shipment)
    if isinstance(gross, Problem):
        return Linehaul(match, problems=(gross,))
    bounds = _bounds(book, match.lane)
    if crossing := bounds.crossing(_rule(match.lane), _currency(book)):
        return Linehaul(match, problems=(crossing,))
    off = _discount(book, match.lane, shipment)
    lines = _bounded([*gross, *_discount_lines(gross, book, match.lane, off)], bounds, book)
    return Linehaul(match, lines=tuple(_explained(line, facts, match) for line in lines))


def _rule(lane: LaneRow) -> str:
    return f"lane {lane.row}"


def _currency(book: RateBook) -> str:
    return book.version.currency


def _bounds(book: RateBook, lane: LaneRow) -> Bounds:
    floors = [each for each in (lane.minimum, book.version.minimum_charge) if each is not None]
    return Bounds(max(floors, default=None), lane.maximum)


def _no_lane(facts: LoadFacts, book: RateBook, match: Match) -> Problem:
    ends = (facts.origin, facts.destination)
    places = [f"{end.city}, {end.state} {end.postal_code}".strip(" ,") for end in ends if end]
    between = " to ".join(places) or "a load without stops"
    near = "".join(f"; lane {each.label} {each.reason}" for each in match.candidates[:1])
    return Problem(
        code=ProblemCode.NO_RATE,
        message=f"{book.version.label} has no lane for {between}{near}",
        subject_key="lane",
    )


def _missing(missing: Missing, lane: LaneRow) -> Problem:
    return Problem(
        code=ProblemCode.FACT_MISSING,
        message=f"Lane {lane.label} is rated {lane.basis}, and the load has no {missing.fact}",
        subject_key=f"fact:{missing.fact}",
    )


def _gross_lines(
    facts: LoadFacts, book: RateBook, lane: LaneRow, shipment: Shipment
) -> list[Line] | Problem:
    if lane.breaks:
        return _weight_lines(book, lane, shipment)
    if lane.basis == Basis.AS_QUOTED and facts.currency not in ("", _currency(book)):
        return _missing(Missing(f"quoted amount in {_currency(book)}"), lane)
    extension = extend(lane.basis, lane.rate, _measures(facts, book, shipment))
    if isinstance(extension, Missing):
        return _missing(extension, lane)
    line = _line(book, lane, price(extension, book.version.rounder))
    return [replace(line, steps=shipment.steps + line.steps)]


def _measures(facts: LoadFacts, book: RateBook, shipment: Shipment) -> Measures:
    """What a lane may count: the deemed weight, and the space as this card measures it."""
    measures = measures_of(facts)
    weight = measures.weight_lb
    return replace(
        measures,
        weight_lb=None if weight is None else max(weight, shipment.least_lb),
        cubic_feet=cubic_feet_of(facts, book.version),
    )


def _weight_lines(book: RateBook, lane: LaneRow, shipment: Shipment) -> list[Line] | Problem:
    if not shipment.items:
        return _missing(Missing("weight"), lane)
    charge = charge_weight(
        shipment.items,
        lane.breaks,
        allows_deficit=book.version.allows_deficit,
        least_lb=shipment.least_lb,
    )
    if charge is None:
        return Problem(
            code=ProblemCode.NO_RATE,
            message=f"Lane {lane.label} has no weight break for this shipment",
            subject_key="lane",
        )
    lines = [
        _item_line(book, lane, shipment, part, place)
        for place, part in enumerate(charge.parts, start=1)
    ]
    lines[0] = replace(lines[0], steps=shipment.steps + lines[0].steps)
    return [*lines, *_deficit_lines(charge, lines, book, lane)]


def _item_line(book: RateBook, lane: LaneRow, shipment: Shipment, part: Part, place: int) -> Line:
    """The line of one item: its class, the deemed pounds it carries, weight times rate."""
    line = _line(book, lane, _part(part.item, part.rate, book))
    classed = shipment.item_steps[place - 1]
    added = part.item.weight_lb - shipment.items[place - 1].weight_lb
    carried = (
        Step(text="Deemed over actual weight, at the lowest rate", value=f"{number(added)} lb"),
    )
    return replace(
        line,
        occurrence=place,
        description=f"Linehaul, class {part.item.freight_class}" if classed else line.description,
        steps=(*classed, *(carried if added else ()), *line.steps),
    )


def _part(item: Item, rate: Decimal, book: RateBook) -> Priced:
    return price(
        Extension(Basis.PER_CWT, item.weight_lb / HUNDRED, "cwt", rate), book.version.rounder
    )


def _deficit_lines(
    charge: WeightCharge, parts: list[Line], book: RateBook, lane: LaneRow
) -> list[Line]:
    """The missing pounds as a line of their own.

    It is what the billed weight costs less the lines of the actual weight, so that the two
    rounded lines add up to the rated charge.
    """
    if not charge.deficit_lb:
        return []
    rounder = book.version.rounder
    whole = rounder.money(charge.exact)
    step = Step(
        text=f"Cheaper as {number(charge.billed_lb)} lb: {number(charge.deficit_lb)} lb deficit "
        f"at {money(charge.deficit_rate, rounder.currency)} per cwt",
        value=f"{money(whole, rounder.currency)} in all",
    )
    priced = Priced(
        basis=Basis.PER_CWT,
        quantity=charge.deficit_lb / HUNDRED,
        unit="cwt",
        rate=charge.deficit_rate,
        amount=whole - sum((line.amount for line in parts), ZERO),
        steps=(step,),
    )
    return [_line(book, lane, priced, code=DEFICIT, description="Deficit weight")]


def _discount(book: RateBook, lane: LaneRow, shipment: Shipment) -> Decimal:
    """The percentage off: that of a space rule before the lane's before the card's."""
    told = (shipment.discount_percent, lane.discount_percent, book.version.discount_percent)
    return next(off for off in told if off is not None)


def _discount_lines(gross: list[Line], book: RateBook, lane: LaneRow, off: Decimal) -> list[Line]:
    if not off:
        return []
    base = sum((line.amount for line in gross), ZERO)
    fraction = -off / HUNDRED
    extension = Extension(Basis.PERCENT, base, _currency(book), fraction)
    priced = price(extension, book.version.rounder)
    description = f"Discount {percent(-fraction)}"
    return [_line(book, lane, priced, code=DISCOUNT, description=description)]


def _bounded(lines: list[Line], bounds: Bounds, book: RateBook) -> list[Line]:
    """The lines as they are, or one line at the floor or the cap that overrules them."""
    first = lines[0]
    net = sum((line.amount for line in lines), ZERO)
    whole = Priced(
        basis=first.basis, quantity=first.quantity, unit=first.unit, rate=first.rate, amount=net
    )
    held = bound(whole, bounds, book.version.rounder)
    if held.basis in (Basis.MINIMUM, Basis.MAXIMUM):
        worked = tuple(step for line in lines for step in line.steps)
        return [
            replace(
                first,
                basis=held.basis,
                quantity=held.quantity,
                unit=held.unit,
                rate=held.rate,
                amount=held.amount,
                steps=worked + held.steps,
            )
        ]
    return [replace(first, steps=first.steps + held.steps), *lines[1:]]


def _line(
    book: RateBook,
    lane: LaneRow,
    priced: Priced,
    *,
    code: str = LINEHAUL,
    description: str = "Linehaul",
) -> Line:
    return Line(
        code=code,
        description=description,
        summary=lane.label,
        basis=priced.basis,
        quantity=priced.quantity,
        unit=priced.unit,
        rate=priced.rate,
        amount=priced.amount,
        currency=_currency(book),
        rule=_rule(lane),
        version_label=book.version.label,
        steps=priced.steps,
    )


def _explained(line: Line, facts: LoadFacts, match: Match) -> Line:
    steps = (*line.steps, amount_step(line.amount, line.currency))
    if line.code == LINEHAUL:
        steps = (Step(text=describe_match(match), value=line.rule), *steps)
    return replace(line, steps=steps, evidence=_evidence(line, facts))


def _evidence(line: Line, facts: LoadFacts) -> tuple[Evidence, ...]:
    found = []
    if facts.pickup_on:
        found.append(
            Evidence(
                kind="date", text=f"Picked up {day(facts.pickup_on)}", source=facts.pickup_source
            )
        )
    if line.basis == Basis.PER_MILE and facts.miles is not None:
        miles = f"{number(facts.miles)} mi"
        found.append(Evidence(kind="miles", text=miles, source=facts.miles_source))
    return tuple(found)
