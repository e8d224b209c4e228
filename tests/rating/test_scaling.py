"""Density scales are dated data, kept whole or refused with every fault."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from journal.models import Event
from rating.engine.choices import ClassSource
from rating.engine.classes import class_at
from rating.engine.freight import DensityScale, FakRange, ScaleEdition, ScaleRow
from rating.operations.carding import DraftRefused, Settings, draft_next
from rating.operations.scaling import NMFC, ScaleRefused, create_scale, publish_nmfc_scale
from rating.queries.books import scale_of, whole_book
from tests.rating.making import DRAFTER, MANAGER, NOW, drafted, publish
from tests.rating.rich import rich_rows

pytestmark = pytest.mark.django_db


def edition(*rows: tuple[str, str], **period: date) -> ScaleEdition:
    return ScaleEdition(
        name="Own",
        rows=tuple(ScaleRow(from_pcf=Decimal(pcf), freight_class=name) for pcf, name in rows),
        **period,
    )


def test_the_scale_of_the_classification_is_kept_once_with_both_editions():
    first = publish_nmfc_scale(by=MANAGER, at=NOW)
    again = publish_nmfc_scale(by=MANAGER, at=NOW)

    assert again == first
    assert scale_of(first) == NMFC
    assert Event.objects.filter(name="density_scale.created").count() == 1


@pytest.mark.parametrize(
    ("day", "pcf", "freight_class"),
    [
        (date(2025, 7, 18), "51", "60"),
        (date(2025, 7, 19), "51", "50"),
        (date(2025, 7, 19), "35", "55"),
        (date(2025, 7, 19), "34.999", "60"),
        (date(2024, 1, 2), "8.4375", "100"),
        (date(2026, 1, 2), "0", "400"),
    ],
)
def test_the_day_chooses_the_edition_and_the_density_the_row(day, pcf, freight_class):
    found = NMFC.edition_on(day)

    assert found
    assert class_at(Decimal(pcf), found) == freight_class


@pytest.mark.parametrize(
    ("editions", "fault"),
    [
        ([edition()], "Own: the first row begins at 0 pounds per cubic foot"),
        ([edition(("1", "100"))], "Own: the first row begins at 0 pounds per cubic foot"),
        ([edition(("0", "71"))], "Own, from 0 pcf: '71' is no freight class"),
        (
            [edition(("0", "100"), ("8", "110"))],
            "Own, from 8 pcf: class 110 is not below 100 of the lighter row",
        ),
        (
            [edition(("0", "100"), ("0", "85"))],
            "Own, from 0 pcf: stands behind the row from 0 pcf",
        ),
        (
            [
                replace(edition(("0", "100")), effective_to=date(2025, 7, 19)),
                replace(edition(("0", "100")), name="Next", effective_from=date(2025, 7, 19)),
            ],
            "Next: is in force on the same days as Own",
        ),
    ],
)
def test_a_scale_that_is_no_scale_is_refused_with_the_row(editions, fault):
    with pytest.raises(ScaleRefused) as caught:
        create_scale(DensityScale(name="Own", editions=tuple(editions)), by=MANAGER, at=NOW)

    assert [str(each) for each in caught.value.faults] == [fault]


def test_a_version_carries_classes_scale_and_settings_to_the_next():
    settings = Settings(
        class_source=ClassSource.DECLARED_ELSE_DENSITY,
        unstackable_height_in=Decimal("96.00"),
        wide_from_in=Decimal("70.00"),
        wide_width_in=Decimal("96.00"),
        stacked_pieces=2,
    )
    scale = publish_nmfc_scale(by=MANAGER, at=NOW)
    version = publish(drafted(**rich_rows(), density_scale=scale, settings=settings))
    book = whole_book(version)

    after = draft_next(version, effective_from=date(2027, 1, 1), by=DRAFTER, at=NOW)

    assert book.fak == rich_rows()["fak"]
    assert book.space_rules == rich_rows()["space_rules"]
    assert book.density_scale == NMFC
    assert book.version.unstackable_height_in == 96
    carried = whole_book(after)
    assert (carried.fak, carried.space_rules, carried.density_scale) == (
        book.fak, book.space_rules, book.density_scale,
    )  # fmt: skip
    assert carried.version.class_source == ClassSource.DECLARED_ELSE_DENSITY
    assert carried.version.stacked_pieces == 2


def test_a_draft_names_both_ranges_that_share_a_class():
    fak = (
        FakRange(min_class="50", max_class="92.5", rated_class="70"),
        FakRange(min_class="77.5", max_class="125", rated_class="100"),
    )

    with pytest.raises(DraftRefused, match=r"FAK 77\.5 to 125: overlaps FAK 50 to 92\.5"):
        drafted(fak=fak)


def test_a_class_by_density_needs_a_scale():
    with pytest.raises(DraftRefused, match="needs a density scale"):
        drafted(settings=Settings(class_source=ClassSource.DENSITY))
