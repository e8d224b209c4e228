"""What was approved stays, whoever tries to change it and however."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from rating.models import (
    AccessorialRule,
    AccessorialTier,
    DensityScale,
    DetentionTerms,
    FakRange,
    FreeTime,
    FuelProgramme,
    FuelTableRow,
    Lane,
    LaneBreak,
    RateCard,
    RateCardVersion,
    ScaleEdition,
    ScaleRow,
    SpaceRule,
    Zone,
    ZoneMember,
)
from rating.operations.approving import submit_version
from rating.operations.fuelling import create_programme
from rating.operations.publishing import retire_version
from rating.operations.scaling import publish_nmfc_scale
from tests.factories import CustomerFactory
from tests.rating.engine.building import FUEL, LANES
from tests.rating.making import (
    DRAFTER,
    MANAGER,
    NOW,
    approve,
    drafted,
    per_mile_programme,
    published,
)
from tests.rating.rich import rich_rows

pytestmark = pytest.mark.django_db

ROWS: list[Any] = [
    Lane, LaneBreak, Zone, ZoneMember, AccessorialRule, AccessorialTier, DetentionTerms, FreeTime,
    FakRange, SpaceRule,
]  # fmt: skip
Attack = Callable[[], object]


def refused(attack: Attack, *, match: str = "frozen|append-only|stays|settings|earlier") -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        attack()


def test_every_kind_of_row_is_there_to_be_attacked():
    published(**rich_rows())

    assert all(model.objects.exists() for model in ROWS)


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("decide", [submit_version, None], ids=["submitted", "published"])
def test_rows_of_a_submitted_version_are_frozen(model, decide):
    decide(drafted(**rich_rows()), by=DRAFTER, at=NOW) if decide else published(**rich_rows())
    row = model.objects.first()
    copy = model.objects.first()
    copy.pk = None
    copy._state.adding = True

    refused(lambda: row.save())
    refused(lambda: model.objects.update(id=F("id")))
    refused(lambda: row.delete())
    refused(lambda: model.objects.bulk_create([copy]), match="frozen|unique|duplicate|conflicting")


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_rows_of_a_draft_are_open(model):
    drafted(**rich_rows())

    model.objects.first().save()
    model.objects.first().delete()


def test_a_row_cannot_slip_into_an_approved_version():
    approved = approve(drafted(lanes=LANES[:1]))
    draft = drafted(approved.card, lanes=LANES[1:])

    refused(lambda: Lane.objects.filter(version=draft).update(version=approved))
    refused(lambda: Lane.objects.filter(version=approved).update(version=draft))


@pytest.mark.parametrize("model", [*ROWS, RateCardVersion], ids=lambda model: model.__name__)
def test_no_table_of_a_version_can_be_emptied(model):
    table = model._meta.db_table

    refused(
        lambda: connection.cursor().execute(f"TRUNCATE {table} CASCADE"),
        match="append-only|permission denied",
    )


@pytest.mark.parametrize(
    "change",
    [
        {"discount_percent": 10},
        {"effective_from": date(2026, 9, 1)},
        {"effective_to": None},
        {"effective_to": date(2027, 6, 1)},
        {"fuel": None},
        {"number": 9},
        {"approved_by": "user:9"},
        {"published_by": "user:9"},
    ],
)
def test_a_published_version_keeps_its_settings(change):
    version = published(fuel=per_mile_programme(), effective_to=date(2027, 1, 31))

    refused(lambda: RateCardVersion.objects.filter(pk=version.pk).update(**change))


def test_a_published_version_may_end_earlier():
    version = published()

    RateCardVersion.objects.filter(pk=version.pk).update(effective_to=date(2026, 12, 31))


@pytest.mark.parametrize("end", ["publish", "retire"])
def test_what_was_published_cannot_be_deleted(end):
    version = published(lanes=(), accessorials=())
    if end == "retire":
        retire_version(version, by=MANAGER, at=NOW, reason="wrong base")

    refused(lambda: RateCardVersion.objects.filter(pk=version.pk).delete())


def test_a_draft_can_be_deleted_with_its_rows():
    drafted(**rich_rows()).delete()

    assert not any(model.objects.exists() for model in ROWS)


def test_two_published_versions_of_a_card_cannot_share_a_day_whatever_the_code_does():
    first = published()
    second = approve(drafted(first.card, effective_from=date(2026, 12, 1)))

    with pytest.raises(IntegrityError, match="version_periods_apart"), transaction.atomic():
        RateCardVersion.objects.filter(pk=second.pk).update(
            status="PUBLISHED", published_by=MANAGER, published_at=NOW
        )


def test_a_status_does_not_move_without_an_event():
    version = approve(drafted())

    RateCardVersion.objects.filter(pk=version.pk).update(
        status="PUBLISHED", published_by=MANAGER, published_at=NOW
    )

    with pytest.raises(IntegrityError, match="no event tells of it"):
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "CAD"}, {"customer": "another"}, {"equipment": "VAN53"},
        {"shipment_type": "LTL"}, {"rated_on": "TENDER"}, {"when_no_lane": "NEXT_CARD"},
    ],
)  # fmt: skip
def test_a_card_with_approved_versions_keeps_all_but_its_name(change):
    card = published().card
    fields = {"customer": CustomerFactory()} if "customer" in change else change

    refused(
        lambda: RateCard.objects.filter(pk=card.pk).update(**fields),
        match="currency, customer and scope stay",
    )


def test_a_card_without_approved_versions_may_still_change():
    card = drafted().card

    RateCard.objects.filter(pk=card.pk).update(currency="CAD", customer=CustomerFactory())


def test_a_fuel_programme_in_use_stays_with_its_table():
    programme = per_mile_programme()
    published(fuel=programme)

    refused(lambda: FuelProgramme.objects.update(lag_days=2), match="used by an approved")
    refused(lambda: FuelTableRow.objects.update(value=1), match="used by an approved")
    refused(lambda: FuelTableRow.objects.all().delete(), match="used by an approved")
    refused(
        lambda: FuelTableRow.objects.create(
            programme=programme, from_price=9, to_price=10, value=1
        ),
        match="used by an approved",
    )


def test_a_row_cannot_leave_a_fuel_programme_in_use():
    used = per_mile_programme()
    published(fuel=used)
    other = create_programme(replace(FUEL, name="Another"), by=MANAGER, at=NOW)
    FuelTableRow.objects.filter(programme=other).delete()

    refused(
        lambda: FuelTableRow.objects.filter(programme=used).update(programme=other),
        match="used by an approved version",
    )


def test_a_fuel_programme_of_a_draft_is_open():
    programme = per_mile_programme()
    drafted(fuel=programme)

    FuelProgramme.objects.update(lag_days=2)
    FuelTableRow.objects.create(programme=programme, from_price=9, to_price=10, value=1)


@pytest.mark.parametrize(("low", "high"), [("3.649", "3.650"), ("3.620", "3.630"), ("3.0", "9.0")])
def test_rows_of_a_fuel_table_cannot_overlap(low, high):
    programme = per_mile_programme()

    with pytest.raises(IntegrityError, match="fuel_rows_apart"), transaction.atomic():
        FuelTableRow.objects.create(programme=programme, from_price=low, to_price=high, value="0.5")


@pytest.mark.parametrize(
    "fields",
    [
        {"basis": "PERCENT"},
        {"rate": -1},
        {"minimum": 2, "maximum": 1},
        {"discount_percent": 100},
        {"origin_kind": "PLANET"},
    ],
)
def test_the_database_refuses_what_a_lane_cannot_be(fields):
    version = drafted()
    plain = {"row": 9, "origin_kind": "ANY", "destination_kind": "ANY", "basis": "FLAT"}

    with pytest.raises(IntegrityError), transaction.atomic():
        Lane.objects.create(version=version, **(plain | fields))


def test_the_database_refuses_two_lanes_for_the_same_freight():
    version = drafted()
    lane = version.lanes.get(row=1)
    lane.pk, lane.row, lane._state.adding = None, 9, True

    with pytest.raises(IntegrityError, match="lane_once"), transaction.atomic():
        lane.save()


def test_the_key_of_a_place_is_the_engines():
    lane = drafted().lanes.get(row=2)

    assert (lane.origin_key, lane.destination_key) == ("POSTAL3:US:604", "STATE:US:OH")


def used_scale() -> DensityScale:
    scale = publish_nmfc_scale(by=MANAGER, at=NOW)
    approve(drafted(density_scale=scale))
    return scale


@pytest.mark.parametrize(
    "change",
    [
        lambda scale: DensityScale.objects.update(name="Mine"),
        lambda scale: scale.delete(),
        lambda scale: ScaleEdition.objects.update(effective_to=None, effective_from=None),
        lambda scale: ScaleEdition.objects.create(
            scale=scale, name="Next", effective_from=date(2030, 1, 1)
        ),
        lambda scale: ScaleRow.objects.filter(from_pcf=8).update(freight_class="110"),
        lambda scale: ScaleRow.objects.all().delete(),
        lambda scale: ScaleEdition.objects.update(
            scale=DensityScale.objects.create(name="Another", created_by="user:1", created_at=NOW)
        ),
    ],
)
def test_a_density_scale_stays_once_an_approved_version_uses_it(change):
    scale = used_scale()

    refused(lambda: change(scale), match="used by an approved version|protected")


def test_a_density_scale_is_open_while_only_drafts_use_it():
    scale = publish_nmfc_scale(by=MANAGER, at=NOW)
    drafted(density_scale=scale)

    assert ScaleRow.objects.filter(from_pcf=8).update(freight_class="110") == 2
