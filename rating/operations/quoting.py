"""What loads cost, now or again. Nothing here is stored: billing keeps what it bills.

Loads are priced in blocks, and one load is a block of one, so there is one way to a price.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dispatch.models import Load
from rating.engine import facts as engine_facts
from rating.engine.choices import WhenNoLane
from rating.engine.facts import IndexPrice, LoadFacts
from rating.engine.quote import Problem, ProblemCode, Quote
from rating.engine.rate import rate
from rating.models import RateCardVersion
from rating.queries.books import find_versions, load_books
from rating.queries.fuel_prices import prices_for
from rating.queries.load_facts import gather_facts

# A load, and the instant by whose published index prices it is rated.
Asked = tuple[LoadFacts, datetime]


def quote_load(load: Load, *, at: datetime) -> Quote:
    """The price of a load from what dispatch knows and what is published at `at`."""
    return quote_loads([load], at=at)[load.pk]


def quote_loads(loads: Sequence[Load], *, at: datetime) -> dict[int, Quote]:
    """The price of each load by its id, in a number of statements that does not grow with them."""
    facts = gather_facts(loads)
    quotes = quote_block([(each, at) for each in facts.values()])
    return dict(zip(facts, quotes, strict=True))


def quote_facts(facts: LoadFacts, *, at: datetime, version: RateCardVersion | None = None) -> Quote:
    """The price of a load that need not exist: a block of one."""
    return quote_block([(facts, at)], version=version)[0]


def quote_block(
    asked: Sequence[Asked],
    *,
    version: RateCardVersion | None = None,
    keeps_prices: bool = False,
) -> list[Quote]:
    """The price of each load by the index prices published at its instant, in their order.

    Under `version`, also a draft, if one is given; else under the customer's card, and after it
    under the next one where a card without a lane says so. A quote carries the index prices it
    used, so that its facts rate again to the same cents. With `keeps_prices` those that facts
    carry already stand, whatever was corrected since. Statements: one for the versions, and three
    or fewer for each version that is asked.
    """
    chains = [[version]] * len(asked) if version else find_versions([facts for facts, _ in asked])
    waiting = {number: iter(chain) for number, chain in enumerate(chains)}
    answers: dict[int, Quote] = {}
    while turns := _next_turns(waiting):
        for each, numbers in turns.items():
            block = [asked[number] for number in numbers]
            quotes = _quotes(block, each, keeps_prices=keeps_prices)
            for number, quote in zip(numbers, quotes, strict=True):
                if not _lacks_lane(quote):
                    answers[number] = quote
                    del waiting[number]
                    continue
                answers.setdefault(number, quote)
                if each.card.when_no_lane == WhenNoLane.REFUSE:
                    del waiting[number]
    return [answers.get(number) or _no_card(facts) for number, (facts, _) in enumerate(asked)]


def rerate(facts_json: dict[str, Any], version_id: int) -> Quote:
    """The quote of stored facts under the version they were rated with: the same cents for ever.

    Raises rating.engine.storing.Unreadable, RateCardVersion.DoesNotExist.
    """
    return rerate_block([(facts_json, version_id)])[0]


def rerate_block(stored: Sequence[tuple[dict[str, Any], int]]) -> list[Quote]:
    """The quotes of stored facts under their versions; two statements for each version.

    Raises rating.engine.storing.Unreadable, RateCardVersion.DoesNotExist.
    """
    versions = known_versions(version_id for _, version_id in stored)
    facts = [engine_facts.from_json(facts_json) for facts_json, _ in stored]
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for number, (_, version_id) in enumerate(stored):
        numbers[version_id].append(number)
    answers: dict[int, Quote] = {}
    for version_id, held in numbers.items():
        books = load_books(versions[version_id], [facts[number] for number in held])
        answers |= {n: rate(facts[n], book) for n, book in zip(held, books, strict=True)}
    return [answers[number] for number in range(len(stored))]


def quote_again(facts: LoadFacts, *, version: RateCardVersion, at: datetime) -> Quote:
    """The price of kept facts under any version, with the index prices that were kept with them.

    A survey that was not kept with them, of another index or for another rule of weeks and
    months, has the price that was published at `at`.
    """
    return quote_block([(facts, at)], version=version, keeps_prices=True)[0]


def known_versions(version_ids: Iterable[int]) -> dict[int, RateCardVersion]:
    """The versions by their ids, with card and fuel. Raises RateCardVersion.DoesNotExist."""
    wanted = set(version_ids)
    found = RateCardVersion.objects.select_related("card", "fuel__series").in_bulk(wanted)
    if missing := wanted - found.keys():
        raise RateCardVersion.DoesNotExist(f"There is no version {min(missing)}.")
    return found


def _next_turns(waiting: dict[int, Iterator[RateCardVersion]]) -> dict[RateCardVersion, list[int]]:
    """Who is asked next, by the version; a load that has asked all waits no more."""
    turns: defaultdict[RateCardVersion, list[int]] = defaultdict(list)
    for number, chain in list(waiting.items()):
        if version := next(chain, None):
            turns[version].append(number)
        else:
            del waiting[number]
    return turns


def _quotes(asked: Sequence[Asked], version: RateCardVersion, *, keeps_prices: bool) -> list[Quote]:
    books = load_books(version, [facts for facts, _ in asked])
    programme = books[0].fuel
    prices = prices_for(programme, asked)
    if keeps_prices and programme:
        prices = [
            _kept_first(facts, known, programme.series)
            for (facts, _), known in zip(asked, prices, strict=True)
        ]
    return [
        rate(replace(facts, index_prices=known), book)
        for (facts, _), book, known in zip(asked, books, prices, strict=True)
    ]


def _kept_first(
    facts: LoadFacts, published: Iterable[IndexPrice], series: str
) -> tuple[IndexPrice, ...]:
    """The prices of a series that facts carry, and those of surveys they carry nothing of."""
    kept = [price for price in facts.index_prices if price.series == series]
    surveys = {price.survey_on for price in kept}
    added = [price for price in published if price.survey_on not in surveys]
    return tuple(sorted([*kept, *added], key=lambda price: price.survey_on))


def _lacks_lane(quote: Quote) -> bool:
    return any(problem.subject_key == "lane" for problem in quote.problems)


def _no_card(facts: LoadFacts) -> Quote:
    who = facts.customer or "this customer"
    when = f" on {facts.pickup_on}" if facts.pickup_on else ""
    problem = Problem(
        code=ProblemCode.NO_RATE,
        message=f"No published rate card covers {who}{when}",
        subject_key="card",
    )
    return Quote(facts=facts, currency=facts.currency, problems=(problem,))
