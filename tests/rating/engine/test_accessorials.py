"""One charge for one event, by the rule that fits best, in any order of the schedule."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from rating.engine.accessorials import detention_terms
from rating.engine.book import AccessorialRule, Tier
from rating.engine.cancellations import charge_truck_not_used
from rating.engine.charging import Desk
from rating.engine.choices import Basis, Occurrences, StopKind, Trigger
from rating.engine.facts import LoadFacts, Receipt, Service, StopFacts
from rating.engine.quote import Evidence, Line, ProblemCode, Quote
from rating.engine.rate import rate
from tests.rating.engine.building import (
    BOOK,
    COLUMBUS,
    DETENTION,
    JOLIET,
    LOAD,
    LUMPER,
    STOP_OFF,
    TONU,
    VERSION,
    changed,
    clock,
    only,
    utc,
)

LAYOVER = AccessorialRule(
    rule="LAY-1",
    code="LAY",
    name="Layover",
    trigger=Trigger.SERVICE,
    service="LAYOVER",
    basis=Basis.PER_UNIT,
    rate=Decimal(300),
)
HAZMAT = AccessorialRule(
    rule="HAZ-1", code="HAZ", name="Hazmat", trigger=Trigger.ALWAYS, rate=Decimal(150)
)
NIGHTS = Service(
    code="LAYOVER",
    quantity=Decimal(2),
    unit="night",
    stop_sequence=3,
    source="dispatcher",
    reference="milestone:91",
)


def quote(*rules: AccessorialRule, facts: LoadFacts = LOAD) -> Quote:
    return rate(facts, only(BOOK, *rules))


def extras(*rules: AccessorialRule, facts: LoadFacts = LOAD) -> list[Line]:
    return [line for line in quote(*rules, facts=facts).lines if line.code != "LHS"]


def reasons(*rules: AccessorialRule, facts: LoadFacts = LOAD) -> list[str]:
    return [each.reason for each in quote(*rules, facts=facts).no_charges]


def route(extra: int) -> LoadFacts:
    """The load with so many stops between its first and its last."""
    between = tuple(StopFacts(sequence=n, kind=StopKind.STOP_OFF) for n in range(2, 2 + extra))
    return replace(LOAD, stops=(JOLIET, *between, replace(COLUMBUS, sequence=2 + extra)))


def test_the_first_and_last_stop_are_in_the_linehaul():
    assert extras(STOP_OFF, facts=route(0)) == []


def test_every_extra_stop_is_a_charge_with_its_own_identity():
    found = extras(STOP_OFF, facts=route(3))

    assert [(line.identity, line.amount) for line in found] == [
        (("SOC", 2, 1), Decimal("75.00")),
        (("SOC", 3, 1), Decimal("75.00")),
        (("SOC", 4, 1), Decimal("75.00")),
    ]
    assert found[2].summary == "Stop 3 beyond 2"
    assert [(step.text, step.value) for step in found[2].steps] == [
        ("Stops beyond the 2 included", "no. 3"),
        ("1 stop × $75.00 per stop", "$75.00"),
        ("Amount", "$75.00"),
    ]
    assert extras(STOP_OFF)[0].evidence[0].text == "2 Lakeshore Grocers RDC Indianapolis"


def test_tiers_rise_with_each_extra_stop_and_the_last_one_goes_on():
    tiers = tuple(
        Tier(from_quantity=Decimal(n), rate=Decimal(rate)) for n, rate in ((2, 175), (1, 100))
    )

    found = extras(replace(STOP_OFF, tiers=tiers), facts=route(3))

    assert [line.amount for line in found] == [Decimal(100), Decimal(175), Decimal(175)]


def test_a_card_may_include_more_than_two_stops():
    rule = replace(STOP_OFF, free_stops=3)

    assert [line.stop_sequence for line in extras(rule, facts=route(2))] == [3]
    assert reasons(rule, facts=route(2)) == ["3 stops are included"]
    assert extras(rule, facts=route(2))[0].summary == "Stop 1 beyond 3"


def test_a_stop_off_rule_for_another_kind_of_stop_is_silent():
    rule = replace(STOP_OFF, stop_kind=StopKind.DROP)

    assert extras(rule) == []


def test_a_skipped_stop_is_not_an_extra_stop():
    facts = replace(LOAD, stops=(JOLIET, replace(LOAD.stops[1], is_skipped=True), COLUMBUS))

    assert extras(STOP_OFF, facts=facts) == []


def test_a_stop_that_a_rule_leaves_out_still_counts_as_a_stop():
    stops = (JOLIET, replace(LOAD.stops[1], kind=StopKind.DROP), replace(LOAD.stops[1], sequence=3),
             replace(COLUMBUS, sequence=4))  # fmt: skip
    rule = replace(STOP_OFF, stop_kind=StopKind.STOP_OFF)

    (line,) = extras(rule, facts=replace(LOAD, stops=stops))

    assert line.summary == "Stop 2 beyond 2"


def test_a_lumper_is_passed_through_at_cost():
    (line,) = extras(LUMPER)

    assert (line.basis, line.quantity, line.rate, line.amount) == (
        Basis.PASS_THROUGH, Decimal(1), Decimal("285.00"), Decimal("285.00"),
    )  # fmt: skip
    assert (line.description, line.summary) == ("Lumper, stop 3", "Receipt 5519, at cost")
    assert [(step.text, step.value) for step in line.steps] == [
        ("Receipt 5519", "$285.00"),
        ("Amount", "$285.00"),
    ]
    assert line.evidence[0].reference == "document:12"


def test_fees_are_added_and_shown():
    (line,) = extras(replace(LUMPER, fee_amount=Decimal(5), fee_percent=Decimal("2.5")))

    assert line.amount == Decimal("297.13")
    assert line.summary == "Receipt 5519, cost and fee"
    assert [(step.text, step.value) for step in line.steps[1:3]] == [
        ("Fee for each receipt", "$5.00"),
        ("Fee of 2.5 %", "$7.13"),
    ]


@pytest.mark.parametrize("fee", [{"fee_amount": Decimal(5)}, {"fee_percent": Decimal(5)}])
def test_either_fee_is_named_in_the_summary(fee: dict[str, Any]):
    (line,) = extras(replace(LUMPER, **fee))

    assert line.summary == "Receipt 5519, cost and fee"


def test_a_cap_holds_a_receipt_and_a_limit_asks_a_person():
    (capped,) = extras(replace(LUMPER, maximum=Decimal(200)))
    (asked,) = extras(replace(LUMPER, approval_above_amount=Decimal(284)))

    assert (capped.basis, capped.amount) == (Basis.MAXIMUM, Decimal("200.00"))
    assert asked.approval_reason == "over $284.00"


def with_receipts(*receipts: Receipt) -> LoadFacts:
    return replace(LOAD, receipts=receipts)


RECEIPT = LOAD.receipts[0]


def test_two_receipts_at_one_stop_are_two_occurrences():
    second = replace(RECEIPT, number="5520", amount=Decimal(40), reference="document:13")

    found = extras(LUMPER, facts=with_receipts(RECEIPT, second))

    assert [(line.identity, line.amount) for line in found] == [
        (("LUM", 3, 1), Decimal("285.00")),
        (("LUM", 3, 2), Decimal("40.00")),
    ]


def test_the_same_receipt_filed_twice_is_charged_once():
    again = replace(RECEIPT, reference="document:13")
    found = quote(LUMPER, facts=with_receipts(RECEIPT, again))

    assert [line.amount for line in found.lines if line.code == "LUM"] == [Decimal("285.00")]
    assert [each.reason for each in found.no_charges] == ["receipt 5519 is already charged"]


def test_the_same_receipt_with_another_amount_is_a_problem():
    again = replace(RECEIPT, amount=Decimal(300), reference="document:13")
    (problem,) = quote(LUMPER, facts=with_receipts(RECEIPT, again)).problems

    assert (problem.code, problem.subject_key) == ("receipt_unreadable", "document:13")
    assert problem.message == "LUMP-1: receipt 5519 was filed before with another amount"


def test_receipts_without_a_number_are_not_taken_for_one():
    bare = replace(RECEIPT, number="")

    assert len(extras(LUMPER, facts=with_receipts(bare, bare))) == 2


@pytest.mark.parametrize(
    ("changes", "message", "subject"),
    [
        ({"amount": None}, "LUMP-1: receipt 5519 has no amount", "document:12"),
        (
            {"currency": "CAD"},
            "LUMP-1: receipt 5519 is in CAD, the card in USD",
            "document:12",
        ),
        ({"amount": None, "reference": ""}, "LUMP-1: receipt 5519 has no amount", "receipt:5519"),
    ],
)
def test_a_receipt_that_cannot_be_read_is_a_problem(
    changes: dict[str, Any], message: str, subject: str
):
    (problem,) = quote(LUMPER, facts=with_receipts(replace(RECEIPT, **changes))).problems

    assert (problem.code, problem.message, problem.subject_key, problem.stop_sequence) == (
        "receipt_unreadable", message, subject, 3,
    )  # fmt: skip


def test_a_receipt_without_a_currency_is_in_the_cards():
    assert extras(LUMPER, facts=with_receipts(replace(RECEIPT, currency="")))


def test_a_receipt_over_nothing_charges_nothing():
    facts = with_receipts(replace(RECEIPT, amount=Decimal(0)))

    assert extras(LUMPER, facts=facts) == []
    assert reasons(LUMPER, facts=facts) == ["receipt 5519 is over 0"]


def test_a_receipt_no_rule_passes_through_is_left_alone():
    found = quote(LUMPER, facts=with_receipts(replace(RECEIPT, kind="SCALE_TICKET")))

    assert [line.code for line in found.lines] == ["LHS"]
    assert found.problems == ()


def test_a_receipt_of_the_whole_load_has_no_stop():
    (line,) = extras(LUMPER, facts=with_receipts(replace(RECEIPT, stop_sequence=None)))

    assert line.description == "Lumper"
    assert line.stop_sequence is None


@pytest.mark.parametrize(
    ("stop", "subject"), [(3, "receipt:LUMPER:3"), (None, "receipt:LUMPER:load")]
)
def test_lumper_work_without_a_receipt_is_a_problem(stop: int | None, subject: str):
    work = Service(code="LUMPER", stop_sequence=stop)
    (problem,) = quote(LUMPER, facts=replace(with_receipts(), services=(work,))).problems

    assert (problem.code, problem.subject_key) == ("receipt_missing", subject)
    assert "LUMPER was done" in problem.message
    assert ("at stop 3" in problem.message) is (stop == 3)


@pytest.mark.parametrize("receipt_stop", [3, None])
def test_lumper_work_with_its_receipt_is_not(receipt_stop: int | None):
    receipt = replace(RECEIPT, stop_sequence=receipt_stop)
    facts = replace(with_receipts(receipt), services=(Service(code="LUMPER", stop_sequence=3),))

    assert quote(LUMPER, facts=facts).problems == ()


def test_the_receipt_of_another_stop_does_not_prove_the_work():
    facts = replace(LOAD, services=(Service(code="LUMPER", stop_sequence=2),))

    assert [each.code for each in quote(LUMPER, facts=facts).problems] == ["receipt_missing"]


def test_a_recorded_service_is_charged_by_its_units():
    (line,) = extras(LAYOVER, facts=replace(LOAD, services=(NIGHTS,)))

    assert (line.quantity, line.unit, line.amount) == (Decimal(2), "night", Decimal("600.00"))
    assert (line.description, line.summary) == ("Layover, stop 3", "2 nights")
    assert line.evidence[0].reference == "milestone:91"
    assert line.steps[0].text == "Recorded: Layover"


def test_a_service_no_rule_listens_to_is_a_problem_never_lost():
    other = replace(NIGHTS, code="TARP")
    found = quote(LAYOVER, facts=replace(LOAD, services=(other, other)))

    assert [line.code for line in found.lines] == ["LHS"]
    assert [(each.code, each.subject_key, each.message) for each in found.problems] == [
        (
            "no_rule",
            "service:TARP",
            "TARP was recorded, and Prairie Foods Reefer v6 has no rule for it",
        )
    ]


@pytest.mark.parametrize(("stop", "is_priced"), [(1, False), (3, True), (None, False)])
def test_a_rule_for_another_kind_of_stop_prices_no_service(stop: int | None, is_priced: bool):
    rule = replace(LAYOVER, stop_kind=StopKind.DELIVERY)
    found = quote(rule, facts=replace(LOAD, services=(replace(NIGHTS, stop_sequence=stop),)))

    assert [each.code for each in found.problems] == ["no_rule"] * (not is_priced)


def test_a_service_that_follows_from_other_facts_needs_no_rule():
    weighed = Service(code="REWEIGH", is_told=False)

    assert quote(LAYOVER, facts=replace(LOAD, services=(weighed,))).problems == ()


def test_who_authorised_a_service_and_when_is_evidence():
    told = replace(NIGHTS, at=utc("2026-11-19T03:00"), authorised_by="K. Moss")
    (line,) = extras(LAYOVER, facts=replace(LOAD, services=(told,)))

    assert line.evidence == (
        Evidence(
            kind="service",
            text="LAYOVER, 2 nights, authorised by K. Moss",
            source="dispatcher",
            reference="milestone:91",
            at="2026-11-19T03:00:00Z",
        ),
    )


GATE = Service(code="LIFTGATE", stop_sequence=1, source="tms")
LIFTGATE = AccessorialRule(
    rule="LFT-1", code="LFT", name="Liftgate", trigger=Trigger.SERVICE, service="LIFTGATE",
    rate=Decimal(85),
)  # fmt: skip


@pytest.mark.parametrize(
    ("occurrences", "stops"),
    [
        (Occurrences.EVENT, [1, 1, 2, 3]),
        (Occurrences.EACH, [1, 1, 1, 2, 3]),
        (Occurrences.STOP, [1, 2, 3]),
        (Occurrences.END, [1, 2]),
        (Occurrences.LOAD, [1]),
    ],
)
def test_how_often_a_service_is_charged_is_a_setting(occurrences: Occurrences, stops: list[int]):
    told = (
        GATE,
        replace(GATE, source="edi"),  # the same event, told by somebody else
        GATE,  # once more by the same: another event
        replace(GATE, stop_sequence=2),
        replace(GATE, stop_sequence=3),
    )
    found = quote(replace(LIFTGATE, occurrences=occurrences), facts=replace(LOAD, services=told))

    assert [line.stop_sequence for line in found.lines if line.code == "LFT"] == stops
    assert len(found.no_charges) == len(told) - len(stops)


def test_what_is_not_charged_again_says_why():
    told = (GATE, replace(GATE, source="edi", reference="milestone:8"))
    found = quote(LIFTGATE, facts=replace(LOAD, services=told))

    (again,) = found.no_charges
    assert again.reason == "LIFTGATE was told by another source too, and is charged once"
    assert again.evidence[0].reference == "milestone:8"


def test_a_quantity_under_the_first_tier_charges_nothing():
    rule = replace(LAYOVER, tiers=(Tier(from_quantity=Decimal(3), rate=Decimal(100)),))
    facts = replace(LOAD, services=(NIGHTS,))

    assert extras(rule, facts=facts) == []
    assert reasons(rule, facts=facts) == ["2 is under the first tier"]


def test_a_charge_of_every_load_is_made_once():
    (line,) = extras(HAZMAT)

    assert (line.identity, line.amount, line.unit) == (
        ("HAZ", None, 1),
        Decimal("150.00"),
        "charge",
    )


def test_a_rule_for_a_kind_of_stop_does_not_charge_the_load():
    assert extras(replace(HAZMAT, stop_kind=StopKind.PICKUP)) == []


def test_a_percentage_is_taken_of_the_net_linehaul():
    (line,) = extras(replace(HAZMAT, basis=Basis.PERCENT, rate=Decimal(10)))

    assert line.amount == Decimal("91.23")
    assert line.steps[0].text == "10 % of $912.34"


def test_a_percentage_of_a_linehaul_that_is_not_known_is_a_problem():
    book = replace(only(BOOK, replace(HAZMAT, basis=Basis.PERCENT, rate=Decimal(10))), lanes=())
    found = rate(LOAD, book)

    assert [each.subject_key for each in found.problems] == ["lane", "fact:linehaul"]
    assert found.problems[1].message == (
        "HAZ-1: is charged on linehaul, which the load does not have"
    )


@pytest.mark.parametrize(
    ("noun", "fits", "other"),
    [
        ("equipment", "REEFER_53", "VAN_53"),
        ("commodity", "Chilled dairy", "Steel"),
        ("shipment_type", "CONTRACT", "SPOT"),
    ],
)
def test_a_rule_for_other_freight_is_silent_and_one_for_this_freight_wins(
    noun: str, fits: str, other: str
):
    special = changed(HAZMAT, rule="HAZ-2", rate=Decimal(999), **{noun: fits})
    foreign = changed(HAZMAT, rule="HAZ-0", rate=Decimal(1), **{noun: other})

    assert [line.rule for line in extras(HAZMAT, special, foreign)] == ["HAZ-2"]


def test_between_equal_rules_the_lower_name_wins():
    twin = replace(HAZMAT, rule="HAZ-0", rate=Decimal(1))

    assert [line.rule for line in extras(HAZMAT, twin)] == ["HAZ-0"]


def test_a_rule_for_the_kind_of_stop_wins_at_that_stop():
    for_deliveries = replace(LAYOVER, rule="LAY-2", rate=Decimal(350), stop_kind=StopKind.DELIVERY)
    facts = replace(LOAD, services=(NIGHTS, replace(NIGHTS, stop_sequence=1)))

    found = extras(LAYOVER, for_deliveries, facts=facts)

    assert [(line.stop_sequence, line.rule) for line in found] == [(1, "LAY-1"), (3, "LAY-2")]


def test_rules_of_one_code_share_its_numbers():
    always = replace(HAZMAT, rule="LAY-9", code="LAY", name="Standby")
    facts = replace(LOAD, services=(replace(NIGHTS, stop_sequence=None),) * 2)

    found = extras(LAYOVER, always, facts=facts)

    assert [line.identity for line in found] == [("LAY", None, n) for n in (1, 2, 3)]


def test_the_order_of_the_schedule_never_matters():
    rules = (HAZMAT, replace(HAZMAT, rule="HAZ-0"), LAYOVER, LUMPER, STOP_OFF)
    facts = replace(LOAD, services=(NIGHTS,))
    book = replace(only(BOOK), accessorials=rules)
    expected = rate(facts, book)

    for order in permutations(rules):
        assert rate(facts, replace(book, accessorials=order)) == expected


NOT_USED = replace(LOAD, truck_not_used=clock("2026-11-18T12:00", reference="milestone:3"))


def cancelled(at: str) -> LoadFacts:
    return replace(LOAD, cancelled=clock(at))


def test_a_truck_ordered_and_not_used_is_the_only_charge():
    found = rate(NOT_USED, BOOK)

    (line,) = found.lines
    assert (line.identity, line.amount) == (("TONU", None, 1), Decimal("250.00"))
    assert line.summary == "Truck ordered and not used"
    assert line.steps[0].value == "Nov 18 06:00 CST"
    assert line.evidence[0].reference == "milestone:3"
    assert line.evidence[0].at == "2026-11-18T12:00:00Z"
    assert found.problems == ()


def test_deadhead_miles_are_charged_where_the_rule_says_so():
    rule = replace(TONU, basis=Basis.PER_MILE, rate=Decimal("1.65"))
    known = replace(NOT_USED, deadhead_miles=Decimal(200))

    assert [line.amount for line in extras(rule, facts=known)] == [Decimal("330.00")]
    assert [each.subject_key for each in quote(rule, facts=NOT_USED).problems] == ["fact:miles"]


@pytest.mark.parametrize(
    ("at", "amounts"),
    [
        # Pickup is at 13:00 UTC, and 4 hours of notice are enough.
        ("2026-11-18T09:00", []),
        ("2026-11-18T09:01", [Decimal("250.00")]),
        ("2026-11-18T14:00", [Decimal("250.00")]),
    ],
)
def test_a_cancellation_is_charged_inside_the_notice(at: str, amounts: list[Decimal]):
    found = rate(cancelled(at), BOOK)

    assert [line.amount for line in found.lines] == amounts
    assert found.problems == ()


def test_a_late_cancellation_says_how_late():
    (line,) = extras(TONU, facts=cancelled("2026-11-18T12:00"))

    assert line.summary == "Cancelled inside the 4h before pickup"


@pytest.mark.parametrize(
    ("rule", "facts", "reason"),
    [
        (
            TONU,
            cancelled("2026-11-18T06:30"),
            "cancelled 6h 30m before pickup, 4h is enough",
        ),
        (
            replace(TONU, notice_minutes=None),
            cancelled("2026-11-18T12:00"),
            "the truck was not sent, and the rule asks for no notice",
        ),
        (
            TONU,
            replace(cancelled("2026-11-18T12:00"), stops=()),
            "cancelled before a pickup appointment was made",
        ),
        (
            TONU,
            replace(cancelled("2026-11-18T12:00"), stops=(replace(JOLIET, appointment_from=None),)),
            "cancelled before a pickup appointment was made",
        ),
    ],
)
def test_a_free_cancellation_keeps_its_reason(rule: AccessorialRule, facts: LoadFacts, reason: str):
    found = quote(rule, facts=facts)

    assert found.lines == ()
    assert [each.reason for each in found.no_charges] == [reason]


def test_a_truck_not_used_on_a_load_without_stops_is_told_in_utc():
    (line,) = extras(TONU, facts=replace(NOT_USED, stops=()))

    assert line.steps[0].value == "Nov 18 12:00 UTC"


def test_a_card_without_a_rule_for_it_is_a_problem_for_a_truck_that_was_sent():
    sent = quote(STOP_OFF, facts=NOT_USED)
    called_off = quote(STOP_OFF, facts=cancelled("2026-11-18T12:00"))

    assert [(each.code, each.subject_key) for each in sent.problems] == [("no_rate", "rule:TONU")]
    assert sent.problems[0].message == (
        "Prairie Foods Reefer v6 has no rule for a truck ordered and not used"
    )
    assert called_off.problems == ()
    assert called_off.lines == ()


def test_a_tonu_rule_for_other_equipment_does_not_fit():
    rule = replace(TONU, equipment="VAN_53")

    assert [each.code for each in quote(rule, facts=NOT_USED).problems] == ["no_rate"]


def test_a_tonu_rule_for_a_kind_of_stop_decides_nothing():
    rule = replace(TONU, stop_kind=StopKind.PICKUP)

    assert quote(rule, facts=cancelled("2026-11-18T12:00")).no_charges == ()


def test_a_tonu_rule_is_silent_about_a_load_that_was_carried():
    assert charge_truck_not_used(Desk(LOAD, VERSION, (TONU,), None)) == []


def test_the_pickup_appointment_is_what_notice_is_measured_to():
    moved = replace(JOLIET, appointment_from=utc("2026-11-18T20:00"))
    facts = replace(cancelled("2026-11-18T12:00"), stops=(moved, COLUMBUS))

    assert quote(TONU, facts=facts).lines == ()


def test_the_terms_of_waiting_are_those_of_the_rule_that_would_charge_it():
    at_pickup = replace(DETENTION, stop_kind=StopKind.PICKUP)

    assert detention_terms(LOAD, only(BOOK, at_pickup), JOLIET) == DETENTION.detention
    assert detention_terms(LOAD, only(BOOK, at_pickup), COLUMBUS) is None
    assert detention_terms(LOAD, only(BOOK, LAYOVER), JOLIET) is None


def test_a_receipt_is_charged_by_the_rule_for_its_stop():
    at_pickups = replace(LUMPER, rule="LUMP-2", stop_kind=StopKind.PICKUP, fee_amount=Decimal(5))
    receipts = tuple(
        replace(LOAD.receipts[0], number=number, stop_sequence=sequence)
        for number, sequence in (("1", 1), ("2", 3), ("3", None))
    )

    lines = extras(LUMPER, at_pickups, facts=replace(LOAD, receipts=receipts))

    assert {line.stop_sequence: line.rule for line in lines} == {
        None: "LUMP-1",
        1: "LUMP-2",
        3: "LUMP-1",
    }


def test_lumper_work_is_asked_about_by_the_rule_for_its_stop():
    at_pickups = replace(LUMPER, rule="LUMP-2", stop_kind=StopKind.PICKUP)
    scale = replace(LUMPER, rule="ASCL", code="SCL", service="SCALE", receipt_kind="SCALE_TICKET")
    done = (
        Service(code="LUMPER", stop_sequence=1),
        Service(code="LUMPER", stop_sequence=3),
        Service(code="SCALE"),
    )

    found = quote(scale, LUMPER, at_pickups, facts=replace(LOAD, receipts=(), services=done))

    assert [(each.message, each.stop_sequence, each.subject_key) for each in found.problems] == [
        (
            "LUMP-2: LUMPER was done at stop 1, and no receipt is on file",
            1,
            "receipt:LUMPER:1",
        ),
        (
            "LUMP-1: LUMPER was done at stop 3, and no receipt is on file",
            3,
            "receipt:LUMPER:3",
        ),
        ("ASCL: SCALE was done, and no receipt is on file", None, "receipt:SCALE:load"),
    ]


def test_a_rule_that_charges_nothing_says_at_which_stop():
    free = replace(LOAD.receipts[0], number="1", amount=Decimal(0))
    facts = replace(LOAD, receipts=(free, *LOAD.receipts, *LOAD.receipts))
    tiered = replace(
        LAYOVER, tiers=(Tier(from_quantity=Decimal(3), rate=Decimal(300)),), service="LAYOVER"
    )
    three_free = replace(STOP_OFF, free_stops=3)

    found = quote(LUMPER, tiered, three_free, facts=replace(facts, services=(NIGHTS,)))

    assert [(each.rule, each.reason, each.stop_sequence) for each in found.no_charges] == [
        ("STOP-1", "3 stops are included", 2),
        ("LUMP-1", "receipt 1 is over 0", 3),
        ("LUMP-1", "receipt 5519 is already charged", 3),
        ("LAY-1", "2 is under the first tier", 3),
    ]


def test_a_fact_that_a_rule_lacks_is_asked_for_at_its_stop():
    by_pallet = replace(LAYOVER, basis=Basis.PER_PALLET)

    (problem,) = quote(by_pallet, facts=replace(LOAD, services=(NIGHTS,))).problems

    assert (problem.code, problem.subject_key, problem.stop_sequence) == (
        ProblemCode.FACT_MISSING,
        "fact:pallets",
        3,
    )


def test_a_surcharge_of_every_load_reaches_the_first_tier_with_one():
    tiered = replace(HAZMAT, tiers=(Tier(from_quantity=Decimal(1), rate=Decimal(99)),))
    called_off = replace(TONU, tiers=tiered.tiers)
    wasted = replace(LOAD, truck_not_used=clock("2026-11-18T12:00"))

    assert [line.amount for line in extras(tiered)] == [Decimal("99.00")]
    assert [line.amount for line in extras(called_off, facts=wasted)] == [Decimal("99.00")]


def test_a_truck_called_off_before_there_was_a_route_is_told_in_utc():
    wasted = replace(LOAD, stops=(), truck_not_used=clock("2026-11-18T12:00"))

    (line,) = extras(TONU, facts=wasted)

    assert line.steps[0].value == "Nov 18 12:00 UTC"


def test_a_charge_of_no_minutes_is_over_no_limit_of_minutes():
    (line,) = extras(replace(HAZMAT, approval_above_minutes=0))

    assert not line.needs_approval


def test_two_names_do_not_count_as_more_than_two():
    two = replace(HAZMAT, rule="B", equipment="REEFER_53", shipment_type="CONTRACT")
    one = replace(HAZMAT, rule="A", equipment="REEFER_53")

    assert [line.rule for line in extras(two, one)] == ["B"]
