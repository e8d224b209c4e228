"""A wait that turns into a layover, under both readings of the tariffs."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.book import AccessorialRule
from rating.engine.choices import Basis, Conversion, LayoverPeriod, Trigger
from rating.engine.facts import Clock, LoadFacts, Service
from rating.engine.quote import Line, Quote
from rating.engine.rate import rate
from tests.rating.engine.building import BOOK, DETENTION, LOAD, TERMS, only, utc, with_stop

LAYOVER = AccessorialRule(
    rule="LAY-1", code="LAY", name="Layover", trigger=Trigger.SERVICE, service="LAYOVER",
    basis=Basis.PER_UNIT, rate=Decimal(350),
)  # fmt: skip


def converting(**changes: Any) -> AccessorialRule:
    """After nine hours it is a layover (fwccinc.com)."""
    nine_hours = replace(TERMS, layover_after_minutes=540, layover_rule="LAY-1")
    return replace(DETENTION, detention=replace(nine_hours, **changes))


def held(hours: int, minutes: int = 0) -> LoadFacts:
    """Held at stop 2 so long after its appointment at 14:00 local, and at no other."""
    left = utc("2026-11-18T19:00") + timedelta(hours=hours, minutes=minutes)
    facts = with_stop(LOAD, 2, departed=Clock(at=left))
    return with_stop(facts, 3, departed=Clock(at=utc("2026-11-19T12:00")))


def quote(facts: LoadFacts, rule: AccessorialRule, *others: AccessorialRule) -> Quote:
    return rate(facts, only(BOOK, rule, *(others or (LAYOVER,))))


def lines(found: Quote) -> dict[str, Line]:
    return {line.code: line for line in found.lines if line.stop_sequence == 2}


def test_a_wait_of_nine_hours_is_still_detention():
    found = lines(quote(held(9), converting()))

    assert found["DET"].amount == Decimal("525.00")
    assert "LAY" not in found


def test_a_layover_follows_the_detention_of_the_first_nine_hours():
    found = lines(quote(held(11), converting()))

    assert found["DET"].amount == Decimal("525.00")
    assert (found["LAY"].quantity, found["LAY"].unit, found["LAY"].amount) == (
        Decimal(1), "day", Decimal("350.00"),
    )  # fmt: skip


def test_a_layover_may_replace_the_detention():
    found = quote(held(11), converting(conversion=Conversion.LAYOVER_REPLACES))

    assert set(lines(found)) == {"LAY"}
    assert "After 9h of waiting it is a layover, which replaces detention (LAY-1)" in [
        each.reason for each in found.no_charges
    ]


def test_both_lines_tell_of_it():
    found = lines(quote(held(11), converting()))

    assert (
        "After 9h of waiting it is a layover, which follows (LAY-1)", "7h 00m of detention",
    ) in [(step.text, step.value) for step in found["DET"].steps]  # fmt: skip
    assert [(step.text, step.value) for step in found["LAY"].steps[:3]] == [
        ("After 9h of waiting it is a layover, which follows detention (DET-4)",
         "Nov 18 23:00 EST"),
        ("From Nov 18 23:00 EST to Nov 19 01:00 EST", "2h 00m"),
        ("Each 24 hours begun", "1 day"),
    ]  # fmt: skip
    assert found["LAY"].summary == "1 day from Nov 18 23:00 EST"
    assert [each.kind for each in found["LAY"].evidence][:2] == ["clock", "clock"]


@pytest.mark.parametrize(
    ("conversion", "period", "hours", "minutes", "count"),
    [
        # Followed from 23:00 on: each started 24 hours, or each night begun.
        (Conversion.LAYOVER_FOLLOWS, LayoverPeriod.DAY, 33, 0, 1),
        (Conversion.LAYOVER_FOLLOWS, LayoverPeriod.DAY, 33, 1, 2),
        (Conversion.LAYOVER_FOLLOWS, LayoverPeriod.NIGHT, 9, 30, 1),
        (Conversion.LAYOVER_FOLLOWS, LayoverPeriod.NIGHT, 33, 1, 1),
        (Conversion.LAYOVER_FOLLOWS, LayoverPeriod.NIGHT, 34, 0, 2),
        # Replaced from 14:00 on.
        (Conversion.LAYOVER_REPLACES, LayoverPeriod.DAY, 24, 0, 1),
        (Conversion.LAYOVER_REPLACES, LayoverPeriod.DAY, 24, 1, 2),
        (Conversion.LAYOVER_REPLACES, LayoverPeriod.NIGHT, 11, 0, 1),
    ],
)
def test_what_a_layover_is_charged_for_is_a_setting(
    conversion: Conversion, period: LayoverPeriod, hours: int, minutes: int, count: int
):
    rule = converting(conversion=conversion, layover_period=period)

    line = lines(quote(held(hours, minutes), rule))["LAY"]

    assert (line.quantity, line.amount) == (Decimal(count), Decimal(350) * count)


def test_a_night_when_the_clocks_jump_is_one_night():
    stop: dict[str, Any] = {
        "timezone": "America/New_York", "appointment_from": None, "is_fcfs": True,
        "arrived": Clock(at=utc("2026-10-31T20:00")), "departed": Clock(at=utc("2026-11-01T13:00")),
    }  # fmt: skip
    night = converting(layover_period=LayoverPeriod.NIGHT, conversion=Conversion.LAYOVER_REPLACES)

    assert lines(quote(with_stop(LOAD, 2, **stop), night))["LAY"].quantity == 1


def test_a_threshold_inside_the_free_time_leaves_no_detention():
    found = quote(held(3), converting(layover_after_minutes=60))

    assert set(lines(found)) == {"LAY"}


def test_a_layover_somebody_recorded_is_charged_as_recorded():
    recorded = Service(code="LAYOVER", quantity=Decimal(2), unit="night", stop_sequence=2)
    found = quote(replace(held(11), services=(recorded,)), converting())

    assert [line.amount for line in found.lines if line.code == "LAY"] == [Decimal("700.00")]
    assert "the layover at stop 2 is charged as it was recorded" in [
        each.reason for each in found.no_charges
    ]


def test_a_card_that_has_no_such_layover_is_a_problem():
    elsewhere = replace(LAYOVER, equipment="FLATBED")
    found = quote(held(11), converting(), elsewhere)

    assert lines(found)["DET"].amount == Decimal("525.00")
    assert [(each.code, each.subject_key) for each in found.problems] == [("no_rate", "rule:LAY-1")]
