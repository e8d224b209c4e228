"""A 204 becomes a load, a change of it or its cancellation: whole or not at all."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dispatch.models import Load, Reference, Stop
from integrations.adapters.edi.codes import (
    EQUIPMENT,
    REFERENCE_KINDS,
    SHIPMENT_TYPES,
    STOP_REASONS,
    TIME_CODES,
)
from integrations.adapters.edi.reading import read
from integrations.events import Profile, Raw
from integrations.rules.clocks import parse_zone
from tests.integrations.edi.samples import tender

SENT_AT = datetime(2026, 3, 1, 10, 15, tzinfo=UTC)


def reading(text):
    # Tests cut segments out; what the counts then say is proven elsewhere.
    profile = Profile("PRFD-0042", tolerates=frozenset({"count_mismatch"}))
    return read(Raw("edi", "PRAIRIE/LADING/7/7/0001", text.encode(), profile))


def test_a_tender_tells_the_whole_load():
    plan = reading(tender()).plan

    assert plan.purpose == "ORIGINAL"
    assert plan.customer_code == "PRFD-0042"
    assert plan.references == (
        ("SHIPMENT_ID", "S104879"), ("PRO", "774109381"), ("PO", "45-7781"),
    )  # fmt: skip
    assert (plan.shipment_type, plan.equipment, plan.trailer) == ("TRUCKLOAD", "REEFER53", "5318")
    assert (plan.commodity, plan.carrier_scac) == ("Frozen vegetables", "LDNG")
    assert (plan.weight_lb, plan.pieces, plan.piece_unit) == (Decimal(41932), 24, "PL")
    assert plan.quoted_amount == Decimal("1850.00")
    assert plan.respond_by == datetime(2026, 3, 2, 23, 0, tzinfo=UTC)


def test_its_stops_have_places_zones_and_appointments_in_utc():
    pickup, delivery = reading(tender()).plan.stops

    assert (pickup.sequence, pickup.kind, pickup.name) == (1, "PICKUP", "Prairie Foods, Plant 2")
    assert (pickup.city, pickup.state, pickup.postal_code) == ("MONTEZUMA", "GA", "31063")
    assert (pickup.timezone, pickup.location_code) == ("America/New_York", "PRFD-P2")
    assert pickup.appointment_from == datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
    assert pickup.appointment_to == datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
    assert (delivery.kind, delivery.weight_lb, delivery.pieces) == ("DELIVERY", 41932, 24)
    assert delivery.appointment_from == datetime(2026, 3, 5, 16, 30, tzinfo=UTC)
    assert delivery.appointment_to is None


def test_an_original_tender_is_also_a_milestone_a_change_is_not():
    assert [heard.kind for heard in reading(tender("00")).heard] == ["TENDERED"]
    for purpose, name in (("04", "CHANGE"), ("05", "REPLACE")):
        found = reading(tender(purpose))
        assert (found.plan.purpose, found.heard) == (name, ())
        assert found.planned_at == SENT_AT


def test_a_cancellation_names_the_load_and_plans_nothing():
    found = reading(tender("01"))

    assert found.plan is None
    assert found.key.references[0] == ("SHIPMENT_ID", "S104879")
    assert [(heard.kind, heard.moment.instant) for heard in found.heard] == [("CANCELLED", SENT_AT)]


def test_a_scheduled_time_outranks_a_requested_one():
    text = tender().replace("G62*37*", "G62*10*20260303*Y*0600*LT~G62*69*").replace(
        "G62*38*20260304*K*0900*LT~", ""
    )  # fmt: skip

    stop = reading(text).plan.stops[0]

    assert stop.appointment_from == datetime(2026, 3, 4, 13, 0, tzinfo=UTC)


def test_kilograms_become_pounds():
    text = tender().replace("L3*41932*G***185000******24*L", "L3*1000*G*********24*K")

    assert reading(text).plan.weight_lb == Decimal("2204.62")


def test_a_containers_number_is_a_reference_and_the_equipment():
    text = tender().replace("N7**5318*********TW", "N7*GESU*132086*********CN")

    plan = reading(text).plan

    assert ("CONTAINER", "GESU132086") in plan.references
    assert (plan.equipment, plan.trailer) == ("CONTAINER", "GESU132086")


def test_a_stop_without_a_party_takes_the_place_of_the_header():
    stop = "N1*ST*Wolcott Cold Storage~N3*6051 West Ave~N4*WOLCOTT*NY*14590*US~"
    text = tender()
    assert stop in text

    found = reading(text.replace(stop, "").replace("S5*1*CL", f"{stop}S5*1*CL"))

    assert found.plan.stops[1].city == "WOLCOTT"


def test_a_stop_without_a_state_has_no_zone_and_a_warning():
    found = reading(tender().replace("N4*WOLCOTT*NY*14590*US~", ""))

    assert found.plan.stops[1].timezone == ""
    assert found.plan.stops[1].appointment_from is None
    assert "its time zone is taken from the customer" in str(found.warnings[0])


@pytest.mark.parametrize(
    ("old", "new", "code", "sentence"),
    [
        ("B2A*00", "B2A*77", "unknown_purpose",
         "Segment 5: B2A-01 is '77', a purpose we do not know."),
        ("B2A*00~", "", "unknown_purpose", "Segment 3: There is no B2A."),
        ("S5*2*CU", "S5*2*QQ", "unknown_stop_reason",
         "Segment 18: S5-02 is 'QQ', a stop reason we do not know."),
        ("S5*2*CU", "S5*1*CU", "stop_sequence",
         "Segment 18: S5-01 is '1'; stops are numbered from 1, each once."),
        ("*20260304*I*0800*", "*20260308*I*0230*", "nonexistent_time",
         "Segment 12: Stop 1, G62-37: 2026-03-08 02:30 did not exist in America/New_York: "
         "the clocks were put forward."),
        ("*20260304*I*0800*", "*20261101*I*0130*", "ambiguous_time",
         "Segment 12: Stop 1, G62-37: 2026-11-01 01:30 came twice in America/New_York: "
         "the clocks were put back."),
        ("*I*0800*", "*I*2470*", "invalid_time",
         "Segment 12: Stop 1, G62-37: 20260304 2470 is no date and time."),
    ],
)  # fmt: skip
def test_a_fault_refuses_the_tender_whole_with_its_segment(old, new, code, sentence):
    text = tender()
    assert old in text

    found = reading(text.replace(old, new))

    assert found.plan is None
    assert found.heard == ()
    assert (found.problems[0].code, str(found.problems[0])) == (code, sentence)


def test_a_tender_without_any_number_is_refused():
    text = tender().replace("S104879", "").replace("L11*774109381*CN~", "").replace(
        "L11*45-7781*PO~", ""
    )  # fmt: skip

    assert [problem.code for problem in reading(text).problems] == ["reference_missing"]


def test_a_tender_with_one_stop_is_refused():
    head, _, tail = tender().partition("S5*2*")

    found = reading(f"{head}L3*{tail.partition('L3*')[2]}")

    assert [problem.code for problem in found.problems] == ["stops_missing"]


def test_every_code_stands_for_something_there_is():
    assert set(EQUIPMENT.values()) <= set(Load.Equipment.values)
    assert set(SHIPMENT_TYPES.values()) <= set(Load.ShipmentType.values)
    assert set(STOP_REASONS.values()) <= set(Stop.Kind.values)
    assert set(REFERENCE_KINDS.values()) <= set(Reference.Kind.values)
    for zone in TIME_CODES.values():
        parse_zone(zone)
