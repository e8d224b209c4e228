"""The freight as a tariff rates it: the class of each item, and the deemed weight of them all.

The class is the declared one or follows from the density, as the card says; then freight of all
kinds makes many classes one; then a space rule that acts raises what is below its floor. A class
is asked for only where the lane has rates by class, and a size only where a rule needs it.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from rating.engine.book import LaneRow, RateBook
from rating.engine.choices import Basis, ClassSource
from rating.engine.classes import class_at, class_of, fak_range, higher_class
from rating.engine.facts import Item, LoadFacts
from rating.engine.freight import ScaleEdition, SpaceRule
from rating.engine.money import HUNDRED, ZERO
from rating.engine.quote import Problem, ProblemCode, Step
from rating.engine.space import Deemed, Unmeasured, deem, density_of
from rating.engine.wording import day, number, percent

# Space makes freight weigh more on these; a truck hired by the mile or the load is hired whole.
BY_WEIGHT = frozenset(
    {Basis.PER_CWT, Basis.PER_POUND, Basis.PER_KG, Basis.PER_TON, Basis.PER_TONNE}
)


@dataclass(frozen=True, slots=True)
class Shipment:
    """The items with the classes they are rated at, each with the steps that led there.

    `least_lb` is the deemed weight, 0 where there is none. `discount_percent` replaces the
    discounts of lane and card, None keeps them.
    """

    items: tuple[Item, ...] = ()
    item_steps: tuple[tuple[Step, ...], ...] = ()
    steps: tuple[Step, ...] = ()
    least_lb: Decimal = ZERO
    discount_percent: Decimal | None = None


class Unratable(Exception):
    """Why the freight cannot be rated, as the problem that says so."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def rate_shipment(facts: LoadFacts, book: RateBook, lane: LaneRow) -> Shipment:
    """The freight of the load under one lane. Raises Unratable."""
    if lane.basis not in BY_WEIGHT:
        return Shipment()
    deemed = _deemed(facts, book)
    items = facts.items or _whole_load(facts)
    classed = [
        _classed(item, place, facts, book, deemed.rule) if _is_by_class(lane) else (item, ())
        for place, item in enumerate(items, start=1)
    ]
    return Shipment(
        items=tuple(item for item, _ in classed),
        item_steps=tuple(steps for _, steps in classed),
        steps=(*deemed.steps, *_discount_steps(deemed.rule)),
        least_lb=deemed.pounds,
        discount_percent=deemed.rule.discount_percent if deemed.rule else None,
    )


def _whole_load(facts: LoadFacts) -> tuple[Item, ...]:
    return () if facts.weight_lb is None else (Item(weight_lb=facts.weight_lb),)


def _is_by_class(lane: LaneRow) -> bool:
    return any(each.freight_class for each in lane.breaks)


def _deemed(facts: LoadFacts, book: RateBook) -> Deemed:
    try:
        return deem(facts, book.version, book.space_rules)
    except Unmeasured as error:
        raise _lacking(error.fact, "the space rules of this card need") from error


def _classed(
    item: Item, place: int, facts: LoadFacts, book: RateBook, rule: SpaceRule | None
) -> tuple[Item, tuple[Step, ...]]:
    """The item at its rated class, and the steps from its own class to that."""
    rated, steps = _own_class(item, place, facts, book)
    if rule and book.fak and not rule.uses_fak:
        text = f"{rule.label} rule: freight of all kinds does not apply"
        steps = (*steps, Step(text=text, value=f"class {rated}"))
    elif book.fak:
        found = fak_range(rated, book.fak)
        text = f"FAK {found.label}" if found else f"FAK: class {rated} is in no range"
        rated = found.rated_class if found else rated
        steps = (*steps, Step(text=text, value=f"class {rated}"))
    if rule and rule.floor_class:
        rated = higher_class(rated, rule.floor_class)
        text = f"{rule.label} rule: not below class {rule.floor_class}"
        steps = (*steps, Step(text=text, value=f"class {rated}"))
    return replace(item, freight_class=rated), steps


def _own_class(
    item: Item, place: int, facts: LoadFacts, book: RateBook
) -> tuple[str, tuple[Step, ...]]:
    """The class before freight of all kinds: declared, or that of its density."""
    source = book.version.class_source
    declared = item.freight_class
    if source == ClassSource.DENSITY or (
        source == ClassSource.DECLARED_ELSE_DENSITY and not declared
    ):
        return _density_class(item, place, facts, book)
    if not declared:
        raise _lacking(f"class of item {place}", "the rates of this lane need")
    known = class_of(declared)
    if not known:
        message = f"Item {place} declares {declared!r}, which is no freight class"
        raise _refused(ProblemCode.FACT_MISSING, message, f"fact:class of item {place}")
    return known, (Step(text="Class as declared", value=f"class {known}"),)


def _density_class(
    item: Item, place: int, facts: LoadFacts, book: RateBook
) -> tuple[str, tuple[Step, ...]]:
    edition = _edition(facts, book)
    try:
        density = density_of(item, place, facts, book.version)
    except Unmeasured as error:
        raise _lacking(error.fact, "a class by density needs") from error
    found = class_at(density.pcf, edition)
    if not found:
        message = f"{edition.name} has no class for {number(density.pcf)} pcf"
        raise _refused(ProblemCode.NO_RATE, message, f"scale:{edition.name}")
    told = f"; declared {item.freight_class}" if item.freight_class else ""
    return found, (
        *density.steps,
        Step(text=f"Class by {edition.name}{told}", value=f"class {found}"),
    )


def _edition(facts: LoadFacts, book: RateBook) -> ScaleEdition:
    if facts.pickup_on is None:
        raise _lacking("pickup day", "the density scale needs")
    scale = book.density_scale
    edition = scale.edition_on(facts.pickup_on) if scale else None
    if edition is None:
        named = scale.name if scale else book.version.label
        message = f"{named} has no density scale for {day(facts.pickup_on)} {facts.pickup_on.year}"
        raise _refused(ProblemCode.NO_RATE, message, f"scale:{named}")
    return edition


def _discount_steps(rule: SpaceRule | None) -> tuple[Step, ...]:
    if rule is None or rule.discount_percent is None:
        return ()
    off = percent(rule.discount_percent / HUNDRED)
    return (Step(text=f"{rule.label} rule: discount instead of the card's", value=off),)


def _lacking(fact: str, needs: str) -> Unratable:
    message = f"The load has no {fact}, which {needs}"
    return _refused(ProblemCode.FACT_MISSING, message, f"fact:{fact}")


def _refused(code: str, message: str, subject: str) -> Unratable:
    return Unratable(Problem(code=code, message=message, subject_key=subject))
