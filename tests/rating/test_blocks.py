"""A block of loads costs what each of its loads costs alone, in far fewer statements."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from rating.engine import facts as engine_facts
from rating.engine.book import LaneRow, WeightBreak, Zone
from rating.engine.choices import Anchor, Basis, WhenNoLane
from rating.engine.facts import LoadFacts
from rating.engine.places import ANYWHERE, Place
from rating.models import RateCardVersion
from rating.operations.carding import create_card
from rating.operations.quoting import quote_block, quote_facts, rerate, rerate_block
from tests.factories import CustomerFactory
from tests.rating.engine.building import LANES, LOAD
from tests.rating.making import DRAFTER, NOW, drafted, per_mile_programme, published

pytestmark = pytest.mark.django_db

EARLIER = NOW - timedelta(days=4)
WEIGHED = LaneRow(
    row=1,
    basis=Basis.PER_CWT,
    origin=Place.zone("MW"),
    destination=ANYWHERE,
    breaks=(
        WeightBreak(from_weight_lb=Decimal(0), rate=Decimal("14.38")),
        WeightBreak(from_weight_lb=Decimal(500), rate=Decimal("10.29")),
    ),
)
MIDWEST = Zone(name="MW", members=frozenset({Place.state("IL"), Place.state("IN")}))


@pytest.fixture
def mixed() -> list[LoadFacts]:
    """Loads of four customers under five cards: lanes, zones, breaks, none, the next card's."""
    mine, own, patient, nobody = (CustomerFactory() for _ in range(4))

    def card(name, **more):
        return create_card(name=name, currency="USD", by=DRAFTER, at=NOW, **more)

    published(card("Everybody"), fuel=per_mile_programme())
    published(card("Own", customer=own), lanes=(WEIGHED,), zones=(MIDWEST,))
    published(card("Patient", customer=patient, when_no_lane=WhenNoLane.NEXT_CARD), lanes=LANES[:1])
    published(card("Stubborn", customer=nobody, rated_on=Anchor.TENDER), lanes=LANES[:1])
    days = [date(2026, 11, 10) + timedelta(days=n) for n in range(0, 9, 4)]
    away = replace(LOAD.stops[0], state="TX", postal_code="75001", city="Dallas", location_code="")
    return [
        replace(LOAD, customer_id=customer.pk, pickup_on=day, tendered_on=day, **changes)
        for customer in (mine, own, patient, nobody)
        for day in [*days, None]
        for changes in (
            {},
            {"weight_lb": Decimal(450), "miles": None},
            {"stops": (away, *LOAD.stops[1:])},
            {"stops": ()},
            {"equipment": "FLATBED"},
        )
    ]


def test_a_block_gives_each_load_the_very_quote_it_has_alone(mixed):
    asked = [(facts, NOW if n % 2 else EARLIER) for n, facts in enumerate(mixed)]

    together = quote_block(asked)

    assert together == [quote_facts(facts, at=at) for facts, at in asked]
    assert len({quote.version_label for quote in together}) == 5
    assert {problem.code for quote in together for problem in quote.problems} >= {
        "no_rate",
        "fact_missing",
    }


def test_a_block_under_a_draft_is_its_loads_one_by_one(mixed):
    draft = drafted(create_card(name="Next", currency="USD", by=DRAFTER, at=NOW))

    together = quote_block([(facts, NOW) for facts in mixed], version=draft)

    assert together == [quote_facts(facts, at=NOW, version=draft) for facts in mixed]


def test_stored_facts_rate_again_in_a_block_as_they_do_alone(mixed):
    quotes = quote_block([(facts, NOW) for facts in mixed])
    stored = [
        (engine_facts.to_json(quote.facts), quote.card_version_id)
        for quote in quotes
        if quote.card_version_id
    ]

    again = rerate_block(stored)

    assert again == [rerate(*each) for each in stored]
    assert again == [quote for quote in quotes if quote.card_version_id]


def test_the_statements_of_a_block_do_not_grow_with_its_loads(mixed, django_assert_num_queries):
    quote_block([(facts, NOW) for facts in mixed])

    # Versions; then lanes (and breaks) of four cards, of one a second time; the prices of one.
    with django_assert_num_queries(1 + 5 + 1 + 2):
        quote_block([(facts, NOW) for facts in mixed])
    with django_assert_num_queries(1 + 5 + 1 + 2):
        quote_block([(facts, NOW) for facts in mixed * 3])


def test_an_empty_block_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert quote_block([]) == []
    assert rerate_block([]) == []


def test_a_version_that_is_gone_is_told():
    with pytest.raises(RateCardVersion.DoesNotExist):
        rerate_block([({}, 999_999)])
