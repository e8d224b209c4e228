"""The door of the engine: `rate(facts, book)` gives the quote.

The order is the one freight tariffs share: linehaul (gross, discount, floor, cap), accessorials,
fuel on the net linehaul and on the services that burn fuel. Each line is rounded once; the total
adds rounded lines.
"""

from collections.abc import Sequence
from decimal import Context, Decimal, localcontext

from rating.engine.accessorials import CARRIED, NOT_CARRIED, rate_accessorials
from rating.engine.book import RateBook
from rating.engine.charging import Outcome
from rating.engine.facts import LoadFacts
from rating.engine.fuel import FUEL, rate_fuel
from rating.engine.linehaul import DEFICIT, DISCOUNT, LINEHAUL, rate_linehaul
from rating.engine.quote import Candidate, Line, NoCharge, Problem, ProblemCode, Quote

# As an invoice prints them; other codes follow by name.
_PRINTED = (LINEHAUL, DEFICIT, DISCOUNT, FUEL, "SOC", "DET", "LAY", "LUM", "SCL", "TONU")


def rate(facts: LoadFacts, book: RateBook) -> Quote:
    """The price of a load under one card version.

    What is wrong with the data becomes a problem in the quote, never an exception and never an
    amount of 0. The result depends on the arguments alone, not on the thread's decimal context.
    """
    with localcontext(Context(prec=28)):
        is_off = facts.truck_not_used is not None or facts.cancelled is not None
        return _rate_not_carried(facts, book) if is_off else _rate_carried(facts, book)


def _rate_carried(facts: LoadFacts, book: RateBook) -> Quote:
    linehaul = rate_linehaul(facts, book)
    extras = rate_accessorials(facts, book, CARRIED, linehaul.net)
    fuel = _fuel(facts, book, linehaul.net, extras)
    outcomes = [*linehaul.lines, *linehaul.problems, *fuel, *extras]
    return _quote(facts, book, outcomes, linehaul.match.candidates)


def _rate_not_carried(facts: LoadFacts, book: RateBook) -> Quote:
    outcomes = rate_accessorials(facts, book, NOT_CARRIED, None)
    if facts.truck_not_used and not outcomes:
        outcomes = [
            Problem(
                code=ProblemCode.NO_RATE,
                message=f"{book.version.label} has no rule for a truck ordered and not used",
                subject_key="rule:TONU",
            )
        ]
    return _quote(facts, book, outcomes)


def _fuel(
    facts: LoadFacts, book: RateBook, net: Decimal | None, extras: Sequence[Outcome]
) -> list[Outcome]:
    if book.fuel is None:
        return []
    bearing = {rule.rule for rule in book.accessorials if rule.bears_fuel}
    burning = (each.amount for each in extras if isinstance(each, Line) and each.rule in bearing)
    return [rate_fuel(facts, book, None if net is None else sum(burning, net))]


def _quote(
    facts: LoadFacts,
    book: RateBook,
    outcomes: Sequence[Outcome],
    candidates: tuple[Candidate, ...] = (),
) -> Quote:
    lines = [each for each in outcomes if isinstance(each, Line)]
    return Quote(
        facts=facts,
        currency=book.version.currency,
        card_version_id=book.version.id,
        version_label=book.version.label,
        lines=tuple(sorted(lines, key=_place_of)),
        problems=tuple(each for each in outcomes if isinstance(each, Problem)),
        no_charges=tuple(each for each in outcomes if isinstance(each, NoCharge)),
        candidates=candidates,
    )


def _place_of(line: Line) -> tuple[int, str, int, int]:
    return printed_order(line.code, line.stop_sequence, line.occurrence)


def printed_order(
    code: str, stop_sequence: int | None, occurrence: int
) -> tuple[int, str, int, int]:
    """Where a charge stands on an invoice, whenever it was made: compare these."""
    rank = _PRINTED.index(code) if code in _PRINTED else len(_PRINTED)
    return rank, code, stop_sequence or 0, occurrence
