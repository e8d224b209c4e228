"""What must hold of every price by class, density and space."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rating.engine.book import LaneRow, RateBook, WeightBreak
from rating.engine.breaks import charge_weight
from rating.engine.choices import Basis, ClassSource
from rating.engine.facts import Item, LoadFacts
from rating.engine.freight import FakRange
from rating.engine.money import Rounding, minor_units
from rating.engine.rate import rate
from rating.engine.shipment import rate_shipment
from tests.rating.engine.building import VERSION
from tests.rating.engine.freight_building import CUBIC, FAK, LINEAR, SCALE, shipped
from tests.rating.engine.trying import TRIED

CLASSES = ("70", "85", "100", "250")
OUTSIDE = FakRange(min_class="200", max_class="300", rated_class="85")
# Without floor and discount of its own, so that nothing jumps where it ends.
GENTLE = replace(CUBIC, floor_class="", discount_percent=None, uses_fak=True)

inches = st.integers(10, 100).map(Decimal)
pounds = st.integers(1, 9000).map(Decimal)
cents = st.integers(0, 300000).map(lambda held: Decimal(held) / 100)
items = st.builds(
    Item,
    weight_lb=pounds,
    freight_class=st.sampled_from(CLASSES),
    pieces=st.integers(1, 12),
    length_in=inches,
    width_in=inches,
    height_in=inches,
    is_stackable=st.booleans(),
)
shipments = st.lists(items, min_size=1, max_size=3).map(lambda held: shipped(*held))
fak = st.sampled_from([(), (FAK,), (FAK, OUTSIDE)])


@st.composite
def tariffs(draw: st.DrawFn) -> LaneRow:
    """Rates by class that may fall or rise with the weight, and bounds that do not cross."""
    weights = [0, *draw(st.lists(st.integers(1, 12000), max_size=3, unique=True))]
    breaks = tuple(
        WeightBreak(
            from_weight_lb=Decimal(weight),
            freight_class=name,
            rate=Decimal(draw(st.integers(1, 9000))) / 100,
        )
        for name in (*CLASSES, "125", "400")
        for weight in weights
    )
    low, high = sorted((draw(cents), draw(cents) + 1000))
    return LaneRow(
        row=1,
        basis=Basis.PER_CWT,
        breaks=breaks,
        minimum=draw(st.none() | st.just(low)),
        maximum=draw(st.none() | st.just(high)),
    )


versions = st.builds(
    replace,
    st.just(VERSION),
    rounding=st.sampled_from(Rounding),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    discount_percent=st.integers(0, 80).map(Decimal),
    unstackable_height_in=st.sampled_from([None, Decimal(96)]),
    trailer_width_in=st.sampled_from([Decimal(96), Decimal(101)]),
    stacked_pieces=st.integers(1, 2),
)
books = st.builds(
    RateBook,
    version=versions,
    lanes=tariffs().map(lambda lane: (lane,)),
    fak=fak,
    space_rules=st.sampled_from(
        [(), (CUBIC,), (CUBIC, LINEAR), (replace(CUBIC, floor_class="400"), LINEAR)]
    ),
)


def exact(facts: LoadFacts, book: RateBook) -> Decimal:
    """What the freight costs before any line is rounded."""
    shipment = rate_shipment(facts, book, book.lanes[0])
    charge = charge_weight(
        shipment.items, book.lanes[0].breaks, allows_deficit=True, least_lb=shipment.least_lb
    )
    assert charge
    return charge.exact


def heavier(facts: LoadFacts, place: int, by: Decimal) -> LoadFacts:
    grown = list(facts.items)
    grown[place] = replace(grown[place], weight_lb=grown[place].weight_lb + by)
    return replace(facts, items=tuple(grown))


@TRIED
@given(items, pounds, books)
def test_more_weight_of_one_class_never_costs_less_to_the_cent(
    item: Item, more: Decimal, book: RateBook
):
    plain = replace(book, space_rules=())
    light, heavy = (rate(facts, plain) for facts in (
        shipped(item), heavier(shipped(item), 0, more),
    ))  # fmt: skip

    assert light.total <= heavy.total


@TRIED
@given(shipments, st.integers(0, 2), pounds, tariffs(), fak, st.booleans())
def test_more_of_any_item_of_mixed_freight_never_costs_less(
    facts: LoadFacts,
    place: int,
    more: Decimal,
    lane: LaneRow,
    ranges: tuple[FakRange, ...],
    is_deemed: bool,
):
    rules = (GENTLE,) if is_deemed else ()
    book = RateBook(version=VERSION, lanes=(lane,), fak=ranges, space_rules=rules)
    grown = heavier(facts, place % len(facts.items), more)

    assert exact(facts, book) <= exact(grown, book)


@TRIED
@given(shipments, books)
def test_freight_is_never_below_its_minimum_nor_above_its_maximum(facts: LoadFacts, book: RateBook):
    lane, money = book.lanes[0], book.version.rounder.money

    quote = rate(facts, book)

    assert quote.problems == ()
    assert lane.minimum is None or quote.total >= money(lane.minimum)
    assert lane.maximum is None or quote.total <= money(lane.maximum)


@TRIED
@given(shipments, books)
def test_the_lines_of_freight_add_up_in_whole_minor_units(facts: LoadFacts, book: RateBook):
    unit = Decimal(1).scaleb(-minor_units(book.version.currency))

    quote = rate(facts, book)

    assert quote.total == sum(line.amount for line in quote.lines)
    assert len({line.identity for line in quote.lines}) == len(quote.lines)
    assert all(line.amount == line.amount.quantize(unit) for line in quote.lines)
    for line in quote.lines:
        assert line.steps[-1].text == "Amount"
        assert line.code == "DAA" or abs(line.amount - line.quantity * line.rate) < unit


@TRIED
@given(shipments, books, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_items_and_of_freight_rules_never_matters(
    facts: LoadFacts, book: RateBook, is_by_density: bool, chance: Any
):
    source = ClassSource.DENSITY if is_by_density else ClassSource.DECLARED
    version = replace(book.version, class_source=source)
    one = replace(book, version=version, density_scale=SCALE)
    held, ranges, rules = list(facts.items), list(book.fak), list(book.space_rules)
    for each in (held, ranges, rules):
        chance.shuffle(each)
    other = replace(one, fak=tuple(ranges), space_rules=tuple(rules))

    def printed(quote: Any) -> list[tuple[Any, ...]]:
        lines = [(line.code, line.quantity, line.rate, line.amount) for line in quote.lines]
        return [quote.total, len(quote.problems), *sorted(lines)]

    shuffled = rate(replace(facts, items=tuple(held)), other)
    assert printed(shuffled) == printed(rate(facts, one))
