"""A period under a version: every line that moves, why, and no load twice."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.operations.scoping import enter_scope, enter_staff_scope
from billing.models import RatingRecord
from insights.handlers import run_backtests
from insights.models import BacktestDifference, BacktestProblem
from insights.operations.backtesting import (
    BacktestRefused,
    cancel_backtest,
    run_block,
    start_backtest,
    start_impact,
)
from insights.queries.backtests import (
    differences_of,
    problems_of,
    told_backtests,
)
from insights.queries.impact import revenue_impact
from journal.events import Deferred
from journal.models import Delivery, Event
from journal.operations.lifecycle import IllegalMove
from journal.operations.recording import record
from rating.engine.places import Place
from rating.operations.approving import approve_version, submit_version
from rating.operations.carding import create_card, draft_version
from rating.operations.publishing import publish_version
from rating.queries.books import whole_book
from tests.factories import CustomerFactory
from tests.factories.billing import DRAFTER, MANAGER, publish_card
from tests.insights.conftest import FIRST_ON, LAST_ON, drafted

pytestmark = pytest.mark.django_db

TESTER = "user:55"


def started(version, *, at, **more):
    fields = {"first_on": FIRST_ON, "last_on": LAST_ON} | more
    return start_backtest(version, by=TESTER, at=at, **fields)


def finished(version, *, at, size=500, **more):
    backtest = started(version, at=at, **more)
    while backtest.is_open:
        backtest = run_block(backtest.pk, by="system:backtest", at=at, size=size)
    return backtest


def told(backtest):
    rows = backtest.differences.order_by("id")
    return [(row.load.number, row.code, row.before_amount, row.after_amount) for row in rows]


def test_the_version_in_force_moves_nothing(rated, in_force, now):
    rated(wait_hours=4)
    rated()

    backtest = finished(in_force, at=now)

    assert (backtest.status, backtest.total_count, backtest.done_count) == ("DONE", 2, 2)
    assert (backtest.changed_count, backtest.unrated_count) == (0, 0)
    assert backtest.before_amount == backtest.after_amount > 2000
    assert told(backtest) == []


def test_a_draft_tells_every_line_that_moves_and_why(rated, in_force, now):
    load = rated(number="104882", wait_hours=4)
    draft = drafted(in_force, at=now, minimum=Decimal("200.00"))

    backtest = finished(draft, at=now)

    rows = backtest.differences.order_by("id")
    assert [(row.load_id, row.code, row.stop_sequence) for row in rows] == [
        (load.pk, "LHS", None),
        (load.pk, "DET", 2),
    ]
    assert [(row.before_amount, row.after_amount, row.difference_amount) for row in rows] == [
        (Decimal("1000"), Decimal("1100"), Decimal("100")),
        (Decimal("150"), Decimal("200"), Decimal("50")),
    ]
    assert [row.reason for row in rows] == [
        "rate $1,000.00 became $1,100.00 per load",
        "per hour became minimum",
    ]
    assert backtest.after_amount - backtest.before_amount == Decimal("150")


def test_differences_add_up_to_the_totals(rated, in_force, now):
    for number in range(7):
        rated(wait_hours=number)

    backtest = finished(drafted(in_force, at=now, minimum=Decimal("90.00")), at=now, size=2)

    moved = sum(row.difference_amount for row in backtest.differences.all())
    assert backtest.changed_count == 7
    assert backtest.after_amount - backtest.before_amount == moved != 0


def test_a_charge_that_ends_and_one_that_begins_are_told_with_their_reason(rated, in_force, now):
    rated(wait_hours=4)
    longer = replace(_detention(in_force), free_times=())
    draft = drafted(in_force, at=now, rate="1000.00", code="WTG", detention=longer)

    rows = finished(draft, at=now).differences.order_by("id")

    assert [(row.code, row.before_amount, row.after_amount) for row in rows] == [
        ("DET", Decimal("150"), None),
        ("WTG", None, Decimal("75")),
        ("WTG", None, Decimal("300")),
    ]
    assert rows[0].reason == "no rule charges it; DET-4 did"
    assert rows[1].reason.startswith("DET-4 charges it: ")


def test_a_charge_that_a_rule_now_waives_tells_the_rules_reason(rated, in_force, now):
    rated(wait_hours=4)
    generous = replace(_detention(in_force), late_tolerance_minutes=0)
    times = tuple(replace(each, minutes=600) for each in generous.free_times)
    draft = drafted(in_force, at=now, rate="1000.00", detention=replace(generous, free_times=times))

    [row] = finished(draft, at=now).differences.all()

    assert row.after_amount is None
    assert row.reason == "4h 00m is inside 10h 00m free time"


def test_what_cannot_be_priced_is_a_problem_and_counts_in_no_total(rated, in_force, now):
    rated(number="1")
    lane = replace(whole_book(in_force).lanes[0], origin=Place.state("TX"))
    draft = draft_version(
        in_force.card, effective_from=date(2027, 1, 1), lanes=[lane], by=DRAFTER, at=now
    )

    backtest = finished(draft, at=now)

    [problem] = problems_of(backtest, side="AFTER")
    assert (problem.load.number, problem.code, problem.subject_key) == ("1", "no_rate", "lane")
    assert (backtest.unrated_count, backtest.unrated_amount) == (1, Decimal("1000"))
    assert (backtest.before_amount, backtest.after_amount) == (0, 0)
    assert told(backtest) == []


def test_a_version_that_prices_what_had_no_price_is_told_so(rated, in_force, now):
    own = CustomerFactory()
    card = create_card(name="Own", currency="USD", customer=own, by=DRAFTER, at=now)
    lane = replace(whole_book(in_force).lanes[0], origin=Place.state("TX"))
    first = draft_version(card, effective_from=date(2026, 1, 1), lanes=[lane], by=DRAFTER, at=now)
    submit_version(first, by=DRAFTER, at=now)
    approve_version(first, by=MANAGER, at=now)
    publish_version(first, by=MANAGER, at=now)
    rated(customer=own)
    draft = draft_version(
        card, effective_from=date(2027, 1, 1), lanes=whole_book(in_force).lanes, by=DRAFTER, at=now
    )

    backtest = finished(draft, at=now)

    assert [problem.side for problem in problems_of(backtest)] == ["BEFORE"]
    assert (backtest.unrated_count, backtest.after_amount) == (0, 0)


def test_loads_in_another_currency_are_not_subtracted(rated, in_force, now):
    rated()
    card = create_card(name="Canada", currency="CAD", by=DRAFTER, at=now)
    draft = draft_version(
        card, effective_from=date(2027, 1, 1), lanes=whole_book(in_force).lanes, by=DRAFTER, at=now
    )
    customer = RatingRecord.objects.get().customer

    backtest = finished(draft, at=now, customer=customer)

    assert [(each.code, each.side) for each in problems_of(backtest)] == [
        ("other_currency", "AFTER")
    ]
    assert backtest.currency == "CAD"


def test_two_versions_are_compared_whatever_was_stored(rated, in_force, now):
    rated()
    low, high = drafted(in_force, at=now, rate="900.00"), drafted(in_force, at=now, rate="950.00")

    backtest = finished(high, at=now, against=low)

    assert (backtest.before_amount, backtest.after_amount) == (Decimal("900"), Decimal("950"))


def test_only_loads_picked_up_in_the_period_are_tried(rated, in_force, now):
    for days in (0, 1, 2):
        rated(number=f"{days}", days=days)
    on = date(2026, 11, 17)

    backtest = finished(drafted(in_force, at=now), at=now, first_on=on, last_on=on)

    assert [row.load.number for row in backtest.differences.all()] == ["1"]


def test_a_card_for_everybody_is_tried_on_what_it_rated_and_one_of_a_customer_on_its_loads(
    rated, in_force, now
):
    own = CustomerFactory()
    publish_card("700.00", name="Own", customer=own)
    rated(number="theirs")
    rated(number="own", customer=own)
    everybody = drafted(in_force, at=now)
    card = create_card(name="Next", currency="USD", customer=own, by=DRAFTER, at=now)
    owns = draft_version(
        card, effective_from=date(2027, 1, 1), lanes=whole_book(in_force).lanes, by=DRAFTER, at=now
    )

    def tried(version, **more):
        backtest = finished(version, at=now, **more)
        return {row.load.number for row in backtest.differences.all()}

    assert tried(everybody) == {"theirs"}
    assert tried(owns) == {"own"}
    assert tried(everybody, customer=own) == {"own"}


def test_a_card_for_one_equipment_is_tried_on_that_equipment(rated, in_force, now):
    rated(number="1", equipment="REEFER53")
    rated(number="2", equipment="FLATBED")
    card = create_card(
        name="Flat", currency="USD", equipment="FLATBED", shipment_type="TRUCKLOAD", by=DRAFTER,
        at=now, customer=None,
    )  # fmt: skip
    draft = draft_version(
        card, effective_from=date(2027, 1, 1), lanes=whole_book(in_force).lanes, by=DRAFTER, at=now
    )
    flat = RatingRecord.objects.get(load__number="2").customer

    assert finished(draft, at=now, customer=flat).done_count == 1
    assert finished(draft, at=now).done_count == 0


def test_a_card_is_not_tried_on_what_a_closer_card_of_its_customer_rated(rated, in_force, now):
    own = CustomerFactory()
    publish_card("700.00", name="Reefer", customer=own, equipment="REEFER53")
    rated(number="reefer", customer=own, equipment="REEFER53")
    rated(number="van", customer=own, equipment="VAN53")
    card = create_card(name="Any", currency="USD", customer=own, by=DRAFTER, at=now)
    draft = draft_version(
        card, effective_from=date(2027, 1, 1), lanes=whole_book(in_force).lanes, by=DRAFTER, at=now
    )

    backtest = finished(draft, at=now)

    assert backtest.done_count == 1
    assert {row.load.number for row in backtest.differences.all()} <= {"van"}


def test_blocks_go_on_where_the_last_one_ended(rated, in_force, now):
    for _ in range(5):
        rated()
    backtest = started(drafted(in_force, at=now), at=now)

    seen = []
    while backtest.is_open:
        backtest = run_block(backtest.pk, by=TESTER, at=now, size=2)
        seen.append((backtest.done_count, backtest.differences.count(), backtest.status))

    assert seen == [(2, 2, "RUNNING"), (4, 4, "RUNNING"), (5, 5, "DONE")]
    assert run_block(backtest.pk, by=TESTER, at=now).done_count == 5


def test_the_queue_runs_what_was_started(rated, in_force, now, drain):
    rated()

    backtest = started(drafted(in_force, at=now), at=now)
    drain()

    backtest.refresh_from_db()
    assert (backtest.status, backtest.changed_count) == ("DONE", 1)
    delivery = Delivery.objects.get(subscriber="insights.handlers.run_backtests")
    assert (delivery.status, delivery.note) == ("DONE", "DONE")


def test_a_lease_that_ends_gives_the_rest_back(rated, in_force, now, drain, settings):
    rated()
    settings.LEASE_SECONDS = 0
    backtest = started(drafted(in_force, at=now), at=now)

    [delivery] = Delivery.objects.filter(subscriber="insights.handlers.run_backtests")
    [verdict] = run_backtests([delivery])

    assert verdict == Deferred("Goes on where it is.", 0)
    backtest.refresh_from_db()
    assert backtest.status == "QUEUED"


def test_a_cancelled_run_keeps_what_it_found_and_finds_no_more(rated, in_force, now):
    for _ in range(3):
        rated()
    backtest = started(drafted(in_force, at=now), at=now)
    run_block(backtest.pk, by=TESTER, at=now, size=1)

    cancel_backtest(backtest, by=TESTER, at=now, reason="wrong month")
    after = run_block(backtest.pk, by=TESTER, at=now, size=1)

    assert (after.status, after.done_count, after.differences.count()) == ("CANCELLED", 1, 1)
    with pytest.raises(IllegalMove):
        cancel_backtest(after, by=TESTER, at=now)


def test_a_run_whose_delivery_is_dead_has_failed(rated, in_force, now, drain):
    rated()
    backtest = started(drafted(in_force, at=now), at=now)
    dead = Delivery.objects.get(subscriber="insights.handlers.run_backtests")
    Delivery.objects.filter(pk=dead.pk).update(status="DEAD", note="It broke.", settled_at=now)
    record("delivery.dead", subject=dead, by="system:journal", at=now,
           payload={"subscriber": dead.subscriber})  # fmt: skip

    drain()

    backtest.refresh_from_db()
    assert (backtest.status, backtest.reason) == ("FAILED", "It broke.")


def test_a_dead_letter_of_somebody_else_ends_no_run(in_force, now, drain):
    other = Event.objects.order_by("id")[0]
    record("delivery.dead", subject=other, by="system:journal", at=now,
           payload={"subscriber": "billing.handlers.evaluate_loads"})  # fmt: skip

    drain()

    heard = Delivery.objects.get(subscriber="insights.handlers.end_dead_backtests")
    assert heard.note == "Not a backtest."


def test_stored_facts_that_cannot_be_read_are_a_problem_of_their_load(rated, in_force, now):
    load = rated()
    record_row = RatingRecord.objects.get()
    record_row.pk = None
    record_row.facts = record_row.facts | {"miles": "many"}
    record_row.save()
    load.billing.rating = record_row
    load.billing.save(update_fields=["rating"])

    backtest = finished(drafted(in_force, at=now), at=now)

    assert [problem.code for problem in problems_of(backtest)] == ["unreadable"]
    assert backtest.status == "DONE"


def test_a_line_of_a_load_stands_once_in_a_run(rated, in_force, now):
    rated()
    backtest = finished(drafted(in_force, at=now), at=now)
    [row] = backtest.differences.all()
    row.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"first_on": LAST_ON, "last_on": FIRST_ON}, "last_on", "period_reversed"),
        ({"against": "itself"}, "against", "same_version"),
        ({"against": "canada"}, "against", "other_currency"),
        ({"customer": "stranger"}, "customer", "other_customer"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused_at_its_field(in_force, now, fields, field, code):
    own = CustomerFactory()
    version = publish_card(name="Own", customer=own)
    canada = draft_version(
        create_card(name="Canada", currency="CAD", by=DRAFTER, at=now),
        effective_from=date(2027, 1, 1), by=DRAFTER, at=now,
    )  # fmt: skip
    rows = {"itself": version, "canada": canada, "stranger": CustomerFactory()}
    told_fields = {name: rows.get(value, value) for name, value in fields.items()}

    with pytest.raises(BacktestRefused) as refused:
        started(version, at=now, **told_fields)

    assert (refused.value.field, refused.value.code) == (field, code)


def test_differences_are_read_in_a_fixed_number_of_statements(
    rated, in_force, now, django_assert_num_queries
):
    for number in range(4):
        rated(number=f"{number}", wait_hours=4)
    backtest = finished(drafted(in_force, at=now, minimum=Decimal("200")), at=now)

    with django_assert_num_queries(1):
        rows = list(differences_of(backtest).order_by("-moved_amount", "-id"))
        assert [row.load.customer.code for row in rows]
    assert [row.code for row in rows] == ["LHS"] * 4 + ["DET"] * 4
    assert {row.code for row in differences_of(backtest, code="DET")} == {"DET"}
    assert {row.load.number for row in differences_of(backtest, load="2")} == {"2"}


def test_the_impact_of_a_draft_is_read_from_its_newest_run(rated, in_force, now):
    rated(days=40)
    rated()
    draft = drafted(in_force, at=now)
    assert revenue_impact(draft, at=now) is None

    backtest = start_impact(draft, by=TESTER, at=now)
    assert revenue_impact(draft, at=now) is None
    run_block(backtest.pk, by=TESTER, at=now)

    impact = revenue_impact(draft, at=now)
    assert impact is not None
    assert impact.difference_amount == Decimal("200")
    assert impact.monthly_amount == Decimal("66.67")
    assert [
        (month.first_on, month.load_count, month.difference_amount) for month in impact.months
    ] == [
        (date(2026, 10, 1), 1, Decimal("100")),
        (date(2026, 11, 1), 1, Decimal("100")),
    ]
    assert not impact.is_stale
    assert revenue_impact(draft, days=30, at=now) is None
    assert revenue_impact(draft, at=now + timedelta(days=8)) is None


def test_a_draft_that_was_changed_since_has_a_stale_impact(rated, in_force, now):
    draft = drafted(in_force, at=now)
    backtest = start_impact(draft, by=TESTER, at=now)
    run_block(backtest.pk, by=TESTER, at=now)

    record("rate_card.approved", subject=draft, by=MANAGER, at=now + timedelta(minutes=1))
    assert [impact.is_stale for impact in (revenue_impact(draft, at=now),) if impact] == [False]
    record("rate_card.edited", subject=draft, by=MANAGER, at=now + timedelta(minutes=1))
    assert [impact.is_stale for impact in (revenue_impact(draft, at=now),) if impact] == [True]


def test_no_customer_sees_a_run(rated, in_force, now):
    finished(drafted(in_force, at=now), at=now)
    with transaction.atomic():
        enter_scope(None)
        seen = [
            rows.exists()
            for rows in (told_backtests(), BacktestDifference.objects, BacktestProblem.objects)
        ]
        enter_staff_scope()
    assert seen == [False, False, False]
    assert told_backtests().exists()


def _detention(version):
    return next(rule.detention for rule in whole_book(version).accessorials if rule.code == "DET")
