"""Backtests: started from a version, followed, read, taken home."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from accounts.rules import Role
from billing.operations.readiness import evaluate_load
from insights.models import Backtest
from insights.operations.backtesting import start_backtest
from rating.models import RateCardVersion
from tests.factories.billing import delivered_load
from tests.factories.doors import sign_in
from tests.insights.conftest import FIRST_ON, LAST_ON, drafted
from tests.web.test_rates import address, text

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 11


@pytest.fixture
def draft(carrier, customer, now) -> RateCardVersion:
    """A draft that charges 100 more for anything, and two loads that were rated before."""
    for number in ("104882", "104883"):
        load = delivered_load(customer, number=number)
        load.picked_up_at = load.picked_up_at or now
        evaluate_load(load.pk, by="rule:readiness", at=now)
    return drafted(RateCardVersion.objects.get(), at=now)


def run(draft: RateCardVersion, now: Any, drain: Callable[[], int]) -> Backtest:
    backtest = start_backtest(draft, first_on=FIRST_ON, last_on=LAST_ON, by="user:1", at=now)
    drain()
    backtest.refresh_from_db()
    return backtest


def test_a_run_is_started_followed_and_read(desk, draft, drain) -> None:
    browser = desk(Role.BILLING_MANAGER)
    asked = {"first_on": "2026-11-01", "last_on": "2026-11-30", "against": ""}
    started = browser.post(address(draft, "backtests/start/"), asked)
    href = started["Location"]
    waiting = browser.get(href)
    poll = browser.get(href, headers={"HX-Request": "true"})
    drain()
    done = browser.get(href, headers={"HX-Request": "true"})

    assert "0 of 2 loads" in text(waiting)
    assert b"every 2s" in poll.content
    assert b"<html" not in done.content
    assert b"every 2s" not in done.content
    assert "104882 Linehaul 1,000.00 1,100.00 +100.00" in text(done)
    assert re.findall(r'href="/loads/(\d+)/#charges"', done.content.decode()) == [
        "104883", "104882"
    ]  # fmt: skip


def test_the_statements_of_a_run_do_not_grow_with_what_it_found(
    desk, draft, now, drain, django_assert_num_queries
) -> None:
    backtest = run(draft, now, drain)
    browser = desk()

    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(f"/backtests/{backtest.pk}/")


def test_differences_are_narrowed_and_taken_home(desk, draft, now, drain) -> None:
    backtest = run(draft, now, drain)
    browser = desk()

    one = text(browser.get(f"/backtests/{backtest.pk}/?load=104883"))
    none = text(browser.get(f"/backtests/{backtest.pk}/?code=fue"))
    sheet = b"".join(browser.get(f"/backtests/{backtest.pk}/differences.csv").streaming_content)

    assert "104882" not in one
    assert "No difference matches" in none
    assert sheet.count(b"\r\n") == 3


def test_the_impact_stands_before_approval(desk, draft, now, drain) -> None:
    browser = desk(Role.BILLING_MANAGER)
    unknown = text(browser.get(address(draft, "checks/")))
    browser.post(
        address(draft, "backtests/start/"), {"first_on": "2026-08-22", "last_on": "2026-11-19"}
    )
    drain()

    assert "Impact not known yet Find out" in unknown
    assert "Impact: +$66.67 a month on 90-day volume" in text(
        browser.get(address(draft, "checks/"))
    )


@pytest.mark.parametrize(
    "told",
    [
        {"first_on": "2026-11-30", "last_on": "2026-11-01"},
        {"first_on": "", "last_on": "2026-11-01"},
        {"first_on": "2026-11-01", "last_on": "2026-11-30", "against": "999999"},
    ],
)
def test_a_question_that_makes_no_sense_comes_back(desk, draft, told) -> None:
    answer = desk(Role.BILLING_MANAGER).post(address(draft, "backtests/start/"), told)

    assert answer.status_code == 422
    assert not Backtest.objects.exists()


def test_a_run_is_stopped_and_keeps_what_it_found(desk, draft, now) -> None:
    backtest = start_backtest(draft, first_on=FIRST_ON, last_on=LAST_ON, by="user:1", at=now)
    browser = desk(Role.BILLING_MANAGER)

    browser.post(f"/backtests/{backtest.pk}/cancel/")

    assert "Stopped" in text(browser.get(f"/backtests/{backtest.pk}/"))


def test_others_read_runs_and_start_none(desk, draft, now, shipper) -> None:
    backtest = start_backtest(draft, first_on=FIRST_ON, last_on=LAST_ON, by="user:1", at=now)
    browser = desk(Role.BILLER)

    assert browser.get(f"/backtests/{backtest.pk}/").status_code == 200
    assert browser.post(address(draft, "backtests/start/")).status_code == 403
    assert browser.post(f"/backtests/{backtest.pk}/cancel/").status_code == 403
    assert sign_in(shipper).get(f"/backtests/{backtest.pk}/").status_code == 403


def test_the_impact_is_started_once_from_the_checklist(desk, draft) -> None:
    browser, checks = desk(Role.BILLING_MANAGER), address(draft, "checks/")
    asked = text(browser.get(checks))
    first = browser.post(address(draft, "impact/"))
    again = desk(Role.ADMINISTRATOR).post(address(draft, "impact/"))

    assert "Impact not known yet Find out" in asked
    assert first["Location"] == again["Location"]
    assert Backtest.objects.get().version == draft
    assert "0 of 2 loads rated again" in text(browser.get(checks))


def test_whoever_may_not_decide_starts_no_impact(desk, draft) -> None:
    reader = desk(Role.DISPATCHER)

    assert "Find out" not in text(reader.get(address(draft, "checks/")))
    assert reader.post(address(draft, "impact/")).status_code == 403
