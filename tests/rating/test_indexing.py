"""Index values are appended once, corrected by another row, never changed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from journal.models import Event
from rating.models import FuelIndexSeries, FuelIndexValue
from rating.operations.indexing import Published, append_values, create_series
from rating.queries.fuel_prices import index_price, latest_values
from tests.rating.making import MANAGER, NOW, midwest_prices

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 21, tzinfo=UTC)


def week(value: str, **more: Any) -> Published:
    fields: dict[str, Any] = {"survey_on": date(2026, 11, 16), "published_at": MONDAY}
    return Published(value=Decimal(value), **(fields | more))


def append(series: FuelIndexSeries, *values: Published) -> list[FuelIndexValue]:
    return append_values(series, values=values, source="eia.gov", by=MANAGER, at=NOW)


def test_values_are_appended_and_told_once():
    series = create_series(code="EIA-US", name="EIA U.S.")

    rows = append(series, week("3.742"), week("3.701", survey_on=date(2026, 11, 9)))

    assert [row.survey_on.day for row in rows] == [9, 16]
    event = Event.objects.get(name="fuel_index.published")
    assert event.payload == {
        "series": "EIA-US", "values": 2, "survey_on": "2026-11-16", "value": "3.742",
    }  # fmt: skip


def test_what_is_on_file_is_left_alone():
    series = midwest_prices()

    assert append(series, week("3.742"), week("3.742000", published_at=NOW)) == []
    assert FuelIndexValue.objects.count() == 2
    assert Event.objects.filter(name="fuel_index.published").count() == 1


def test_a_correction_is_another_row_and_the_last_one_counts():
    series = midwest_prices()

    append(series, week("3.724", published_at=NOW))

    assert FuelIndexValue.objects.filter(survey_on=date(2026, 11, 16)).count() == 2
    assert [row.value for row in latest_values("EIA-MW")] == [Decimal("3.724"), Decimal("3.701")]


def test_another_first_day_is_a_correction_too():
    series = midwest_prices()

    (row,) = append(series, week("3.742", published_at=NOW, effective_from=date(2026, 11, 18)))

    assert index_price(row).effective_from == date(2026, 11, 18)


def test_the_day_of_publication_is_the_publishers():
    series = create_series(code="EIA-US", name="EIA U.S.")
    late = datetime(2026, 11, 17, 2, tzinfo=UTC)

    (row,) = append(series, week("3.742", published_at=late))

    assert index_price(row).published_on == date(2026, 11, 16)


@pytest.mark.parametrize(
    "attack",
    [
        lambda: FuelIndexValue.objects.update(value=1),
        lambda: FuelIndexValue.objects.all().delete(),
        lambda: connection.cursor().execute("TRUNCATE rating_fuelindexvalue CASCADE"),
    ],
)
def test_a_published_value_cannot_be_changed(attack):
    midwest_prices()

    with pytest.raises(DatabaseError), transaction.atomic():
        attack()

    assert FuelIndexValue.objects.count() == 2


@pytest.mark.parametrize("change", [{"code": "EIA-XX"}, {"survey_weekday": 2}])
def test_what_rated_loads_know_of_a_series_stays(change):
    series = midwest_prices()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        FuelIndexSeries.objects.filter(pk=series.pk).update(**change)


def test_a_series_may_be_renamed_and_keeps_its_history():
    series = midwest_prices()
    series.name = "EIA Midwest (PADD 2)"
    series.save()

    assert series.history.count() == 2
