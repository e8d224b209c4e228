"""The fold: whatever the order and the number of repetitions, one state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.fold import RANK, Fact, Kind, LoadState, PlannedStop, find_stop, fold, standing_facts
from dispatch.models import Load, Milestone, Stop

START = datetime(2026, 11, 18, 12, tzinfo=UTC)
STOPS = (
    PlannedStop(1, "PICKUP", "Joliet", "IL"),
    PlannedStop(2, "DELIVERY", "Columbus", "OH"),
)
THREE = (
    PlannedStop(1, "PICKUP", "Joliet", "IL"),
    PlannedStop(2, "STOP_OFF", "Indianapolis", "IN"),
    PlannedStop(3, "DELIVERY", "Columbus", "OH"),
)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def told(kind: str, hours: float, stop: int | None = None, **fields) -> Fact:
    reference = fields.pop("reference", f"{kind}@{hours}/{stop}")
    source = fields.pop("source", "tms")
    return Fact(
        key=f"{source}:{reference}:{kind}",
        kind=kind,
        occurred_at=at(hours),
        source=source,
        reference=reference,
        stop_sequence=stop,
        **fields,
    )


SEVEN = (
    told("TENDERED", 0),
    told("ACCEPTED", 1),
    told("DISPATCHED", 2),
    told("ARRIVED", 3, 1),
    told("DEPARTED", 5, 1),
    told("ARRIVED", 20, 2),
    told("DELIVERED", 22, 2),
)


def state_of(*facts: Fact, stops: tuple[PlannedStop, ...] = STOPS) -> LoadState:
    return fold(facts, stops=stops)


def clocks(state: LoadState, sequence: int) -> tuple[datetime | None, datetime | None]:
    stop = next(stop for stop in state.stops if stop.sequence == sequence)
    return stop.arrived_at, stop.departed_at


def codes(state: LoadState) -> list[str]:
    return [problem.code for problem in state.problems]


class TestOrderAndRepetition:
    """What a partner's network does to messages changes nothing."""

    def test_all_5040_orders_of_seven_facts_give_one_state(self):
        states = {fold(order, stops=STOPS) for order in permutations(SEVEN)}

        (state,) = states
        assert state.status == "DELIVERED"
        assert state.delivered_at == at(22)
        assert state.picked_up_at == at(5)
        assert [stop.status for stop in state.stops] == ["COMPLETED", "COMPLETED"]
        assert state.problems == ()

    def test_all_141120_orders_with_one_fact_told_twice_leave_the_same_facts_standing(self):
        expected, count = list(SEVEN), 0

        for order in permutations(SEVEN):
            for first, again in enumerate(order):
                for place in range(first + 1, len(order) + 1):
                    assert standing_facts([*order[:place], again, *order[place:]]) == expected
                    count += 1

        assert count == 141_120

    def test_each_fact_told_twice_in_any_place_gives_the_same_state(self):
        expected = state_of(*SEVEN)

        for again in SEVEN:
            for place in range(len(SEVEN) + 1):
                facts = [*SEVEN[:place], again, *SEVEN[place:]]
                assert fold(facts, stops=STOPS) == expected

    def test_the_order_in_which_stops_are_given_does_not_matter(self):
        assert fold(SEVEN, stops=STOPS[::-1]) == fold(SEVEN, stops=STOPS)

    def test_all_orders_of_a_history_with_corrections_give_one_state(self):
        history = (
            told("ARRIVED", 3, 1, reference="a"),
            told("ARRIVED", 4, 1, reference="b", supersedes="a"),
            told("ARRIVED", 5, 1, reference="c", supersedes="b"),
            told("DEPARTED", 6, 1, reference="d"),
            told("DEPARTED", 6, 1, reference="e", supersedes="d", is_retraction=True),
            told("DECLINED", 2),
        )

        (state,) = {fold(order, stops=STOPS) for order in permutations(history)}

        assert clocks(state, 1) == (at(5), None)


kinds = st.sampled_from([kind.value for kind in Kind])
references = st.sampled_from(["a", "b", "c", "d", "e"])


@st.composite
def histories(draw) -> list[Fact]:
    """Random facts of few instants, stops and names, so that ties and chains are common."""
    return [
        Fact(
            key=f"k{number}",
            kind=draw(kinds),
            occurred_at=at(draw(st.integers(0, 4))),
            source=draw(st.sampled_from(["tms", "geofence"])),
            reference=draw(references),
            supersedes=draw(st.sampled_from(["", "", "a", "b", "k0", "k1"])),
            is_retraction=draw(st.booleans()),
            stop_sequence=draw(st.sampled_from([None, 1, 2, 3, 4])),
            stop_kind=draw(st.sampled_from(["", "PICKUP", "DELIVERY"])),
            city=draw(st.sampled_from(["", "Columbus"])),
        )
        for number in range(draw(st.integers(0, 9)))
    ]


class TestAnyHistory:
    """Random histories, sensible or not."""

    @settings(max_examples=120, deadline=None, derandomize=True)
    @given(facts=histories(), data=st.data())
    def test_any_order_and_repetition_folds_alike(self, facts, data):
        shuffled = data.draw(st.permutations(facts))
        repeated = data.draw(st.lists(st.sampled_from(facts), max_size=4)) if facts else []

        assert fold([*shuffled, *repeated], stops=THREE) == fold(facts, stops=THREE)

    @settings(max_examples=80, deadline=None, derandomize=True)
    @given(facts=histories())
    def test_the_state_is_one_that_a_row_can_hold(self, facts):
        state = fold(facts, stops=THREE)

        assert state.status in Load.Status.values
        assert {stop.status for stop in state.stops} <= set(Stop.Status.values)
        assert (state.delivered_at is not None) == (state.status == "DELIVERED")
        assert (state.ended_at is not None) == (state.status in {"CANCELLED", "TONU"})


def test_every_kind_of_milestone_has_its_place_in_the_order():
    assert set(Milestone.Kind.values) == {kind.value for kind in Kind} == set(RANK)


class TestLife:
    """The status, step by step."""

    @pytest.mark.parametrize(
        ("told_so_far", "status"),
        [
            (0, "PLANNED"),
            (1, "TENDERED"),
            (2, "ACCEPTED"),
            (3, "DISPATCHED"),
            (4, "AT_PICKUP"),
            (5, "IN_TRANSIT"),
            (6, "AT_DELIVERY"),
            (7, "DELIVERED"),
        ],
    )
    def test_seven_facts_lead_through_the_whole_life(self, told_so_far, status):
        assert state_of(*SEVEN[:told_so_far]).status == status

    def test_a_load_without_facts_is_planned_and_its_stops_are_pending(self):
        state = state_of()

        assert (state.status, state.last_milestone_at) == ("PLANNED", None)
        assert [stop.status for stop in state.stops] == ["PENDING", "PENDING"]

    def test_a_declined_load_can_be_tendered_again(self):
        declined = (told("TENDERED", 0), told("ACCEPTED", 1), told("DECLINED", 2))

        assert state_of(*declined).status == "DECLINED"
        assert state_of(*declined, told("TENDERED", 3)).status == "TENDERED"

    def test_a_tender_sent_again_does_not_throw_a_dispatched_load_back(self):
        assert state_of(*SEVEN[:3], told("TENDERED", 9)).status == "DISPATCHED"

    def test_a_load_at_a_stop_off_is_at_delivery_and_moves_on(self):
        facts = (told("ARRIVED", 3, 1), told("DEPARTED", 4, 1), told("ARRIVED", 8, 2))

        assert state_of(*facts, stops=THREE).status == "AT_DELIVERY"
        assert state_of(*facts, told("DEPARTED", 9, 2), stops=THREE).status == "IN_TRANSIT"

    def test_in_transit_is_believed_when_no_departure_was_told(self):
        assert state_of(told("ARRIVED", 3, 1), told("IN_TRANSIT", 4)).status == "IN_TRANSIT"
        assert state_of(told("IN_TRANSIT", 4)).status == "IN_TRANSIT"

    def test_a_late_position_report_does_not_take_the_truck_away_from_the_dock(self):
        assert state_of(*SEVEN[:6], told("IN_TRANSIT", 21)).status == "AT_DELIVERY"

    @pytest.mark.parametrize("kind", ["ETA", "DELAYED", "EXCEPTION", "CHECK_CALL"])
    def test_notes_change_no_state_even_when_they_lie_in_the_future(self, kind):
        assert state_of(*SEVEN, told(kind, 900, 2)) == state_of(*SEVEN)


class TestDelivery:
    """Delivered is said, never assumed."""

    def test_leaving_the_last_stop_is_not_delivery(self):
        state = state_of(*SEVEN[:6], told("DEPARTED", 22, 2))

        assert (state.status, state.delivered_at) == ("IN_TRANSIT", None)

    def test_delivered_at_the_last_stop_completes_it_without_a_departure(self):
        state = state_of(*SEVEN)

        assert clocks(state, 2) == (at(20), at(22))

    def test_a_departure_told_is_better_than_the_time_of_unloading(self):
        state = state_of(*SEVEN, told("DEPARTED", 23, 2))

        assert clocks(state, 2) == (at(20), at(23))
        assert state.delivered_at == at(22)

    def test_delivered_at_a_stop_on_the_way_does_not_deliver_the_load(self):
        state = state_of(told("DELIVERED", 8, 2), stops=THREE)

        assert state.status == "IN_TRANSIT"
        assert [stop.status for stop in state.stops] == ["PENDING", "COMPLETED", "PENDING"]

    def test_delivered_without_a_stop_means_the_last_one(self):
        state = state_of(told("DELIVERED", 22), stops=THREE)

        assert state.status == "DELIVERED"
        assert state.stops[-1].status == "COMPLETED"

    def test_a_skipped_stop_is_not_waited_for(self):
        stops = (*THREE[:2], replace(THREE[2], is_skipped=True))

        state = state_of(told("DELIVERED", 8, 2), stops=stops)

        assert state.status == "DELIVERED"
        assert [stop.status for stop in state.stops] == ["PENDING", "COMPLETED", "SKIPPED"]

    def test_a_load_without_stops_is_delivered_when_somebody_says_so(self):
        assert state_of(told("DELIVERED", 8, 2), stops=()).status == "DELIVERED"

    def test_freight_is_picked_up_when_the_last_pickup_is_left(self):
        stops = (THREE[0], replace(THREE[1], kind="PICKUP"), THREE[2])
        first, second = told("DEPARTED", 4, 1), told("DEPARTED", 7, 2)

        assert state_of(first, stops=stops).picked_up_at is None
        assert state_of(second, first, stops=stops).picked_up_at == at(7)


class TestEnds:
    """The first end stays; a contradiction is told."""

    def test_a_cancelled_load_stays_cancelled_whatever_the_truck_does(self):
        state = state_of(*SEVEN[:3], told("CANCELLED", 2.5), *SEVEN[3:5])

        assert (state.status, state.ended_at) == ("CANCELLED", at(2.5))
        assert codes(state) == []

    def test_cancelled_and_delivered_is_a_problem_and_the_first_to_happen_counts(self):
        before = state_of(*SEVEN, told("CANCELLED", 2.5))
        after = state_of(*SEVEN, told("CANCELLED", 30))

        assert (before.status, before.delivered_at) == ("CANCELLED", None)
        assert (after.status, after.ended_at) == ("DELIVERED", None)
        assert codes(before) == codes(after) == ["ended_and_delivered"]

    def test_truck_not_used_is_the_more_exact_word_for_a_cancellation(self):
        facts = (*SEVEN[:3], told("CANCELLED", 2.5), told("TRUCK_NOT_USED", 4))

        state = state_of(*facts)

        assert (state.status, state.ended_at) == ("TONU", at(4))

    def test_a_withdrawn_cancellation_brings_the_load_back(self):
        cancelled = told("CANCELLED", 4, reference="x")
        withdrawn = told("CANCELLED", 4, reference="y", supersedes="x", is_retraction=True)

        assert state_of(withdrawn, *SEVEN[:3], cancelled).status == "DISPATCHED"


class TestClocks:
    """Earliest arrival, latest departure, and what cannot be."""

    def test_two_sources_make_one_visit_from_earliest_arrival_to_latest_departure(self):
        state = state_of(
            told("ARRIVED", 3.1, 1, source="driver"),
            told("ARRIVED", 3.0, 1, source="geofence"),
            told("DEPARTED", 5.0, 1, source="driver"),
            told("DEPARTED", 5.2, 1, source="geofence"),
        )

        assert clocks(state, 1) == (at(3.0), at(5.2))

    def test_a_departure_before_the_arrival_is_a_problem_of_that_stop(self):
        state = state_of(told("ARRIVED", 5, 1), told("DEPARTED", 3, 1))

        (problem,) = state.problems
        assert (problem.code, problem.stop_sequence) == ("time_order", 1)
        assert "2026-11-18 15:00 UTC" in problem.message

    def test_an_arrival_without_a_stop_counts_for_none_and_is_a_problem(self):
        state = state_of(told("ARRIVED", 5))

        assert codes(state) == ["stop_missing"]
        assert state.status == "PLANNED"

    def test_a_stop_that_the_plan_does_not_have_is_a_problem_until_the_plan_comes(self):
        early = told("ARRIVED", 8, 3)

        assert codes(state_of(early)) == ["stop_unknown"]
        assert codes(state_of(early, stops=THREE)) == []


class TestCorrections:
    """What stands when facts replace facts."""

    def test_a_correction_replaces_the_clock_even_when_it_came_first(self):
        wrong = told("ARRIVED", 3, 1, reference="a")
        right = told("ARRIVED", 4, 1, reference="b", supersedes="a")

        assert clocks(state_of(right, wrong), 1) == (at(4), None)
        assert clocks(state_of(wrong, right), 1) == (at(4), None)

    def test_a_correction_may_move_the_fact_to_another_stop_and_kind(self):
        wrong = told("ARRIVED", 3, 2, reference="a")
        right = told("DEPARTED", 3, 1, reference="b", supersedes="a")

        state = state_of(wrong, right)

        assert (clocks(state, 1), clocks(state, 2)) == ((None, at(3)), (None, None))

    def test_the_last_of_a_chain_of_corrections_stands_alone(self):
        chain = (
            told("ARRIVED", 3, 1, reference="a"),
            told("ARRIVED", 2, 1, reference="b", supersedes="a"),
            told("ARRIVED", 4, 1, reference="c", supersedes="b"),
        )

        assert clocks(state_of(*chain), 1) == (at(4), None)

    def test_what_a_withdrawn_correction_had_replaced_stands_again(self):
        wrong = told("ARRIVED", 3, 1, reference="a")
        right = told("ARRIVED", 4, 1, reference="b", supersedes="a")
        taken_back = told("ARRIVED", 4, 1, reference="c", supersedes="b", is_retraction=True)

        assert clocks(state_of(wrong, right, taken_back), 1) == (at(3), None)

    def test_withdrawing_the_middle_of_a_chain_does_not_bring_its_start_back(self):
        chain = (
            told("ARRIVED", 3, 1, reference="a"),
            told("ARRIVED", 2, 1, reference="b", supersedes="a"),
            told("ARRIVED", 4, 1, reference="c", supersedes="b"),
            told("ARRIVED", 2, 1, reference="d", supersedes="b", is_retraction=True),
        )

        assert clocks(state_of(*chain), 1) == (at(4), None)

    def test_a_reference_is_the_sources_own(self):
        arrived = told("ARRIVED", 3, 1, reference="1", source="tms")
        other = told("DEPARTED", 5, 1, reference="2", source="edi", supersedes="1")

        assert clocks(state_of(arrived, other), 1) == (at(3), at(5))

    def test_a_person_corrects_another_source_by_the_key_of_the_fact(self):
        arrived = told("ARRIVED", 3, 1, source="tms")
        by_hand = told("ARRIVED", 4, 1, source="desk", supersedes=arrived.key)

        assert clocks(state_of(arrived, by_hand), 1) == (at(4), None)

    def test_a_message_that_names_itself_corrects_nothing(self):
        arrived = told("ARRIVED", 3, 1, reference="a", supersedes="a")
        departed = told("DEPARTED", 4, 1, reference="a", supersedes="a")

        assert clocks(state_of(arrived, departed), 1) == (at(3), at(4))

    def test_corrections_that_name_each_other_are_both_replaced(self):
        one = told("ARRIVED", 3, 1, reference="a", supersedes="b")
        two = told("ARRIVED", 4, 1, reference="b", supersedes="a")

        assert clocks(state_of(one, two), 1) == (None, None)


class TestNamingAStop:
    """Sequence, or kind and place; never a guess."""

    STOPS = (
        PlannedStop(1, "PICKUP", "Joliet", "IL"),
        PlannedStop(2, "STOP_OFF", "Indianapolis", "IN"),
        PlannedStop(3, "DELIVERY", "Columbus", "OH"),
        PlannedStop(4, "DELIVERY", "Columbus", "GA"),
    )

    @pytest.mark.parametrize(
        ("named", "sequence", "code"),
        [
            ({"stop_sequence": 3}, 3, ""),
            ({"stop_sequence": 9}, None, "stop_unknown"),
            ({"stop_kind": "PICKUP"}, 1, ""),
            ({"stop_kind": "PICKUP", "city": "Rockdale", "state": "IL"}, 1, ""),
            ({"stop_kind": "STOP_OFF"}, 2, ""),
            ({"stop_kind": "DELIVERY"}, None, "stop_ambiguous"),
            ({"stop_kind": "DELIVERY", "city": "INDIANAPOLIS", "state": "in"}, 2, ""),
            ({"stop_kind": "DELIVERY", "city": "Columbus", "state": "GA"}, 4, ""),
            ({"stop_kind": "DELIVERY", "city": "Columbus"}, None, "stop_ambiguous"),
            ({"stop_kind": "DELIVERY", "city": "Dayton", "state": "OH"}, None, "stop_ambiguous"),
            ({"city": "Joliet"}, 1, ""),
            ({"city": "Dayton"}, None, "stop_unknown"),
            ({}, None, "stop_missing"),
        ],
    )
    def test_a_stop_is_found_or_the_reason_said(self, named, sequence, code):
        fact = Fact(key="k", kind="ARRIVED", occurred_at=START, **named)

        stop, problem = find_stop(fact, self.STOPS)

        assert (stop and stop.sequence, problem) == (sequence, code)

    def test_a_skipped_stop_is_found_by_its_number_only(self):
        stops = (*self.STOPS[:3], replace(self.STOPS[3], is_skipped=True))

        by_kind = Fact(key="k", kind="ARRIVED", occurred_at=START, city="Columbus")
        by_number = replace(by_kind, stop_sequence=4)

        assert find_stop(by_kind, stops) == (stops[2], "")
        assert find_stop(by_number, stops) == (stops[3], "")


class TestWeight:
    """A scale counts before the plan, and its last word before the first."""

    def test_a_load_that_was_not_weighed_again_has_the_weight_of_its_plan(self):
        assert state_of(*SEVEN).reweighed_lb is None

    def test_the_last_weighing_counts_in_whatever_order_they_are_told(self):
        first = told("REWEIGHED", 6, weight_lb=Decimal(41800))
        second = told("REWEIGHED", 9, weight_lb=Decimal(42100))

        states = {fold(order, stops=STOPS) for order in permutations((first, second, SEVEN[0]))}

        assert {state.reweighed_lb for state in states} == {Decimal(42100)}

    def test_a_weighing_that_is_taken_back_leaves_the_one_before(self):
        first = told("REWEIGHED", 6, weight_lb=Decimal(41800))
        second = told("REWEIGHED", 9, weight_lb=Decimal(42100), reference="scale-2")
        back = told("REWEIGHED", 10, supersedes="scale-2", is_retraction=True)

        assert state_of(second, back, first).reweighed_lb == Decimal(41800)
