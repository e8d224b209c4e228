"""The tax of a load: each line under the rules of every place it is supplied in.

The public door is `tax_load`. Every stop where freight was handed over is a supply of its own;
supplies of one place and kind are one. A line is shared out among them by the weight delivered at
the stops, the remaining cent to the heaviest; a charge that belongs to one of the destinations
goes there whole. Accessorials follow the freight.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rating.engine.money import HUNDRED, ZERO, round_money
from rating.engine.quote import Problem, Step
from rating.engine.tax_facts import (
    Spot,
    Taxable,
    TaxAnswer,
    TaxCategory,
    TaxedLine,
    TaxFacts,
    TaxPart,
    TaxRate,
)
from rating.engine.tax_places import Supply, TaxProblemCode, supply_at
from rating.engine.wording import money, number

UNCHARGED_NAMES = {
    TaxCategory.ZERO: "Zero-rated",
    TaxCategory.EXEMPT: "Exempt",
    TaxCategory.REVERSE_CHARGE: "Reverse charge",
    TaxCategory.OUT_OF_SCOPE: "Not taxed",
}


@dataclass(frozen=True, slots=True)
class _Share:
    """A supply with the destinations that are in it, and their weight; 1 when it is the only."""

    supply: Supply
    stops: frozenset[int]
    weight: Decimal


def tax_load(facts: TaxFacts) -> TaxAnswer:
    """The tax of each line, or every reason why it cannot be told; never 0 instead."""
    if facts.origin is None or not facts.destinations:
        problem = Problem(
            code=TaxProblemCode.FACT_MISSING,
            message="The load has no place of origin or destination",
            subject_key="tax:route",
        )
        return TaxAnswer(problems=(problem,))
    supplies = {spot: supply_at(facts, facts.origin, spot) for spot in facts.destinations}
    problems = [each for each in supplies.values() if isinstance(each, Problem)]
    if problems:
        return TaxAnswer(problems=tuple(dict.fromkeys(problems)))
    told = {spot: each for spot, each in supplies.items() if isinstance(each, Supply)}
    shares = _shares(told)
    if isinstance(shares, Problem):
        return TaxAnswer(problems=(shares,))
    return TaxAnswer(
        lines=tuple(_tax_line(line, shares, facts.currency) for line in facts.lines),
        notes=tuple(dict.fromkeys(s.supply.note for s in shares if s.supply.note)),
    )


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> tuple[Decimal, ...]:
    """`amount` shared out by `weights` in whole minor units; the parts add up to it.

    What rounding leaves over goes to the heaviest, the first of equals.
    """
    total = sum(weights, ZERO)
    parts = [round_money(amount * weight / total, currency) for weight in weights]
    heaviest = max(range(len(weights)), key=lambda n: weights[n])
    parts[heaviest] += amount - sum(parts, ZERO)
    return tuple(parts)


def mirrored(line: TaxedLine) -> TaxedLine:
    """The taxes of a line that takes `line` back: base and amount with the other sign."""
    return replace(
        line,
        parts=tuple(replace(part, base=-part.base, amount=-part.amount) for part in line.parts),
    )


def _shares(supplies: dict[Spot, Supply]) -> tuple[_Share, ...] | Problem:
    """One share for each kind of supply, in the order of the route.

    Where no destination is charged anything, the last one tells the kind of all.
    """
    if not any(supply.rows for supply in supplies.values()):
        last = list(supplies)[-1]
        return (_share([last], supplies[last]),)
    grouped: dict[tuple[TaxCategory, tuple[TaxRate, ...]], list[Spot]] = {}
    for spot, supply in supplies.items():
        grouped.setdefault((supply.category, supply.rows), []).append(spot)
    if len(grouped) > 1:
        for spot in supplies:
            if not spot.weight_lb:
                return _weight_missing(spot)
    return tuple(_share(spots, supplies[spots[0]]) for spots in grouped.values())


def _share(spots: list[Spot], supply: Supply) -> _Share:
    return _Share(
        supply=supply,
        stops=frozenset(spot.sequence for spot in spots),
        weight=sum((spot.weight_lb or ZERO for spot in spots), ZERO),
    )


def _weight_missing(spot: Spot) -> Problem:
    return Problem(
        code=TaxProblemCode.FACT_MISSING,
        message=f"Stop {spot.sequence} has no delivered weight to share the tax by",
        subject_key=f"tax:weight:stop:{spot.sequence}",
        stop_sequence=spot.sequence,
    )


def _tax_line(line: Taxable, shares: Sequence[_Share], currency: str) -> TaxedLine:
    own = [share for share in shares if line.stop_sequence in share.stops] or list(shares)
    bases = (
        (line.amount,)
        if len(own) == 1
        else split(line.amount, [share.weight for share in own], currency)
    )
    parts: list[TaxPart] = []
    steps = list(_incident(line))
    for share, base in zip(own, bases, strict=True):
        if len(own) > 1:
            told = f"Share of {share.supply.place}, {number(share.weight)} lb delivered"
            steps.append(Step(text=told, value=money(base, currency)))
        taxed, worked = _tax_base(base, share.supply, currency)
        parts.extend(taxed)
        steps.extend(worked)
    amount = sum((part.amount for part in parts), ZERO)
    steps.append(Step(text="Tax", value=money(amount, currency)))
    return TaxedLine(key=line.key, parts=tuple(parts), steps=tuple(steps))


def _incident(line: Taxable) -> tuple[Step, ...]:
    if not line.is_accessorial:
        return ()
    return (Step(text="Incident to the freight: taxed as the freight is", value="follows"),)


def _tax_base(
    base: Decimal, supply: Supply, currency: str
) -> tuple[tuple[TaxPart, ...], tuple[Step, ...]]:
    parts = tuple(_part(base, supply, row, currency) for row in supply.rows)
    if not parts:
        name = UNCHARGED_NAMES[supply.category]
        nothing = TaxPart(
            jurisdiction=supply.place,
            category=supply.category,
            code=supply.category.value,
            name=name,
            rate=ZERO,
            base=base,
            amount=round_money(ZERO, currency),
        )
        told = Step(text=f"{name}, on {money(base, currency)}", value=money(ZERO, currency))
        return (nothing,), (*supply.why, told)
    worked = tuple(
        step
        for row, part in zip(supply.rows, parts, strict=True)
        for step in _row_steps(row, part, currency)
    )
    return parts, (*supply.why, *worked)


def _part(base: Decimal, supply: Supply, row: TaxRate, currency: str) -> TaxPart:
    return TaxPart(
        jurisdiction=row.jurisdiction,
        category=supply.category,
        code=row.code,
        name=row.name,
        rate=row.rate,
        base=base,
        amount=round_money(base * row.rate / HUNDRED, currency),
    )


def _row_steps(row: TaxRate, part: TaxPart, currency: str) -> tuple[Step, ...]:
    until = f" to {row.effective_to}" if row.effective_to else ""
    source = f" ({row.source})" if row.source else ""
    rate = f"{number(row.rate)} %"
    return (
        Step(text=f"{row.name}, in force from {row.effective_from}{until}{source}", value=rate),
        Step(text=f"{rate} of {money(part.base, currency)}", value=money(part.amount, currency)),
    )
