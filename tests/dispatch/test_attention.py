"""Why a load needs somebody: the rules, and the conditions that must say the same."""

from datetime import datetime, timedelta
from itertools import product

import pytest

from dispatch.models import Load, Watch
from dispatch.models.watch import FAR
from dispatch.queries.attention import at_risk, needing, on_watches, quiet
from dispatch.rules.attention import ACT_NOW, Attention, Need, need_of
from tests.factories import CustomerFactory, LoadFactory

HOUR = timedelta(hours=1)


def watch(now: datetime, phase: str, **changed: object) -> Watch:
    plain = {"is_assigned": True, "pickup_at": now + 40 * HOUR, "delivery_at": FAR}
    return Watch(phase=phase, **{**plain, **changed})


@pytest.mark.parametrize(
    ("phase", "field", "hours", "expected"),
    [
        ("BEFORE", "late_at", 0, Attention.MISSED_PICKUP),
        ("BEFORE", "late_at", 1, None),
        ("AT_STOP", "waiting_from", -2, Attention.DETENTION),
        ("AT_STOP", "waiting_from", -1, None),
        ("ROLLING", "late_at", -1, Attention.LATE),
        ("ROLLING", "heard_at", -2, Attention.NO_PING),
        ("ROLLING", "heard_at", -1, None),
        ("OFFERED", "late_at", -5, None),
        ("DONE", "late_at", 5, Attention.NO_POD),
    ],
)
def test_a_load_needs_somebody_from_the_minute_on(
    now, phase: str, field: str, hours: int, expected: Attention | None
) -> None:
    need = need_of(watch(now, phase, **{field: now + hours * HOUR}), at=now)

    assert (need and need.attention) == expected


def test_nobody_drives_matters_a_day_before_the_pickup(now) -> None:
    tomorrow = watch(now, "BEFORE", is_assigned=False, pickup_at=now + 24 * HOUR)
    later = watch(now, "BEFORE", is_assigned=False, pickup_at=now + 25 * HOUR)

    assert need_of(tomorrow, at=now) == Need(Attention.UNASSIGNED, now)
    assert need_of(later, at=now) is None


def test_detention_runs_since_the_free_time_ended(now) -> None:
    need = need_of(watch(now, "AT_STOP", waiting_from=now - 3 * HOUR), at=now)

    assert need == Need(Attention.DETENTION, now - HOUR)


@pytest.mark.django_db
def test_the_conditions_find_what_the_rules_say(now) -> None:
    instants = (None, now - 3 * HOUR, now, now + HOUR)
    customer = CustomerFactory()
    for phase, moment, is_assigned, pickup in product(
        Watch.Phase, instants, (True, False), (now + HOUR, now + 30 * HOUR)
    ):
        for heard in instants[:3] if phase == "ROLLING" else (None,):
            row = watch(
                now, phase, is_assigned=is_assigned, pickup_at=pickup, late_at=moment,
                waiting_from=moment, heard_at=heard,
            )  # fmt: skip
            row.load, row.customer = LoadFactory(customer=customer), customer
            row.save(force_insert=True)

    for attention in Attention:
        found = set(Load.objects.filter(needing(attention, at=now)).values_list("pk", flat=True))
        assert found == said(attention, at=now), attention
        watches = Watch.objects.filter(on_watches(needing(attention, at=now)))
        assert set(watches.values_list("pk", flat=True)) == found, attention
    risk = set(Load.objects.filter(at_risk(at=now)).values_list("pk", flat=True))
    assert risk == set().union(*(said(attention, at=now) for attention in ACT_NOW))
    for phase in Watch.Phase:
        calm = set(Load.objects.filter(quiet(phase, at=now)).values_list("pk", flat=True))
        in_phase = set(Watch.objects.filter(phase=phase).values_list("load_id", flat=True))
        assert calm == in_phase - risk, phase


def said(attention: Attention, *, at: datetime) -> set[int]:
    """Return the loads of which the pure rule says so."""
    needs = {row.load_id: need_of(row, at=at) for row in Watch.objects.all()}
    return {load_id for load_id, need in needs.items() if need and need.attention == attention}
