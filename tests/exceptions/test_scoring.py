from datetime import timedelta
from decimal import Decimal

import pytest

from exceptions.models import Case
from exceptions.queries.scoring import POINTS, reasons_for, with_risk
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db


def risk_of(case: Case, at) -> int:
    scored = with_risk(Case.objects.all(), at=at).get(pk=case.pk)
    return getattr(scored, "risk")  # noqa: B009  an annotation, unknown to the model


def told(case: Case, at) -> list[tuple[str, int]]:
    return [(point.reason, point.points) for point in reasons_for(case, at=at)]


def test_the_reasons_are_named_and_the_heaviest_comes_first(now):
    case = CaseFactory(
        kind="pod_missing", at=now, due_at=now + timedelta(minutes=110),
        value_amount=Decimal("112.50"),
    )  # fmt: skip
    assert told(case, now) == [
        ("Serious", 25),
        ("Blocks an invoice", 25),
        ("SLA under 2 hours", 15),
        ("50 or more at stake", 8),
    ]


@pytest.mark.parametrize(
    ("value", "points"),
    [(None, 0), ("49.99", 0), ("50", 8), ("249.99", 8), ("250", 16), ("999.99", 16), ("1000", 25)],
)
def test_more_at_stake_counts_more(now, value, points):
    amount = Decimal(value) if value else None
    case = CaseFactory(at=now, due_at=now + timedelta(days=2), value_amount=amount)
    assert risk_of(case, now) == 12 + points


@pytest.mark.parametrize(
    ("left", "points"),
    [
        (timedelta(hours=8), 0),
        (timedelta(hours=7, minutes=59), 8),
        (timedelta(hours=2), 8),
        (timedelta(minutes=119), 15),
        (timedelta(0), 15),
        (timedelta(minutes=-1), 25),
    ],
)
def test_less_time_counts_more(now, left, points):
    case = CaseFactory(at=now, due_at=now + left)
    assert risk_of(case, now) == 12 + points


def test_risk_rises_as_time_runs_out(now):
    case = CaseFactory(at=now, due_at=now + timedelta(hours=9))
    later = [risk_of(case, now + timedelta(hours=n)) for n in (0, 2, 8, 10)]
    assert later == sorted(later)
    assert len(set(later)) == 4


def test_the_shown_points_add_up_to_the_risk_that_sorts(now):
    for kind in ("pod_missing", "time_order", "duplicate_interchange"):
        for hours in (-1, 1, 5, 30):
            case = CaseFactory(
                kind=kind, subject_key=f"{kind}{hours}", at=now,
                due_at=now + timedelta(hours=hours), value_amount=Decimal(300 + hours),
            )  # fmt: skip
            assert sum(points for _, points in told(case, now)) == risk_of(case, now)


def test_a_hundred_is_the_most_there_is(now):
    worst = CaseFactory(
        kind="pod_missing", at=now, due_at=now - timedelta(hours=1), value_amount=Decimal(50_000)
    )
    assert risk_of(worst, now) == 100
    assert len({point.reason for point in POINTS}) == len(POINTS)
