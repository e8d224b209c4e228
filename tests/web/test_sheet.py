"""The parts of a load's page: punctuality, detention, readiness and history in words."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.rules import Role
from billing.models import Blocker, Charge
from billing.operations.charging import waive_charge
from billing.operations.readiness import evaluate_load
from billing.rules.readiness import RULES
from exceptions.operations.opening import open_case
from tests.factories import MilestoneFactory, StopFactory, UserFactory
from tests.factories.billing import DELIVERED, delivered_load
from tests.web import board
from web.desk.loads.sheet import LoadSheet

pytestmark = pytest.mark.django_db

APPOINTMENT = datetime(2026, 11, 18, 13, tzinfo=UTC)


def row(now, **fields):
    stop = StopFactory(appointment_from=APPOINTMENT, **fields)
    [only] = LoadSheet(stop.load, at=now).stops
    return only


@pytest.mark.parametrize(
    ("minutes", "late", "early"),
    [(-8, False, True), (0, False, False), (60, False, False), (84, True, False)],
)
def test_punctuality_is_measured_against_the_window(
    now, minutes: int, late: bool, early: bool
) -> None:
    shown = row(now, arrived_at=APPOINTMENT + timedelta(minutes=minutes))

    assert (shown.is_late, shown.is_early) == (late, early)


def test_first_come_first_served_is_never_early(now) -> None:
    shown = row(now, arrived_at=APPOINTMENT - timedelta(hours=1), is_fcfs=True)

    assert not shown.is_early


def test_a_truck_that_is_still_there_dwells_until_now(now) -> None:
    shown = row(now, arrived_at=now - timedelta(minutes=90))

    assert shown.dwell == timedelta(minutes=90)


def test_detention_begins_where_the_free_time_ended(carrier, now) -> None:
    load = delivered_load(wait_hours=3.25)
    evaluate_load(load.pk, by="rule:readiness", at=now)

    _, last = LoadSheet(load, at=now).stops

    assert last.over == timedelta(hours=1, minutes=15)
    assert last.bar is not None
    assert last.bar.over is not None
    assert last.detention == Charge.objects.get(load=load, code="DET")


def test_a_stay_inside_the_free_time_is_not_over(carrier, now) -> None:
    load = delivered_load(wait_hours=1)
    evaluate_load(load.pk, by="rule:readiness", at=now)

    _, last = LoadSheet(load, at=now).stops

    assert (last.over, last.detention) == (None, None)
    assert last.dwell == timedelta(hours=1)


def test_the_sum_leaves_out_what_is_waived(carrier, now) -> None:
    load = delivered_load(wait_hours=3.25)
    evaluate_load(load.pk, by="rule:readiness", at=now)
    before = LoadSheet(load, at=now).total
    detention = Charge.objects.get(load=load, code="DET")

    waive_charge(detention, reason="Goodwill", by="user:1", at=now)

    assert before - LoadSheet(load, at=now).total == detention.amount


def test_readiness_counts_rules_and_puts_what_failed_first(carrier, now) -> None:
    load = delivered_load(pod="")
    evaluate_load(load.pk, by="rule:readiness", at=now)

    readiness = LoadSheet(load, at=now).readiness

    [gate] = readiness.failed
    assert (gate.title, gate.strictness) == ("POD accepted", "Blocks billing")
    assert readiness.total == len(RULES)
    assert "POD accepted" not in readiness.passed


def test_what_only_a_delivered_load_can_show_waits_until_then(carrier, now) -> None:
    load = board.rolling(now)
    evaluate_load(load.pk, by="rule:readiness", at=now)

    readiness = LoadSheet(load, at=now).readiness

    assert [(gate.title, gate.look) for gate in readiness.failed] == [("Delivered", "LATER")]
    assert {"POD accepted", "Rate found", "All stops complete"} <= set(readiness.later)
    assert "Customer billable" in readiness.passed
    assert readiness.total == len(RULES)


def test_a_load_that_was_never_judged_has_passed_nothing(now) -> None:
    load = delivered_load()

    readiness = LoadSheet(load, at=now).readiness

    assert (readiness.failed, readiness.passed) == ((), ())


def test_a_gap_leads_to_the_case_that_stands_for_it(now) -> None:
    load = delivered_load(pod="")
    blocker(load, now)
    before = LoadSheet(load, at=now).readiness.failed[0]
    case = open_case("pod_missing", subject_key="x", by="rule:x", at=now, load=load)

    after = LoadSheet(load, at=now).readiness.failed[0]

    assert (before.action, before.dialog) == ("Upload", "upload")
    assert (after.action, after.href) == ("Resolve", f"/exceptions/{case.number}/")


def blocker(load, now, **more) -> Blocker:
    fields = {
        "rule": "pod_accepted", "enforcement": "BLOCK", "message": "None.", "action": "upload_pod",
        "owner_group": "biller", "opened_at": now,
    }  # fmt: skip
    return Blocker.objects.create(load=load, customer=load.customer, **(fields | more))


def test_a_gap_that_somebody_waived_is_none(now) -> None:
    load = delivered_load()
    blocker(load, now, waived_at=now, waived_by="user:1", waive_reason="Paid by hand")

    assert LoadSheet(load, at=now).readiness.failed == ()


def test_what_blocks_stands_above_what_only_warns(now) -> None:
    load = delivered_load()
    blocker(load, now, rule="receipts", enforcement="WARN")
    blocker(load, now)

    looks = [gate.look for gate in LoadSheet(load, at=now).readiness.failed]

    assert looks == ["BAD", "WARN"]


def test_history_tells_who_did_what_with_before_and_after(desk, carrier, now) -> None:
    load = delivered_load(wait_hours=6)
    evaluate_load(load.pk, by="rule:readiness", at=now)
    held = Charge.objects.get(load=load, status="HELD")
    desk(Role.BILLING_MANAGER).post(f"/charges/{held.pk}/approve/")

    lines = LoadSheet(load, at=now).history

    approval = next(line for line in lines if line.words == "approved detention, stop 2")
    assert approval.actor.name.startswith("Person")
    assert ("Held", "Approved") in [(c.before, c.after) for c in approval.changes]


def test_a_corrected_event_stays_in_the_log_struck_out(now) -> None:
    load = delivered_load()
    stop = load.stops.get(sequence=2)
    known = {"load": load, "stop": stop, "kind": "ARRIVED", "stop_sequence": 2}
    MilestoneFactory(**known, occurred_at=DELIVERED, source_reference="a1")
    MilestoneFactory(
        **known, occurred_at=DELIVERED + timedelta(minutes=5), source_reference="a2",
        supersedes_reference="a1",
    )  # fmt: skip

    new, old = LoadSheet(load, at=now).log

    assert (new.is_superseded, old.is_superseded) == (False, True)
    assert "corrects an earlier one" in new.source


def test_each_part_of_the_page_is_read_once(load, now, django_assert_num_queries) -> None:
    sheet = LoadSheet(load, at=now)
    with django_assert_num_queries(1):
        sheet.charges  # noqa: B018
        sheet.charges  # noqa: B018


def test_the_navigation_marks_where_one_is_and_counts_what_waits(load, now) -> None:
    from web.desk.navigation import desk_groups

    open_case("pod_missing", subject_key="x", by="rule:x", at=now, load=load)

    items = {
        item.label: item
        for group in desk_groups(UserFactory(role=Role.BILLER), path="/exceptions/EX-1/")
        for item in group.items
    }

    assert items["Exceptions"].is_current
    assert items["Exceptions"].count == "1"
    assert not items["Loads"].is_current
