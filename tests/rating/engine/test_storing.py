"""Facts survive years in a JSON column, to the last decimal."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rating.engine import facts as engine_facts
from rating.engine import storing
from rating.engine.choices import StopKind
from rating.engine.facts import Item, LoadFacts, Pause, Service
from rating.engine.quote import Line, Quote
from rating.engine.rate import rate
from tests.rating.engine.building import BOOK, LOAD, changed, clock, with_stop

LUNCH = Pause(start=clock("2026-11-18T20:00"), end=clock("2026-11-18T20:30"))
FULL = replace(
    with_stop(LOAD, 2, pauses=(LUNCH,)),
    items=(Item(weight_lb=Decimal("600.5"), freight_class="77.5"),),
    services=(Service(code="LAYOVER", quantity=Decimal("2"), unit="night"),),
    quoted_amount=Decimal("1445.76"),
    cancelled=clock("2026-11-18T12:00"),
)


@pytest.mark.parametrize("facts", [LoadFacts(), LOAD, FULL])
def test_facts_come_back_as_they_were_through_text(facts: LoadFacts):
    text = json.dumps(engine_facts.to_json(facts))

    assert engine_facts.from_json(json.loads(text)) == facts


def test_equal_facts_are_equal_text():
    assert storing.canonical(LOAD) == storing.canonical(replace(LOAD))
    assert storing.canonical(LOAD) != storing.canonical(replace(LOAD, miles=Decimal("377.1")))
    assert storing.canonical(LoadFacts(load="é", customer_id=1)) == '{"customer_id":1,"load":"é"}'


def test_what_is_not_known_is_not_stored():
    assert engine_facts.to_json(LoadFacts(load="1")) == {"load": "1"}


def test_instants_are_stored_in_utc_and_decimals_as_text():
    stored = engine_facts.to_json(LOAD)

    assert stored["miles"] == "377"
    assert stored["pickup_on"] == "2026-11-18"
    assert stored["stops"][1]["arrived"] == {
        "at": "2026-11-18T18:48:00Z",
        "source": "ELD geofence",
        "reference": "milestone:7",
    }
    assert stored["stops"][1]["kind"] == "STOP_OFF"


def test_a_key_of_a_later_day_is_left_alone():
    stored = engine_facts.to_json(LOAD) | {"driver_mood": "sunny"}

    assert engine_facts.from_json(stored) == LOAD


def test_stored_facts_rate_to_the_same_quote():
    stored = json.loads(json.dumps(engine_facts.to_json(FULL)))

    assert rate(engine_facts.from_json(stored), BOOK) == rate(FULL, BOOK)


def test_a_whole_quote_can_be_stored():
    quote = rate(LOAD, BOOK)
    plain = json.loads(json.dumps(storing.to_plain(quote)))

    assert storing.from_plain(Quote, plain) == quote
    assert storing.from_plain(Line, plain["lines"][0]) == quote.lines[0]


@pytest.mark.parametrize(
    "data",
    [
        {"miles": "far"},
        {"stops": [{"sequence": 1, "kind": "HELICOPTER"}]},
        {"stops": [{}]},
        {"pickup_on": "soon"},
        {"cancelled": {"at": "2026-11-18T12:00"}},
        ["not", "facts"],
        None,
    ],
)
def test_what_was_not_written_here_is_refused(data: Any):
    with pytest.raises(storing.Unreadable, match="stored LoadFacts cannot be read"):
        storing.from_plain(LoadFacts, data)


def test_a_float_has_no_place_in_stored_facts():
    with pytest.raises(TypeError, match="float has no place"):
        storing.to_plain(changed(LOAD, miles=377.1))


@dataclass(frozen=True)
class Everything:
    """One field of each kind that can be stored."""

    text: str = ""
    count: int = 0
    flag: bool = False
    day: date | None = None


def test_scalars_keep_their_kind():
    held = Everything(text="7", count=7, flag=True, day=date(2026, 2, 28))

    assert storing.to_plain(held) == {"text": "7", "count": 7, "flag": True, "day": "2026-02-28"}
    assert storing.from_plain(Everything, storing.to_plain(held)) == held


@dataclass(frozen=True)
class Unread:
    """A kind that nothing has read before, so that no reader of it is kept."""

    amount: Decimal
    note: str = ""


def test_a_kind_is_read_field_by_field():
    read = storing.from_plain(Unread, {"amount": "1.50", "unknown": 1})

    assert read == Unread(amount=Decimal("1.50"))


def test_an_instant_of_another_zone_is_stored_in_utc():
    chicago = datetime(2026, 11, 18, 6, 52, tzinfo=ZoneInfo("America/Chicago"))

    assert storing.to_plain(chicago) == "2026-11-18T12:52:00Z"


def test_a_named_choice_is_stored_as_plain_text():
    assert type(storing.to_plain(StopKind.DROP)) is str
