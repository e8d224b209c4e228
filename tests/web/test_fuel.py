"""Fuel tables: indexes with their history, programmes in words, values told by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.rules import Role
from rating.models import FuelIndexValue, FuelProgramme
from tests.web.rating_desk import a_desk, a_programme
from tests.web.test_rates import text
from web.desk.fuel.charts import draw_series

pytestmark = pytest.mark.django_db

LIST_QUERIES = 10
SERIES = "/fuel/series/EIA-MW/"


def a_value(**told: str) -> dict[str, str]:
    return {
        "survey_on": "2026-11-16", "value": "3.745", "published_at": "2026-11-17T10:00",
        "source": "eia.gov, corrected", **told,
    }  # fmt: skip


def a_table(**told: Any) -> dict[str, Any]:
    return {
        "name": "Midwest table", "series": "EIA-MW", "method": "TABLE", "unit": "PER_MILE",
        "table": "3.700 3.749 0.46\n3.750 3.799 0.47", "below_table": "NOTHING",
        "beyond_table": "CONTINUE", "timing": "WEEKLY", "lag_days": "1", "month_day": "15",
        "lag_months": "2", "anchor": "PICKUP", **told,
    }  # fmt: skip


@pytest.fixture
def programme(db: None) -> FuelProgramme:
    return a_programme()


def test_the_list_tells_the_newest_value_and_each_programme_in_words(desk, programme) -> None:
    told = text(desk().get("/fuel/"))

    assert "EIA Midwest Mondays 3.742 USD/gal Nov 16" in told
    assert "Monday price, applies Tuesday to Monday, by pickup date" in told


def test_the_statements_of_the_list_are_fixed(desk, programme, django_assert_num_queries) -> None:
    browser = desk()

    with django_assert_num_queries(LIST_QUERIES):
        browser.get("/fuel/")


def test_a_series_shows_every_value_as_it_was_published(desk, programme) -> None:
    told = text(desk().get(SERIES))

    assert "3.742 for Nov 16, 2026, 3.701 the week before" in told
    assert "View as table" in told


def test_a_correction_stands_beside_what_it_corrects(desk, programme) -> None:
    desk(Role.BILLING_MANAGER).post(f"{SERIES}values/", a_value())

    told = text(desk().get(SERIES))
    assert FuelIndexValue.objects.filter(survey_on=date(2026, 11, 16)).count() == 2
    assert "3.742 corrected" in told
    assert "3.745" in told


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"survey_on": "2026-11-17"}, "is for Mondays"),
        ({"published_at": "2026-12-17T10:00"}, "still to come"),
        ({"value": "-1"}, "greater than or equal to 0"),
        ({"source": ""}, "Fill in “Source”"),
    ],
)
def test_a_value_that_cannot_be_is_refused(desk, programme, told, words: str) -> None:
    answer = desk(Role.BILLING_MANAGER).post(f"{SERIES}values/", a_value(**told))

    assert answer.status_code == 422
    assert words in text(answer)
    assert FuelIndexValue.objects.count() == 2


def test_a_value_on_file_is_not_kept_twice(desk, programme) -> None:
    desk(Role.BILLING_MANAGER).post(f"{SERIES}values/", a_value(value="3.742"))

    assert FuelIndexValue.objects.count() == 2


def test_a_programme_tells_who_uses_it_and_which_row_is_in_force(desk) -> None:
    pricing = a_desk()

    told = text(desk().get(f"/fuel/programmes/{pricing.draft.fuel_id}/"))

    assert "Prairie Foods Reefer Draft v2" in told
    assert "3.742 since Nov 17" in told


def test_a_programme_is_made_with_its_table(desk, programme) -> None:
    answer = desk(Role.BILLING_MANAGER).post("/fuel/programmes/new/", a_table())

    made = FuelProgramme.objects.get(name="Midwest table")
    assert answer["Location"] == f"/fuel/programmes/{made.pk}/"
    assert [row.value for row in made.rows.order_by("from_price")] == [
        Decimal("0.46"), Decimal("0.47")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"table": ""}, "This method needs it"),
        ({"table": "3.7 3.8"}, "Line 1 is not three numbers"),
        ({"table": "3.7 3.8 0.1\n3.8 3.9 0.2"}, "begins inside the row from 3.7"),
        ({"table": "3.9 3.8 0.1"}, "ends before it begins"),
        ({"table": "3.7 3.8 NaN"}, "what is not a price"),
        ({"table": "3.7001 3.8 1"}, "at most three decimals"),
        ({"method": "STEPS"}, "This method needs it"),
        (
            {"method": "FORMULA", "unit": "PERCENT", "base_price": "1", "miles_per_gallon": "6"},
            "A formula gives money per mile",
        ),
    ],
)
def test_a_programme_that_cannot_be_computed_is_refused(desk, programme, told, words: str) -> None:
    answer = desk(Role.BILLING_MANAGER).post("/fuel/programmes/new/", a_table(**told))

    assert answer.status_code == 422
    assert words in text(answer)


def test_others_read_and_add_nothing(desk, programme) -> None:
    browser = desk(Role.BILLER)

    assert browser.get(SERIES).status_code == 200
    assert browser.post(f"{SERIES}values/", a_value()).status_code == 403
    assert browser.get("/fuel/programmes/new/").status_code == 403


def test_a_line_needs_two_values_and_stays_inside_its_frame() -> None:
    values = [(date(2026, 11, 9), Decimal("3.701")), (date(2026, 11, 16), Decimal("3.742"))]

    chart = draw_series(values)

    assert draw_series(values[:1]) is None
    assert chart is not None
    heights = [float(point.split(",")[1]) for point in chart.points.split()]
    assert 10 <= min(heights) < max(heights) <= 158
    assert [mark.words for mark in chart.columns] == ["Nov 9", "Nov 16"]


def test_a_flat_series_still_has_a_frame() -> None:
    flat = [(date(2026, 11, 9), Decimal(4)), (date(2026, 11, 16), Decimal(4))]

    chart = draw_series(flat)

    assert chart is not None
    assert [mark.words for mark in chart.rows] == ["4.00", "4.05"]
