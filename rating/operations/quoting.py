"""What a load costs, now or again. Nothing here is stored: billing keeps what it bills."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dispatch.models import Load
from rating.engine import facts as engine_facts
from rating.engine.choices import WhenNoLane
from rating.engine.facts import LoadFacts
from rating.engine.quote import Problem, ProblemCode, Quote
from rating.engine.rate import rate
from rating.models import RateCardVersion
from rating.queries.books import find_versions, load_book
from rating.queries.fuel_prices import prices_for
from rating.queries.load_facts import gather_facts


def quote_load(load: Load, *, at: datetime) -> Quote:
    """The price of a load from what dispatch knows and what is published at `at`."""
    return quote_loads([load], at=at)[load.pk]


def quote_loads(loads: Sequence[Load], *, at: datetime) -> dict[int, Quote]:
    """The price of each load by its id; facts are read for all of them at once."""
    return {pk: quote_facts(facts, at=at) for pk, facts in gather_facts(loads).items()}


def quote_facts(facts: LoadFacts, *, at: datetime, version: RateCardVersion | None = None) -> Quote:
    """The price of a load that need not exist.

    Under `version`, also a draft, if one is given; else under the customer's card, and after it
    under the next one where a card without a lane says so. The quote carries the index prices it
    used, so that its facts rate again to the same cents.
    """
    versions = [version] if version else find_versions(facts)
    quotes = []
    for each in versions:
        quotes.append(_quote(facts, each, at=at))
        if not _lacks_lane(quotes[-1]):
            return quotes[-1]
        if each.card.when_no_lane == WhenNoLane.REFUSE:
            break
    return quotes[0] if quotes else _no_card(facts)


def rerate(facts_json: dict[str, Any], version_id: int) -> Quote:
    """The quote of stored facts under the version they were rated with: the same cents for ever.

    Raises rating.engine.storing.Unreadable, RateCardVersion.DoesNotExist.
    """
    facts = engine_facts.from_json(facts_json)
    version = RateCardVersion.objects.select_related("card", "fuel__series").get(pk=version_id)
    return rate(facts, load_book(version, facts))


def quote_again(facts: LoadFacts, *, version: RateCardVersion, at: datetime) -> Quote:
    """The price of kept facts under any version, with the index prices that were kept with them.

    Where `version` goes by another index, its prices are those published at `at`.
    """
    book = load_book(version, facts)
    kept = {price.series for price in facts.index_prices}
    if book.fuel and book.fuel.series not in kept:
        facts = replace(facts, index_prices=prices_for(book.fuel, facts, at=at))
    return rate(facts, book)


def _quote(facts: LoadFacts, version: RateCardVersion, *, at: datetime) -> Quote:
    book = load_book(version, facts)
    priced = replace(facts, index_prices=prices_for(book.fuel, facts, at=at))
    return rate(priced, book)


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
