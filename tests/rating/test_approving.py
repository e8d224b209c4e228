"""A draft is submitted whole and approved by somebody else."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from journal.models import Event
from journal.operations.lifecycle import IllegalMove
from rating.engine.book import Zone
from rating.engine.places import Place
from rating.models import RateCardVersion
from rating.operations.approving import (
    CasesFail,
    Check,
    ReasonMissing,
    SamePerson,
    approve_version,
    checks,
    may_decide,
    return_version,
    submit_version,
)
from rating.operations.carding import DraftRefused
from rating.operations.editing import change_lane
from rating.operations.publishing import publish_version
from rating.operations.quoting import quote_facts
from rating.operations.testing import save_case
from tests.rating.engine.building import LANES, LOAD
from tests.rating.making import (
    DRAFTER,
    MANAGER,
    NOW,
    approve,
    drafted,
    per_mile_programme,
    published,
)

pytestmark = pytest.mark.django_db

Status = RateCardVersion.Status


OTHER = "user:3"


ZONES = (
    Zone(name="MW", members=frozenset({Place.parse("IL"), Place.parse("IN")})),
    Zone(name="LAKES", members=frozenset({Place.parse("IL"), Place.parse("WI")})),
)


def names_of(subject) -> list[str]:
    told = Event.objects.filter(subject_table=subject._meta.db_table, subject_id=subject.pk)
    return list(told.order_by("id").values_list("name", flat=True))


@pytest.mark.parametrize("decide", [approve_version, publish_version])
def test_whoever_drafted_decides_nothing(decide):
    version = drafted()

    with pytest.raises(SamePerson, match=r"Prairie Foods Reefer v1 was drafted by user:1"):
        decide(version, by=DRAFTER, at=NOW)

    assert RateCardVersion.objects.get().status == Status.DRAFT


def test_a_draft_is_published_only_after_approval():
    with pytest.raises(IllegalMove):
        publish_version(drafted(), by=MANAGER, at=NOW)


def test_whoever_submitted_does_not_approve():
    version = submit_version(drafted(), by=MANAGER, at=NOW)

    with pytest.raises(SamePerson, match="was submitted by user:2"):
        approve_version(version, by=MANAGER, at=NOW)

    assert approve_version(version, by=OTHER, at=NOW).approved_by == OTHER


def test_a_draft_is_not_approved_before_it_is_submitted():
    with pytest.raises(IllegalMove):
        approve_version(drafted(), by=MANAGER, at=NOW)


def test_a_version_is_not_submitted_twice():
    version = submit_version(drafted(), by=DRAFTER, at=NOW)

    with pytest.raises(IllegalMove):
        submit_version(version, by=DRAFTER, at=NOW)


def test_a_version_is_returned_with_a_reason_only():
    version = submit_version(drafted(), by=DRAFTER, at=NOW)

    with pytest.raises(ReasonMissing):
        return_version(version, by=MANAGER, at=NOW, reason="  ")


def test_lanes_under_the_floor_are_submitted_with_a_reason_that_is_kept():
    version = drafted(lanes=(replace(LANES[0], cost_floor=Decimal("2.50")), LANES[1]))

    with pytest.raises(ReasonMissing, match="1 lane is below the cost floor"):
        submit_version(version, by=DRAFTER, at=NOW)
    submit_version(version, by=DRAFTER, at=NOW, reason="Backhaul")

    assert version.floor_reason == "Backhaul"
    assert Event.objects.get(name="rate_card.submitted").payload == {"lanes_under_floor": 1}


def test_rows_that_came_into_disorder_are_not_submitted():
    version = drafted(lanes=(replace(LANES[0], origin=Place.zone("MW")),), zones=ZONES[:1])
    version.zones.all().delete()
    version.lanes.update(maximum=Decimal(800), minimum=None)
    RateCardVersion.objects.update(minimum_charge=Decimal(900))

    with pytest.raises(DraftRefused) as refused:
        submit_version(version, by=DRAFTER, at=NOW)

    assert [str(fault) for fault in refused.value.faults] == [
        "row 1: minimum 900 is above maximum 800",
        "row 1: Zone MW is not defined",
    ]


def test_lanes_of_two_zones_that_share_a_place_are_refused_with_both_named():
    lanes = [replace(LANES[0], row=row, origin=Place.zone(name)) for row, name in
             ((4, "MW"), (9, "LAKES"))]  # fmt: skip
    version = drafted(lanes=tuple(lanes), zones=ZONES)

    with pytest.raises(DraftRefused, match="row 9: covers IL as row 4 does"):
        submit_version(version, by=DRAFTER, at=NOW)

    version.lanes.filter(row=9).update(priority=1)
    assert submit_version(version, by=DRAFTER, at=NOW).status == Status.SUBMITTED


@pytest.mark.parametrize(
    ("wide", "narrow"), [("604", "60436"), ("IL", "Joliet, IL"), ("604", "604")]
)
def test_a_zone_that_holds_a_place_of_another_is_refused_unless_the_order_ranks_them(wide, narrow):
    zones = tuple(
        Zone(name=name, members=frozenset({Place.parse(place)}))
        for name, place in (("WIDE", wide), ("NARROW", narrow))
    )
    lanes = tuple(
        replace(LANES[0], row=row, origin=Place.zone(zone.name))
        for row, zone in enumerate(zones, start=1)
    )
    version = drafted(lanes=lanes, zones=zones)

    with pytest.raises(DraftRefused, match=f"row 2: covers {narrow.upper()} as row 1 does"):
        submit_version(version, by=DRAFTER, at=NOW)

    RateCardVersion.objects.update(precedence="REVENOVA")
    if wide != narrow:
        version.refresh_from_db()
        assert submit_version(version, by=DRAFTER, at=NOW).status == Status.SUBMITTED


def test_a_case_that_fails_keeps_a_draft_from_being_submitted():
    first = published(fuel=per_mile_programme())
    save_case(first.card, name="Columbus", quote=quote_facts(LOAD, at=NOW, version=first),
              by=DRAFTER, at=NOW)  # fmt: skip
    dearer = drafted(first.card, effective_from=date(2027, 1, 1), fuel=first.fuel,
                     lanes=(replace(LANES[0], rate=Decimal("2.49")), LANES[1]))  # fmt: skip

    with pytest.raises(CasesFail, match="Not as expected: Columbus"):
        submit_version(dearer, by=DRAFTER, at=NOW)


def test_the_checks_before_approval_say_what_is_wrong_and_where():
    version = drafted(lanes=(replace(LANES[0], cost_floor=Decimal("2.50")), LANES[1]))

    found = {check.name: check for check in checks(version, at=NOW)}

    assert found["floor"] == Check("floor", False, "1 lane below cost floor", (1,))
    assert found["overlaps"] == Check("overlaps", True, "No overlapping lanes")
    assert found["cases"] == Check("cases", True, "No test cases")


def test_an_approved_version_can_be_returned_and_changed():
    version = approve(drafted())

    return_version(version, by=MANAGER, at=NOW, reason="row 2 is old")
    version.lanes.filter(row=2).delete()

    assert version.status == Status.DRAFT
    assert (version.submitted_by, version.approved_by) == ("", "")
    assert names_of(version)[-1] == "rate_card.returned"


def test_who_may_decide_is_nobody_who_had_a_hand_in_it():
    version = drafted()
    change_lane(version, row=1, changes={"rate": "2.43"}, by="user:31", at=NOW)
    submit_version(version, by="user:32", at=NOW)

    may = {who: may_decide(version, by=who) for who in (DRAFTER, "user:31", "user:32", "user:33")}

    assert may == {DRAFTER: False, "user:31": False, "user:32": False, "user:33": True}
