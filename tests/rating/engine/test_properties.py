"""What must hold of every price, whatever the load and the card."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from rating.engine.book import (
    AccessorialRule,
    CardVersion,
    DetentionTerms,
    FreeTime,
    LaneRow,
    RateBook,
    WeightBreak,
)
from rating.engine.breaks import charge_weight
from rating.engine.choices import Basis, Increments, Precedence, Trigger
from rating.engine.clocks import Wait, measure_wait, minutes_between
from rating.engine.facts import Clock, Item, LoadFacts, Receipt
from rating.engine.money import Rounding, minor_units
from rating.engine.places import Place
from rating.engine.quote import Line
from rating.engine.rate import rate
from tests.rating.engine.building import (
    BOOK,
    DETENTION,
    INDIANAPOLIS,
    LOAD,
    LUMPER,
    VERSION,
    utc,
)
from tests.rating.engine.trying import TRIED

amounts = st.decimals("0", "9999.99", places=2)
rates = st.decimals("0", "99.9999", places=4)
weights = st.integers(1, 44000).map(Decimal)
percentages = st.decimals("0", "99", places=2)
currencies = st.sampled_from(["USD", "CAD", "JPY", "KWD"])
scales = st.dictionaries(st.integers(0, 20000), st.integers(1, 200), min_size=1, max_size=6).map(
    lambda held: tuple(
        WeightBreak(from_weight_lb=Decimal(weight), rate=Decimal(rate))
        for weight, rate in {**held, 0: 150}.items()
    )
)


@st.composite
def lanes(draw: st.DrawFn, row: int = 1) -> LaneRow:
    """A lane that covers the load, on any basis it has the facts for."""
    low, high = sorted((draw(amounts), draw(amounts)))
    return LaneRow(
        row=row,
        origin=Place.parse(draw(st.sampled_from(["60436", "604", "Joliet, IL", "IL", "*"]))),
        destination=Place.parse(draw(st.sampled_from(["43137", "431", "OH", "*"]))),
        basis=draw(st.sampled_from([Basis.FLAT, Basis.PER_MILE, Basis.PER_CWT, Basis.PER_STOP])),
        rate=draw(rates),
        minimum=draw(st.none() | st.just(low)),
        maximum=draw(st.none() | st.just(high)),
        discount_percent=draw(st.none() | percentages),
        priority=draw(st.integers(-1, 1)),
        equipment=draw(st.sampled_from(["", "REEFER_53", "VAN_53"])),
    )


@st.composite
def rules(draw: st.DrawFn, name: str = "R") -> AccessorialRule:
    return AccessorialRule(
        rule=f"{name}-{draw(st.integers(1, 9))}",
        code=draw(st.sampled_from(["AAA", "BBB"])),
        name="Extra",
        trigger=draw(st.sampled_from([Trigger.ALWAYS, Trigger.EXTRA_STOP])),
        basis=draw(st.sampled_from([Basis.FLAT, Basis.PER_MILE, Basis.PERCENT])),
        rate=draw(rates),
        minimum=draw(st.none() | amounts),
        equipment=draw(st.sampled_from(["", "REEFER_53"])),
    )


versions = st.builds(
    replace,
    st.just(VERSION),
    currency=currencies,
    rounding=st.sampled_from(Rounding),
    precedence=st.sampled_from(Precedence),
    discount_percent=percentages,
    minimum_charge=st.none() | st.decimals("0", "500", places=2),
)
schedules = st.lists(rules(), max_size=4, unique_by=lambda rule: rule.rule).map(tuple)
grids = st.lists(lanes(), min_size=1, max_size=5).map(
    lambda found: tuple(replace(lane, row=row) for row, lane in enumerate(found))
)
books = st.builds(
    RateBook, version=versions, lanes=grids, accessorials=schedules, fuel=st.just(BOOK.fuel)
)
loads = st.builds(
    replace, st.just(replace(LOAD, receipts=())), miles=st.integers(1, 3000).map(Decimal)
)


@TRIED
@given(loads, books)
def test_the_total_is_the_sum_of_rounded_lines_in_one_currency(facts: LoadFacts, book: RateBook):
    quote = rate(facts, book)

    assert quote.total == sum(line.amount for line in quote.lines)
    assert {line.currency for line in quote.lines} <= {book.version.currency}
    places = minor_units(book.version.currency)
    assert all(line.amount.as_tuple().exponent == -places for line in quote.lines)


@TRIED
@given(loads, books)
def test_a_line_differs_from_quantity_times_rate_by_less_than_a_minor_unit(
    facts: LoadFacts, book: RateBook
):
    unit = Decimal(1).scaleb(-minor_units(book.version.currency))

    for line in rate(facts, book).lines:
        assert abs(line.amount - line.quantity * line.rate) < unit


@TRIED
@given(loads, books)
def test_every_line_ends_in_its_amount_and_has_an_identity_of_its_own(
    facts: LoadFacts, book: RateBook
):
    lines = rate(facts, book).lines

    assert all(line.steps[-1].text == "Amount" for line in lines)
    assert len({line.identity for line in lines}) == len(lines)


@TRIED
@given(loads, books, st.randoms(use_true_random=False))
def test_the_order_of_lanes_and_rules_never_matters(facts: LoadFacts, book: RateBook, chance: Any):
    grid, schedule = list(book.lanes), list(book.accessorials)
    chance.shuffle(grid)
    chance.shuffle(schedule)
    shuffled = replace(book, lanes=tuple(grid), accessorials=tuple(schedule))

    assert rate(facts, shuffled) == rate(facts, book)


@TRIED
@given(loads, books)
def test_linehaul_is_never_below_its_minimum_nor_above_its_maximum(
    facts: LoadFacts, book: RateBook
):
    quote = rate(facts, book)
    won = next((each for each in quote.candidates if each.is_winner), None)
    lane = next((each for each in book.lanes if won and each.row == won.row), None)
    carried = [line for line in quote.lines if line.code in ("LHS", "DSC")]
    if lane is None or not carried:
        return

    net = sum(line.amount for line in carried)
    money = book.version.rounder.money
    floors = (lane.minimum, book.version.minimum_charge)
    assert all(net >= money(floor) for floor in floors if floor is not None)
    assert lane.maximum is None or net <= money(lane.maximum)


@TRIED
@given(loads, books)
def test_no_accessorial_is_below_its_minimum(facts: LoadFacts, book: RateBook):
    minimum = {rule.rule: rule.minimum or Decimal(0) for rule in book.accessorials}

    for line in rate(facts, book).lines:
        if line.rule in minimum:
            assert line.amount >= book.version.rounder.money(minimum[line.rule])


receipts = st.builds(
    Receipt,
    kind=st.just("LUMPER_RECEIPT"),
    number=st.text("123", min_size=1, max_size=3),
    amount=amounts,
    currency=currencies,
)


@TRIED
@given(
    st.lists(receipts, max_size=4, unique_by=lambda paper: paper.number),
    currencies,
    currencies,
    st.sampled_from([Basis.AS_QUOTED, Basis.FLAT]),
)
def test_money_of_another_currency_is_a_problem_and_never_part_of_a_total(
    papers: list[Receipt], of_card: str, of_load: str, basis: Basis
):
    lane = LaneRow(row=1, basis=basis, rate=Decimal(1))
    book = RateBook(
        version=replace(VERSION, currency=of_card), lanes=(lane,), accessorials=(LUMPER,)
    )
    quoted = replace(LOAD, currency=of_load, quoted_amount=Decimal(900))

    quote = rate(replace(quoted, receipts=tuple(papers)), book)

    assert {line.currency for line in quote.lines} <= {of_card}
    passed = [line for line in quote.lines if line.code == "LUM"]
    own = [paper for paper in papers if paper.currency == of_card]
    assert len(passed) <= len(own)
    assert sum(problem.code == "receipt_unreadable" for problem in quote.problems) >= (
        len(papers) - len(own)
    )
    is_hauled = any(line.code == "LHS" for line in quote.lines)
    assert is_hauled == (basis == Basis.FLAT or of_card == of_load)


@TRIED
@given(scales, weights, weights)
def test_more_weight_never_costs_less_under_alternation(
    scale: tuple[WeightBreak, ...], one: Decimal, other: Decimal
):
    light, heavy = (
        charge_weight([Item(weight_lb=weight)], scale, allows_deficit=True)
        for weight in sorted((one, other))
    )

    assert light
    assert heavy
    assert light.exact <= heavy.exact


@TRIED
@given(scales, weights)
def test_deficit_weight_never_costs_more_than_the_actual_weight(
    scale: tuple[WeightBreak, ...], weight: Decimal
):
    item = Item(weight_lb=weight)
    as_rated = charge_weight([item], scale, allows_deficit=False)
    cheapest = charge_weight([item], scale, allows_deficit=True)

    assert as_rated
    assert cheapest
    assert cheapest.exact <= as_rated.exact
    assert cheapest.billed_lb >= weight


@TRIED
@given(scales, st.lists(weights, min_size=1, max_size=4), versions)
def test_the_lines_of_weight_add_up_to_the_rated_charge(
    scale: tuple[WeightBreak, ...], parts: list[Decimal], version: CardVersion
):
    plain = replace(version, discount_percent=Decimal(0), minimum_charge=None)
    items = tuple(Item(weight_lb=weight) for weight in parts)
    lane = LaneRow(row=1, basis=Basis.PER_CWT, breaks=scale)
    quote = rate(replace(LOAD, items=items), RateBook(version=plain, lanes=(lane,)))
    charge = charge_weight(items, scale, allows_deficit=True)

    assert charge
    if charge.deficit_lb:
        assert quote.total == plain.rounder.money(charge.exact)
    assert len(quote.lines) == len(items) + bool(charge.deficit_lb)


minutes = st.integers(0, 5000)


@TRIED
@given(minutes, minutes, st.sampled_from(Increments), st.integers(1, 120))
def test_longer_waiting_never_costs_less(one: int, other: int, increments: Increments, length: int):
    terms = DetentionTerms(
        free_times=(FreeTime(minutes=120),), increment_minutes=length, increments=increments
    )
    rule = AccessorialRule(
        rule="D", code="DET", name="Detention", trigger=Trigger.DETENTION,
        basis=Basis.PER_HOUR, rate=Decimal("71.37"), detention=terms,
    )  # fmt: skip
    book = RateBook(version=VERSION, accessorials=(rule,))
    start = INDIANAPOLIS.arrived
    assert start

    def cost(stay: int) -> Decimal:
        stop = replace(INDIANAPOLIS, departed=Clock(at=start.at + timedelta(minutes=stay)))
        lines: tuple[Line, ...] = rate(replace(LOAD, stops=(stop,)), book).lines
        return sum((line.amount for line in lines), Decimal(0))

    short, long = sorted((one, other))
    assert cost(short) <= cost(long)


@TRIED
@given(
    st.datetimes(utc("2026-01-01").replace(tzinfo=None), utc("2027-12-31").replace(tzinfo=None)),
    minutes,
    st.timezones(),
)
def test_a_wait_is_the_same_whatever_zone_the_clocks_were_told_in(came: Any, stay: int, zone: Any):
    start = came.replace(tzinfo=utc("2026-01-01").tzinfo)
    end = start + timedelta(minutes=stay)
    stop = replace(
        INDIANAPOLIS,
        appointment_from=None,
        arrived=Clock(at=start.astimezone(zone)),
        departed=Clock(at=end.astimezone(zone)),
    )
    wait = measure_wait(stop, DetentionTerms(free_times=()), None)

    assert isinstance(wait, Wait)
    assert wait.waited == stay == minutes_between(start, end)


# The night's zone, the instant it changes in UTC, and by how many minutes the wall clock jumps.
NIGHTS = (
    ("America/Chicago", "2026-03-08T08:00", 60),
    ("America/Chicago", "2026-11-01T07:00", -60),
    ("America/New_York", "2026-03-08T07:00", 60),
    ("Europe/Berlin", "2026-03-29T01:00", 60),
    ("Europe/Berlin", "2026-10-25T01:00", -60),
    ("Australia/Sydney", "2026-10-03T16:00", 60),
    ("Australia/Lord_Howe", "2026-04-04T15:00", -30),
)


@TRIED
@given(st.sampled_from(NIGHTS), st.integers(1, 600), st.integers(1, 600))
def test_the_night_the_wall_clock_jumps_costs_what_any_night_costs(
    night: tuple[str, str, int], before: int, after: int
):
    zone, change, jump = night
    came, left = (utc(change) + timedelta(minutes=minutes) for minutes in (-before, after))
    wall = [each.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for each in (came, left)]
    terms = DetentionTerms(free_times=(FreeTime(minutes=60),), increment_minutes=15)
    rule = replace(DETENTION, detention=terms, stop_kind=None)

    def cost(start: datetime, end: datetime, timezone: str) -> Decimal:
        stop = replace(
            INDIANAPOLIS, timezone=timezone, appointment_from=start,
            arrived=Clock(at=start), departed=Clock(at=end),
        )  # fmt: skip
        book = RateBook(version=VERSION, accessorials=(rule,))
        lines = rate(replace(LOAD, stops=(stop,)), book).lines
        return sum((line.amount for line in lines), Decimal(0))

    shift = timedelta(days=30)
    assert wall[1] - wall[0] == left - came + timedelta(minutes=jump)
    assert cost(came, left, zone) == cost(came - shift, left - shift, "UTC")
    assert cost(came, left, zone) == 75 * Decimal(max(ceil((before + after - 60) / 15), 0)) / 4
