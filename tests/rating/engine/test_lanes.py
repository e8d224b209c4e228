"""The most precise lane wins, ties are settled for good, and losers know why they lost."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from rating.engine.book import LaneRow, RateBook, Zone
from rating.engine.choices import Basis, PlaceKind, Precedence
from rating.engine.lanes import describe_match, match_lane, score, stop_places
from rating.engine.places import ANYWHERE, Place
from tests.rating.engine.building import BOOK, JOLIET, LANES, LOAD, VERSION, changed

MIDWEST = Zone(name="MW-1", members=frozenset({Place.parse("604"), Place.parse("IN")}))
SOUTH = Zone(name="SOUTH", members=frozenset({Place.parse("OH")}), is_region=True)
ZONES = {zone.name: zone for zone in (MIDWEST, SOUTH)}


def lane(row: int, origin: str, destination: str, **more: Any) -> LaneRow:
    return LaneRow(
        row=row,
        origin=Place.parse(origin),
        destination=Place.parse(destination),
        basis=Basis.FLAT,
        rate=Decimal(row),
        **more,
    )


def book(*lanes: LaneRow, precedence: Precedence = Precedence.SPECIFIC) -> RateBook:
    return RateBook(version=replace(VERSION, precedence=precedence), lanes=lanes, zones=ZONES)


def winner(*lanes: LaneRow, precedence: Precedence = Precedence.SPECIFIC) -> int | None:
    match = match_lane(LOAD, book(*lanes, precedence=precedence))
    return match.lane.row if match.lane else None


# From most to least precise; each beats the next with the same destination.
LADDER = [
    "location PF12", "60436", "604", "Joliet, IL", "zone MW-1", "IL", "*",
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(LADDER) - 1))
def test_the_more_precise_origin_wins(place: int):
    rough, fine = lane(1, LADDER[place + 1], "OH"), lane(2, LADDER[place], "OH")

    assert winner(rough, fine) == 2


def test_a_region_ranks_behind_states_and_before_the_country():
    assert winner(lane(1, "IL", "region SOUTH"), lane(2, "IL", "OH")) == 2
    assert winner(lane(1, "IL", "*"), lane(2, "IL", "region SOUTH")) == 2


def test_both_ends_must_cover_the_load():
    assert winner(lane(1, "604", "KY"), lane(2, "606", "OH")) is None


def test_a_load_without_stops_has_no_lane():
    match = match_lane(replace(LOAD, stops=()), book(lane(1, "*", "*")))

    assert match.lane is None
    assert match.candidates == ()


def test_a_tie_goes_to_the_more_precise_origin():
    # Place of three digits to one of three is 160, and so is a city (100) to a whole code (60).
    assert winner(lane(1, "Joliet, IL", "43137"), lane(2, "604", "431")) == 2


def test_a_tie_of_places_goes_to_the_lane_that_names_the_equipment():
    assert winner(lane(1, "604", "431"), lane(2, "604", "431", equipment="REEFER_53")) == 2


def test_a_tie_of_names_goes_to_the_priority():
    first, second = lane(1, "604", "431", commodity="Chilled dairy"), lane(2, "604", "431")
    second = replace(second, shipment_type="CONTRACT", priority=5)

    assert winner(first, second) == 2


def test_a_tie_of_everything_goes_to_the_lower_row():
    first, second = lane(4, "604", "431", commodity="Chilled dairy"), lane(3, "604", "431")

    assert winner(first, replace(second, shipment_type="CONTRACT")) == 3


def test_the_order_of_rows_never_matters():
    lanes = (
        lane(1, "604", "431"),
        lane(2, "Joliet, IL", "43137"),
        lane(3, "604", "431", equipment="REEFER_53"),
        lane(4, "IL", "OH"),
    )

    assert {winner(*order) for order in permutations(lanes)} == {3}


@pytest.mark.parametrize(
    ("noun", "value"),
    [("equipment", "VAN_53"), ("commodity", "Steel"), ("shipment_type", "SPOT")],
)
def test_a_lane_for_other_freight_loses_and_says_so(noun: str, value: str):
    match = match_lane(LOAD, book(lane(1, "IL", "OH"), lane(2, "604", "431", **{noun: value})))

    assert match.lane
    assert match.lane.row == 1
    loser = match.candidates[1]
    assert loser.reason.startswith(f"is for {noun.replace('_', ' ')} {value}, the load has")


def test_a_load_of_unknown_equipment_fits_no_lane_that_asks_for_one():
    facts = replace(LOAD, equipment="")
    match = match_lane(facts, book(lane(1, "604", "431", equipment="REEFER_53")))

    assert match.lane is None
    assert match.candidates[0].reason == "is for equipment REEFER_53, the load has none"


@pytest.mark.parametrize(
    ("loser", "reason"),
    [
        (lane(2, "604", "OH"), "less specific"),
        (lane(2, "Joliet, IL", "43137"), "less specific at the origin"),
        (
            lane(2, "604", "431"),
            "names less of equipment, commodity and shipment type",
        ),
        (lane(2, "604", "431", commodity="Chilled dairy", priority=-1), "lower priority"),
        (lane(2, "604", "431", commodity="Chilled dairy"), "later row, all else equal"),
    ],
)
def test_a_loser_keeps_the_reason(loser: LaneRow, reason: str):
    won = lane(1, "604", "431", equipment="REEFER_53")
    match = match_lane(LOAD, book(loser, won))

    assert match.lane == won
    assert match.candidates[0].reason == "most specific of 2 lanes"
    assert match.candidates[0].is_winner
    assert (match.candidates[1].row, match.candidates[1].reason) == (2, reason)
    assert not match.candidates[1].is_winner


def test_a_winner_names_what_it_beat():
    alone = match_lane(LOAD, book(lane(1, "604", "431")))
    two = match_lane(LOAD, book(lane(1, "604", "431"), lane(2, "604", "OH")))
    three = match_lane(LOAD, book(lane(1, "604", "431"), lane(2, "604", "OH"), lane(3, "IL", "OH")))

    assert describe_match(alone) == "Lane 604 to 431"
    assert describe_match(two) == "Lane 604 to 431, beats 604 to OH"
    assert describe_match(three) == "Lane 604 to 431, beats 604 to OH and 1 more"


def test_trademarks_order_puts_the_city_before_the_postal_code():
    city, postal = lane(1, "Joliet, IL", "OH"), lane(2, "60436", "OH")

    assert winner(city, postal) == 2
    assert winner(city, postal, precedence=Precedence.CITY_FIRST) == 1


def test_trademarks_order_puts_areas_behind_states():
    area, state = lane(1, "zone MW-1", "OH"), lane(2, "IL", "OH")

    assert winner(area, state) == 1
    assert winner(area, state, precedence=Precedence.CITY_FIRST) == 2


def test_revenova_ranks_a_zone_just_behind_its_members():
    codes = Zone(name="CODES", members=frozenset({Place.parse("604"), Place.parse("606")}))
    zones = {"CODES": codes, "MW-1": MIDWEST}

    assert score(Place.zone("CODES"), Precedence.REVENOVA, zones) == 90
    assert score(Place.zone("MW-1"), Precedence.REVENOVA, zones) == 30
    assert score(Place.zone("LOST"), Precedence.REVENOVA, zones) == 30
    assert score(Place.parse("604"), Precedence.REVENOVA, zones) == 80


@pytest.mark.parametrize(
    ("precedence", "scores"),
    [
        (Precedence.SPECIFIC, [10, 60, 80, 100, 110, 120, 130, 140, 150]),
        (Precedence.REVENOVA, [10, 60, 80, 100, 30, 120, 30, 140, 150]),
        (Precedence.CITY_FIRST, [10, 60, 80, 50, 125, 120, 130, 140, 150]),
    ],
)
def test_the_scores_are_those_of_the_documentation(precedence: Precedence, scores: list[int]):
    assert [score(Place(kind), precedence, {}) for kind in PlaceKind] == scores


def test_a_stop_lies_in_the_zones_that_hold_it():
    places = stop_places(JOLIET, ZONES)

    assert Place.zone("MW-1") in places
    assert Place.region("SOUTH") not in places
    assert ANYWHERE in places


@pytest.mark.parametrize("end", ["origin", "destination"])
def test_both_ends_are_scored_by_the_cards_precedence_and_zones(end: str):
    members = frozenset({Place.parse("604"), Place.parse("431")})
    zones = {"MW-1": Zone(name="MW-1", members=members)}
    near = changed(LANES[0], **{end: Place.zone("MW-1")})
    book = replace(
        BOOK,
        version=replace(VERSION, precedence=Precedence.REVENOVA),
        lanes=(near, LANES[1]),
        zones=zones,
    )

    match = match_lane(LOAD, book)

    assert [(each.label, each.score, each.is_winner) for each in match.candidates] == [
        (near.label, 170, True),
        ("604 to OH", 200, False),
    ]


@pytest.mark.parametrize("ends", [("*", "Columbus, OH", "43137"), ("Joliet, IL", "*", "60436")])
def test_city_before_zip_holds_at_either_end(ends: tuple[str, str, str]):
    city, zip5 = lane(1, *ends[:2]), lane(2, *(end if end == "*" else ends[2] for end in ends[:2]))

    match = match_lane(LOAD, book(zip5, city, precedence=Precedence.CITY_FIRST))

    assert match.lane == city
