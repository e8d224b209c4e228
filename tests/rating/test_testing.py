"""A case says what a card must charge, and says it the same for ever."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from journal.models import Event
from rating.engine.choices import Timing
from rating.models import RateTestCase
from rating.operations.fuelling import create_programme
from rating.operations.indexing import Published, append_values
from rating.operations.quoting import quote_facts
from rating.operations.testing import (
    CaseRefused,
    expect_quote,
    remove_case,
    run_cases,
    save_case,
)
from tests.rating.engine.building import FUEL, LANES, LOAD
from tests.rating.making import DRAFTER, NOW, drafted, per_mile_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return drafted(fuel=per_mile_programme())


def saved(version, name="Columbus"):
    quote = quote_facts(LOAD, at=NOW, version=version)
    return save_case(version.card, name=name, quote=quote, by=DRAFTER, at=NOW)


def test_a_case_passes_under_the_version_it_was_saved_with(version):
    case = saved(version)

    (result,) = run_cases(version, at=NOW)

    assert result.passes
    assert result.case == case
    assert result.total == case.expected_total == result.quote.total > 0


def test_a_dearer_lane_is_told_line_by_line(version):
    case = saved(version)
    version.lanes.filter(row=1).update(rate=Decimal("2.49"))

    (result,) = run_cases(version, at=NOW)

    assert not result.passes
    (line,) = result.differences
    assert (line.code, line.expected, line.actual) == ("LHS", Decimal("912.34"), Decimal("938.73"))
    assert result.total - case.expected_total == Decimal("26.39")


def test_a_charge_that_is_gone_and_one_that_is_new_are_differences(version):
    saved(version)
    version.accessorials.filter(code="SOC").update(code="STP")

    (result,) = run_cases(version, at=NOW)

    assert [(each.code, each.expected, each.actual) for each in result.differences] == [
        ("SOC", Decimal("75.00"), None),
        ("STP", None, Decimal("75.00")),
    ]
    assert result.total == result.expected_total
    assert not result.passes


def test_a_price_that_can_no_longer_be_told_fails(version):
    saved(version)
    version.lanes.all().delete()

    (result,) = run_cases(version, at=NOW)

    assert result.new_problems == ("no_rate: lane",)
    assert not result.passes


def test_a_case_keeps_the_index_prices_of_its_day(version):
    saved(version)
    later = datetime(2026, 11, 17, tzinfo=UTC)
    correction = Published(survey_on=date(2026, 11, 16), value=Decimal("3.999"), published_at=later)
    append_values(version.fuel.series, values=[correction], source="eia.gov", by=DRAFTER, at=NOW)

    (result,) = run_cases(version, at=NOW + timedelta(days=300))

    assert result.passes


def test_a_case_runs_under_another_rule_for_the_weeks_of_its_index(version):
    saved(version)
    october = [
        Published(
            survey_on=date(2026, 10, day),
            value=Decimal("3.651"),
            published_at=datetime(2026, 10, day, 21, tzinfo=UTC),
        )
        for day in (5, 12, 19, 26)
    ]
    append_values(version.fuel.series, values=october, source="eia.gov", by=DRAFTER, at=NOW)
    timing = replace(FUEL.timing, timing=Timing.MONTH_AVERAGE, lag_months=1)
    monthly = replace(FUEL, name="Monthly", timing=timing)
    draft = drafted(version.card, fuel=create_programme(monthly, by=DRAFTER, at=NOW))

    (result,) = run_cases(draft, at=NOW)

    assert result.new_problems == ()
    assert [(each.expected, each.actual) for each in result.differences] == [
        (Decimal("173.42"), Decimal("169.65"))
    ]


def test_a_name_is_a_case_only_once(version):
    saved(version)

    with pytest.raises(CaseRefused) as refused:
        saved(version)

    assert list(refused.value.faults) == ["name"]
    assert RateTestCase.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "n" * 121])
def test_a_case_has_a_name(version, name):
    with pytest.raises(CaseRefused, match="up to 120 letters"):
        saved(version, name)


def test_a_case_is_in_the_currency_of_its_card(version):
    quote = replace(quote_facts(LOAD, at=NOW, version=version), currency="CAD")

    with pytest.raises(CaseRefused, match="in CAD"):
        save_case(version.card, name="Columbus", quote=quote, by=DRAFTER, at=NOW)


def test_an_expectation_may_be_changed_and_is_told(version):
    case = saved(version)
    version.lanes.filter(row=1).update(rate=LANES[0].rate + 1)
    (result,) = run_cases(version, at=NOW)

    expect_quote(case, quote=result.quote, by=DRAFTER, at=NOW)

    assert run_cases(version, at=NOW)[0].passes
    told = Event.objects.get(name="rate_test_case.changed")
    assert Decimal(told.new["total"]) - Decimal(told.old["total"]) == 377


def test_a_case_is_removed_and_told(version):
    remove_case(saved(version), by=DRAFTER, at=NOW)

    assert run_cases(version, at=NOW) == []
    assert Event.objects.get(name="rate_test_case.removed").payload == {"test_case": "Columbus"}
