"""Times, shares and margins over passages, against numbers reckoned by hand."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from billing.models import Invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from insights.models import Passage
from insights.queries.figures.measuring import UnknownPart
from insights.queries.figures.telling import rows_behind, tell_split
from insights.queries.figures.trends import weeks_of
from insights.rules.figures import BY_KEY
from tests.factories.billing import a_customer, delivered_load, found_carrier, publish_card
from tests.insights.cast import HOUR, NOON, a_passage, found, november, told, value

pytestmark = pytest.mark.django_db

Touch = Passage.Touch
OCTOBER = datetime.fromisoformat("2026-10-10T12:00:00-05:00")


@pytest.fixture
def invoice(now) -> Invoice:
    """An invoice that stands for the first one of every passage; its own load has none here."""
    found_carrier()
    publish_card()
    billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)
    return issue_invoice(billing, by="rule:straight-through", at=now)


def test_delivery_to_invoice_is_the_median_with_quartiles_and_p90(invoice, now) -> None:
    for hours in (1, 2, 3, 4, 10):
        a_passage(invoice=invoice, hours=hours)

    reading = found(told("delivery-to-invoice", november(now)))

    assert (reading.n, reading.value) == (5, Decimal("3.00"))
    assert reading.more == {
        "p25": Decimal("2.00"), "median": Decimal("3.00"), "p75": Decimal("4.00"),
        "p90": Decimal("7.60"),  # 4 + 0.6 x (10 - 4)
    }  # fmt: skip


def test_four_loads_are_not_enough_for_a_median_but_are_counted(invoice, now) -> None:
    for hours in (1, 2, 3, 4):
        a_passage(invoice=invoice, hours=hours)

    reading = found(told("delivery-to-invoice", november(now)))

    assert (reading.n, reading.value) == (4, None)
    assert set((reading.more or {}).values()) == {None}


def test_nothing_at_all_is_a_reading_of_no_rows(now) -> None:
    for key in ("dispatch-to-invoice", "delivery-to-invoice", "straight-through", "pod-time"):
        reading = found(told(key, november(now)))
        assert (reading.n, reading.value) == (0, None)
    assert told("margin", november(now)).readings == ()


def test_a_load_billed_before_its_delivery_waited_for_nothing(invoice, now) -> None:
    for hours in (-5, -4, -3, 8, 8):
        a_passage(invoice=invoice, hours=hours)

    reading = found(told("delivery-to-invoice", november(now)))

    assert (reading.n, reading.value) == (5, Decimal("0.00"))


def test_the_period_is_that_of_the_first_invoice_and_ends_with_its_last_day(invoice, now) -> None:
    last = datetime.fromisoformat("2026-11-30T23:59:59-06:00")
    inside = a_passage(invoice=invoice, delivered=last - 2 * HOUR, hours=2)
    a_passage(invoice=invoice, delivered=last, hours=1)
    a_passage(invoice=invoice, delivered=OCTOBER, hours=2)
    a_passage()

    rows = rows_behind(BY_KEY["delivery-to-invoice"], november(now))

    assert list(rows) == [inside]


def test_the_month_before_is_read_the_same_way(invoice, now) -> None:
    for hours in (1, 2, 3, 4, 5):
        a_passage(invoice=invoice, hours=hours)
        a_passage(invoice=invoice, delivered=OCTOBER, hours=10 * hours)

    answer = told("delivery-to-invoice", november(now))

    before = answer.was()
    assert value(answer) == Decimal("3.00")
    assert before is not None
    assert (before.n, before.value) == (5, Decimal("30.00"))


def test_dispatch_to_invoice_leaves_out_loads_of_which_no_dispatch_was_told(invoice, now) -> None:
    for hours in (1, 2, 3, 4, 5):
        a_passage(invoice=invoice, hours=hours, dispatched_at=NOON - 30 * HOUR)
    a_passage(invoice=invoice, hours=99)

    reading = found(told("dispatch-to-invoice", november(now)))

    assert (reading.n, reading.value) == (5, Decimal("33.00"))


def test_straight_through_is_the_share_that_nobody_touched(invoice, now) -> None:
    for touch in ("", "", "", "", "", Touch.CASE, Touch.CASE, Touch.ISSUE):
        a_passage(invoice=invoice, hours=1, touch=touch)

    answer = told("straight-through", november(now))

    assert (found(answer).n, value(answer)) == (8, Decimal("62.5"))
    assert (found(answer, "CASE").n, found(answer, "ISSUE").n) == (2, 1)
    assert answer.reading("PAPER") is None


def test_stages_count_the_loads_that_passed_both_ends(invoice, now) -> None:
    for hours in (1, 2, 3, 4, 5):
        a_passage(
            invoice=invoice, hours=20 + hours,
            pod_at=NOON + hours * HOUR, ready_at=NOON + (10 + hours) * HOUR,
            posted_at=NOON + (20 + hours) * HOUR + timedelta(minutes=6),
        )  # fmt: skip
    a_passage(invoice=invoice, hours=50, ready_at=NOON + 30 * HOUR)
    a_passage(invoice=invoice, hours=1)

    answer = told("stage-times", november(now))

    stages = {each.part: (each.n, each.value) for each in answer.readings}
    assert stages == {
        "proof": (5, Decimal("3.00")),
        "ready": (6, Decimal("10.00")),  # 10 five times, and 30 where no proof is asked for
        "issue": (6, Decimal("10.00")),  # 10 five times and 20
        "post": (5, Decimal("0.10")),
    }


def test_proofs_count_from_delivery_and_the_missing_ones_beside(now) -> None:
    for hours in (-2, 1, 2, 3, 4):
        a_passage(pod_at=NOON + hours * HOUR)
    a_passage()
    a_passage(delivered=OCTOBER)

    answer = told("pod-time", november(now))

    assert (found(answer).n, value(answer)) == (5, Decimal("2.00"))
    assert (found(answer, "missing").n, value(answer, "missing")) == (1, 1)


def test_margin_is_by_currency_and_of_loads_with_known_costs_only(invoice, now) -> None:
    for cost in (700, 750, 800, 850, 900):
        a_passage(invoice=invoice, hours=1, billed_amount=Decimal(1000), cost_amount=Decimal(cost))
    a_passage(invoice=invoice, hours=1, billed_amount=Decimal(5000))
    a_passage(
        invoice=invoice, hours=1, billed_amount=Decimal(100), cost_amount=Decimal(10),
        currency="CAD",
    )  # fmt: skip

    answer = told("margin", november(now))

    assert (found(answer, "USD").n, value(answer, "USD")) == (5, Decimal("20.0"))
    assert found(answer, "USD").more == {"billed": 5000, "cost": 4000, "left": 1000}
    assert (found(answer, "CAD").n, value(answer, "CAD")) == (1, None)


def test_a_load_credited_in_full_leaves_its_cost_only(invoice, now) -> None:
    for billed in (1000, 1000, 1000, 1000, 0):
        a_passage(invoice=invoice, hours=1, billed_amount=Decimal(billed), cost_amount=Decimal(900))

    assert value(told("margin", november(now)), "USD") == Decimal("-12.5")  # (4000 - 4500) / 4000


def test_a_customer_and_a_lane_narrow_the_figure_and_its_rows(invoice, now) -> None:
    customer = a_customer()
    for hours in (1, 2, 3, 4, 5):
        a_passage(invoice=invoice, customer=customer, hours=hours)
        a_passage(invoice=invoice, customer=customer, hours=50, lane="IL-IN")
        a_passage(invoice=invoice, hours=70, lane="OH-IL")

    theirs = told("delivery-to-invoice", november(now, customer_id=customer.pk))
    on_lane = told("delivery-to-invoice", november(now, customer_id=customer.pk, lane="IL-OH"))

    assert (found(theirs).n, found(on_lane).n) == (10, 5)
    assert value(on_lane) == Decimal("3.00")


def test_a_split_reads_each_customer_as_asking_for_it_alone_does(invoice, now) -> None:
    busy, quiet = a_customer(), a_customer()
    for hours in (1, 2, 3, 4, 5, 6):
        a_passage(invoice=invoice, customer=busy, hours=hours, lane="IL-IN")
    a_passage(invoice=invoice, customer=quiet, hours=9)
    frame = november(now)

    for key in ("delivery-to-invoice", "straight-through", "pod-time", "margin"):
        split = tell_split(BY_KEY[key], frame, by="customer") or []
        for each in split:
            alone = told(key, november(now, customer_id=each.group))
            assert each.readings == alone.readings
    spread = tell_split(BY_KEY["delivery-to-invoice"], frame, by="lane") or []
    assert [(each.group, each.readings[0].n) for each in spread] == [("IL-IN", 6), ("IL-OH", 1)]


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("delivery-to-invoice", "x"), ("straight-through", "x"), ("stage-times", ""),
        ("pod-time", "x"), ("waiting", "x"), ("blocked", "x"), ("open-cases", "x"),
        ("accessorials-billed", "USD-x"), ("receivables", "USD-9"), ("dso", "USD-1"),
        ("credit-rate", "USD-x"), ("messages-failed", "x"), ("postings-failed", "x"),
    ],
)  # fmt: skip
def test_a_part_that_a_figure_does_not_have_is_refused(key, part, now) -> None:
    with pytest.raises(UnknownPart):
        rows_behind(BY_KEY[key], november(now), part)


def test_weeks_are_those_of_the_house_and_say_nothing_of_too_few(invoice, now) -> None:
    sunday = datetime.fromisoformat("2026-11-15T23:30:00-06:00")
    for hours in (1, 2, 3, 4, 10):
        a_passage(invoice=invoice, delivered=sunday - hours * HOUR, hours=hours)
    a_passage(invoice=invoice, delivered=sunday, hours=1, touch=Touch.CASE)

    *_, last, this, _, _ = weeks_of(november(now))

    assert (last.first_on.isoformat(), last.n, last.median) == ("2026-11-09", 5, Decimal("3.00"))
    assert (last.p90, last.straight_through) == (Decimal("7.60"), Decimal("100.0"))
    assert (this.n, this.median, this.straight_through) == (1, None, None)
