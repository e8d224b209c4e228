"""The tax book: recorded, ended, withdrawn, never edited, and never two rates on one day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from journal.models import Event
from rating.engine import tax_facts
from rating.models import TaxRate
from rating.operations.taxing import (
    RateOverlaps,
    RateSettled,
    end_rate,
    known_rates,
    load_known_rates,
    record_rate,
    withdraw_rate,
)
from rating.queries.tax_rates import tax_rates
from tests.rating.making import NOW

pytestmark = pytest.mark.django_db

BY = "user:5"
HST_ON = tax_facts.TaxRate(
    jurisdiction="CA-ON",
    area="CA",
    scheme="GST/HST",
    code="HST",
    name="HST ON",
    rate=Decimal(13),
    effective_from=date(2010, 7, 1),
    source="Canada Revenue Agency",
)


def test_a_rate_reads_back_as_the_engine_wrote_it():
    record_rate(HST_ON, by=BY, at=NOW)

    assert tax_rates({"CA"}) == (replace(HST_ON, rate=Decimal("13.00")),)
    assert tax_rates({"NL"}) == ()
    assert Event.objects.get(name="tax_rate.recorded").actor == BY


def test_two_rates_of_one_tax_never_hold_on_one_day():
    record_rate(HST_ON, by=BY, at=NOW)

    with pytest.raises(RateOverlaps, match="withdraw that one first"):
        record_rate(replace(HST_ON, effective_from=date(2026, 1, 1)), by=BY, at=NOW)

    record_rate(replace(HST_ON, code="GST", name="GST"), by=BY, at=NOW)
    record_rate(replace(HST_ON, jurisdiction="CA-NB", name="HST NB"), by=BY, at=NOW)
    assert TaxRate.objects.count() == 3


def test_a_rate_that_breaks_another_rule_is_not_called_an_overlap():
    with pytest.raises(DatabaseError, match="tax_rate_has_a_source"):
        record_rate(replace(HST_ON, source=""), by=BY, at=NOW)


def test_the_next_rate_follows_the_day_after_the_last_one_ends():
    row = record_rate(HST_ON, by=BY, at=NOW)
    end_rate(row, on=date(2026, 12, 31), by=BY, at=NOW)

    record_rate(replace(HST_ON, rate=Decimal(12), effective_from=date(2027, 1, 1)), by=BY, at=NOW)

    assert [rate.rate for rate in tax_rates({"CA"})] == [13, 12]
    with pytest.raises(RateSettled):
        end_rate(row, on=date(2026, 11, 30), by=BY, at=NOW)


def test_a_rate_recorded_by_mistake_is_withdrawn_and_makes_room_for_the_right_one():
    row = record_rate(replace(HST_ON, rate=Decimal(31)), by=BY, at=NOW)

    withdraw_rate(row, reason="Digits swapped", by=BY, at=NOW)
    record_rate(HST_ON, by=BY, at=NOW)

    assert [rate.rate for rate in tax_rates({"CA"})] == [13]
    with pytest.raises(RateSettled):
        withdraw_rate(row, reason="Again", by=BY, at=NOW)
    with pytest.raises(RateSettled):
        end_rate(row, on=date(2026, 11, 30), by=BY, at=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"rate": 14},
        {"effective_from": date(2011, 1, 1)},
        {"source": "Somebody"},
        {"is_within_only": True},
    ],
)
def test_a_row_on_file_cannot_be_edited(change):
    record_rate(HST_ON, by=BY, at=NOW)

    with pytest.raises(DatabaseError, match="stays as it was recorded"), transaction.atomic():
        TaxRate.objects.update(**change)


def test_a_row_on_file_cannot_be_deleted():
    record_rate(HST_ON, by=BY, at=NOW)

    with pytest.raises(DatabaseError), transaction.atomic():
        TaxRate.objects.all().delete()


def test_the_published_rates_come_once_and_leave_what_somebody_keeps_alone():
    own = record_rate(replace(HST_ON, rate=Decimal("13.5")), by=BY, at=NOW)
    known = list(known_rates())

    assert load_known_rates(by=BY, at=NOW) == len(known) - 1
    assert load_known_rates(by=BY, at=NOW) == 0
    assert TaxRate.objects.get(jurisdiction="CA-ON") == own


def test_the_command_records_them_for_a_new_installation():
    out = StringIO()

    call_command("load_tax_rates", stdout=out)

    assert out.getvalue() == f"{TaxRate.objects.count()} tax rates recorded.\n"


@pytest.mark.parametrize(
    ("place", "day", "expected"),
    [
        ("CA-ON", "2026-11-19", "13"),
        ("CA-NB", "2026-11-19", "15"),
        ("CA-NL", "2026-11-19", "15"),
        ("CA-PE", "2026-11-19", "15"),
        ("CA-NS", "2025-03-31", "15"),
        ("CA-NS", "2025-04-01", "14"),
        ("CA-AB", "2026-11-19", "5"),
        ("CA-QC", "2026-11-19", "14.975"),
        ("NL", "2026-11-19", "21"),
    ],
)
def test_the_published_rates_are_those_of_the_authorities(place, day, expected):
    on = date.fromisoformat(day)
    rates = [r.rate for r in known_rates() if r.jurisdiction == place and r.covers(on)]

    assert sum(rates) == Decimal(expected)


def test_every_province_territory_and_member_state_has_a_rate_today_with_its_source():
    today = [rate for rate in known_rates() if rate.covers(NOW.date())]

    assert len({rate.jurisdiction for rate in today if rate.area == "CA"}) == 13
    assert len({rate.jurisdiction for rate in today if rate.area == "EU"}) == 27
    assert all(rate.source for rate in today)
