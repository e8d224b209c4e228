"""A card is drafted by one person, decided by others, and dated from then on."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection

from journal.models import Event
from journal.operations.lifecycle import IllegalMove
from rating.engine.book import CardVersion, Zone
from rating.engine.choices import Precedence
from rating.engine.money import Rounding, UnknownCurrency
from rating.engine.places import Place
from rating.models import RateCard, RateCardVersion
from rating.operations.carding import (
    CardsCollide,
    CasesFail,
    Check,
    DraftRefused,
    PeriodsOverlap,
    ReasonMissing,
    SamePerson,
    Settings,
    approve_version,
    checks,
    create_card,
    draft_next,
    may_decide,
    publish_version,
    retire_version,
    return_version,
    submit_version,
)
from rating.operations.editing import change_lane
from rating.operations.quoting import quote_facts
from rating.operations.testing import save_case
from rating.queries.books import head_of, whole_book
from tests.factories import CustomerFactory
from tests.rating.engine.building import LANES, LOAD, STOP_OFF
from tests.rating.making import (
    DRAFTER,
    MANAGER,
    NOW,
    RULES,
    approve,
    drafted,
    per_mile_programme,
    publish,
    published,
)

pytestmark = pytest.mark.django_db
Status = RateCardVersion.Status
OTHER = "user:3"
ZONES = (
    Zone(name="MW", members=frozenset({Place.parse("IL"), Place.parse("IN")})),
    Zone(name="LAKES", members=frozenset({Place.parse("IL"), Place.parse("WI")})),
)


def names_of(subject) -> list[str]:
    told = Event.objects.filter(subject_table=subject._meta.db_table, subject_id=subject.pk)
    return list(told.order_by("id").values_list("name", flat=True))


def test_a_card_is_created_with_an_event_and_a_history():
    customer: Any = CustomerFactory()

    card = create_card(name="Own", currency="USD", customer=customer, by=DRAFTER, at=NOW)

    event = Event.objects.get(name="rate_card.created")
    assert (event.subject_id, event.customer_id, event.actor) == (card.pk, customer.pk, DRAFTER)
    assert card.history.count() == 1


def test_the_history_of_a_card_keeps_what_it_was_called():
    card = create_card(name="Prairie", currency="USD", by=DRAFTER, at=NOW)
    card.name = "Prairie Foods"
    card.save()

    assert list(card.history.order_by("history_id").values_list("name", flat=True)) == [
        "Prairie",
        "Prairie Foods",
    ]


def test_a_card_in_no_currency_is_refused():
    with pytest.raises(UnknownCurrency):
        create_card(name="Own", currency="UDS", by=DRAFTER, at=NOW)


def test_what_is_drafted_is_what_is_read_back():
    zones = (
        Zone(name="MW", members=frozenset({Place.parse("IL"), Place.parse("604")})),
        Zone(name="SE", members=frozenset({Place.parse("GA")}), is_region=True),
    )
    lane = replace(
        LANES[0], row=3, origin=Place.zone("MW"), destination=Place.region("SE"), priority=2,
        discount_percent=Decimal("12.50"), maximum=Decimal("9999.00"),
    )  # fmt: skip
    settings = Settings(
        precedence=Precedence.REVENOVA,
        rounding=Rounding.HALF_EVEN,
        rounding_places=0,
        minimum_charge=Decimal("150.00"),
        discount_percent=Decimal("5.00"),
        allows_deficit=False,
    )

    version = drafted(
        lanes=(*LANES, lane), zones=zones, settings=settings, fuel=per_mile_programme()
    )

    book = whole_book(RateCardVersion.objects.get(pk=version.pk))
    assert book.lanes == (*LANES, lane)
    assert book.zones == {zone.name: zone for zone in zones}
    assert set(book.accessorials) == set(RULES)
    assert book.version == replace(
        head_of(version), id=version.pk, card="Prairie Foods Reefer", **vars_of(settings)
    )


def vars_of(settings: Settings) -> dict[str, Any]:
    priced = CardVersion.__dataclass_fields__
    return {
        name: getattr(settings, name) for name in Settings.__dataclass_fields__ if name in priced
    }


def test_versions_are_numbered_within_their_card():
    card = drafted().card
    other = create_card(name="Other", currency="USD", by=DRAFTER, at=NOW)

    assert drafted(card).number == 2
    assert drafted(other).number == 1


def test_a_draft_with_faults_is_refused_whole_and_leaves_nothing():
    twin = replace(LANES[0], row=9)

    with pytest.raises(DraftRefused, match="row 9: prices 604 to 431 like row 1") as refused:
        drafted(lanes=(*LANES, twin), accessorials=(STOP_OFF, STOP_OFF))

    assert len(refused.value.faults) == 2
    assert RateCardVersion.objects.count() == 0


def test_the_life_of_a_version_is_told():
    version = published()
    retire_version(version, by=MANAGER, at=NOW, reason="wrong base")

    assert names_of(version) == [
        "rate_card.drafted",
        "rate_card.submitted",
        "rate_card.approved",
        "rate_card.published",
        "rate_card.retired",
    ]
    assert (version.approved_by, version.published_by) == (MANAGER, MANAGER)
    assert (version.approved_at, version.published_at) == (NOW, NOW)


@pytest.mark.parametrize("decide", [approve_version, publish_version])
def test_whoever_drafted_decides_nothing(decide):
    version = drafted()

    with pytest.raises(SamePerson, match=r"Prairie Foods Reefer v1 was drafted by user:1"):
        decide(version, by=DRAFTER, at=NOW)

    assert RateCardVersion.objects.get().status == Status.DRAFT


def test_a_draft_is_published_only_after_approval():
    with pytest.raises(IllegalMove):
        publish_version(drafted(), by=MANAGER, at=NOW)


def test_whoever_submitted_does_not_approve():
    version = submit_version(drafted(), by=MANAGER, at=NOW)

    with pytest.raises(SamePerson, match="was submitted by user:2"):
        approve_version(version, by=MANAGER, at=NOW)

    assert approve_version(version, by=OTHER, at=NOW).approved_by == OTHER


def test_a_draft_is_not_approved_before_it_is_submitted():
    with pytest.raises(IllegalMove):
        approve_version(drafted(), by=MANAGER, at=NOW)


def test_a_version_is_not_submitted_twice():
    version = submit_version(drafted(), by=DRAFTER, at=NOW)

    with pytest.raises(IllegalMove):
        submit_version(version, by=DRAFTER, at=NOW)


def test_a_version_is_returned_with_a_reason_only():
    version = submit_version(drafted(), by=DRAFTER, at=NOW)

    with pytest.raises(ReasonMissing):
        return_version(version, by=MANAGER, at=NOW, reason="  ")


def test_lanes_under_the_floor_are_submitted_with_a_reason_that_is_kept():
    version = drafted(lanes=(replace(LANES[0], cost_floor=Decimal("2.50")), LANES[1]))

    with pytest.raises(ReasonMissing, match="1 lane is below the cost floor"):
        submit_version(version, by=DRAFTER, at=NOW)
    submit_version(version, by=DRAFTER, at=NOW, reason="Backhaul")

    assert version.floor_reason == "Backhaul"
    assert Event.objects.get(name="rate_card.submitted").payload == {"lanes_under_floor": 1}


def test_rows_that_came_into_disorder_are_not_submitted():
    version = drafted(lanes=(replace(LANES[0], origin=Place.zone("MW")),), zones=ZONES[:1])
    version.zones.all().delete()
    version.lanes.update(maximum=Decimal(800), minimum=None)
    RateCardVersion.objects.update(minimum_charge=Decimal(900))

    with pytest.raises(DraftRefused) as refused:
        submit_version(version, by=DRAFTER, at=NOW)

    assert [str(fault) for fault in refused.value.faults] == [
        "row 1: minimum 900 is above maximum 800",
        "row 1: Zone MW is not defined",
    ]


def test_lanes_of_two_zones_that_share_a_place_are_refused_with_both_named():
    lanes = [replace(LANES[0], row=row, origin=Place.zone(name)) for row, name in
             ((4, "MW"), (9, "LAKES"))]  # fmt: skip
    version = drafted(lanes=tuple(lanes), zones=ZONES)

    with pytest.raises(DraftRefused, match="row 9: covers IL as row 4 does"):
        submit_version(version, by=DRAFTER, at=NOW)

    version.lanes.filter(row=9).update(priority=1)
    assert submit_version(version, by=DRAFTER, at=NOW).status == Status.SUBMITTED


@pytest.mark.parametrize(
    ("wide", "narrow"), [("604", "60436"), ("IL", "Joliet, IL"), ("604", "604")]
)
def test_a_zone_that_holds_a_place_of_another_is_refused_unless_the_order_ranks_them(wide, narrow):
    zones = tuple(
        Zone(name=name, members=frozenset({Place.parse(place)}))
        for name, place in (("WIDE", wide), ("NARROW", narrow))
    )
    lanes = tuple(
        replace(LANES[0], row=row, origin=Place.zone(zone.name))
        for row, zone in enumerate(zones, start=1)
    )
    version = drafted(lanes=lanes, zones=zones)

    with pytest.raises(DraftRefused, match=f"row 2: covers {narrow.upper()} as row 1 does"):
        submit_version(version, by=DRAFTER, at=NOW)

    RateCardVersion.objects.update(precedence="REVENOVA")
    if wide != narrow:
        version.refresh_from_db()
        assert submit_version(version, by=DRAFTER, at=NOW).status == Status.SUBMITTED


def test_a_case_that_fails_keeps_a_draft_from_being_submitted():
    first = published(fuel=per_mile_programme())
    save_case(first.card, name="Columbus", quote=quote_facts(LOAD, at=NOW, version=first),
              by=DRAFTER, at=NOW)  # fmt: skip
    dearer = drafted(first.card, effective_from=date(2027, 1, 1), fuel=first.fuel,
                     lanes=(replace(LANES[0], rate=Decimal("2.49")), LANES[1]))  # fmt: skip

    with pytest.raises(CasesFail, match="Not as expected: Columbus"):
        submit_version(dearer, by=DRAFTER, at=NOW)


def test_the_checks_before_approval_say_what_is_wrong_and_where():
    version = drafted(lanes=(replace(LANES[0], cost_floor=Decimal("2.50")), LANES[1]))

    found = {check.name: check for check in checks(version, at=NOW)}

    assert found["floor"] == Check("floor", False, "1 lane below cost floor", (1,))
    assert found["overlaps"] == Check("overlaps", True, "No overlapping lanes")
    assert found["cases"] == Check("cases", True, "No test cases")


def test_an_approved_version_can_be_returned_and_changed():
    version = approve(drafted())

    return_version(version, by=MANAGER, at=NOW, reason="row 2 is old")
    version.lanes.filter(row=2).delete()

    assert version.status == Status.DRAFT
    assert (version.submitted_by, version.approved_by) == ("", "")
    assert names_of(version)[-1] == "rate_card.returned"


def test_the_next_version_ends_the_one_before_it_by_a_day():
    first = published()
    second = publish(draft_next(first, effective_from=date(2026, 12, 1), by=DRAFTER, at=NOW))

    first.refresh_from_db()
    assert first.effective_to == date(2026, 11, 30)
    assert (second.effective_from, second.effective_to) == (date(2026, 12, 1), None)
    assert names_of(first)[-1] == "rate_card.ended"
    assert Event.objects.get(name="rate_card.ended").old == {"effective_to": None}


def test_a_later_version_of_another_card_ends_nothing():
    first = published()
    other = create_card(name="Other", currency="USD", equipment="REEFER", by=DRAFTER, at=NOW)
    published(other, effective_from=date(2026, 12, 1))

    first.refresh_from_db()
    assert first.effective_to is None


def test_versions_that_follow_each_other_leave_each_other_alone():
    first = published(effective_to=date(2026, 11, 30))
    published(first.card, effective_from=date(2026, 12, 1))

    assert "rate_card.ended" not in names_of(first)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # The same day, an earlier one, and one that would leave days without a price after it.
        (date(2026, 10, 1), None),
        (date(2026, 9, 1), None),
        (date(2026, 12, 15), date(2026, 12, 31)),
    ],
)
def test_a_version_that_cannot_follow_is_refused_with_both_named(start: date, end: date | None):
    first = published()
    second = drafted(first.card, effective_from=start, effective_to=end)

    with pytest.raises(PeriodsOverlap) as refused:
        publish(second)

    assert "Prairie Foods Reefer v2" in str(refused.value)
    assert "Prairie Foods Reefer v1 (2026-10-01 to open)" in str(refused.value)


def test_a_version_that_ended_earlier_may_be_followed_by_a_shorter_one():
    first = published(effective_to=date(2026, 12, 31))
    published(first.card, effective_from=date(2026, 12, 1), effective_to=date(2026, 12, 31))

    first.refresh_from_db()
    assert first.effective_to == date(2026, 11, 30)


def test_a_retired_version_makes_room():
    first = published()
    retire_version(first, by=MANAGER, at=NOW, reason="wrong base")

    assert published(first.card).status == Status.PUBLISHED


@pytest.mark.parametrize(
    "scopes",
    [
        ({}, {}),
        ({"equipment": "REEFER"}, {"equipment": "REEFER"}),
        ({"equipment": "REEFER"}, {"shipment_type": "FTL"}),
    ],
)
@pytest.mark.parametrize("is_own", [True, False])
def test_two_cards_that_fit_the_same_loads_are_not_both_published(scopes, is_own):
    customer = CustomerFactory() if is_own else None
    first, second = (
        create_card(name=name, currency="USD", customer=customer, by=DRAFTER, at=NOW, **scope)
        for name, scope in zip(("First", "Second"), scopes, strict=True)
    )
    published(first, effective_to=date(2026, 12, 31))
    version = drafted(second, effective_from=date(2026, 12, 1))
    told = "Second v1 and First v1 fit the same loads from 2026-12-01 to 2026-12-31"

    failing = [each for each in checks(version, at=NOW) if not each.passes]
    with pytest.raises(CardsCollide, match=told):
        publish(version)

    assert [each.name for each in failing] == ["rivals"]
    assert failing[0].sentence.startswith(told)


@pytest.mark.parametrize(
    "other",
    [
        {"currency": "CAD"},
        {"equipment": "VAN"},
        {"equipment": "REEFER", "shipment_type": "FTL"},
        {"equipment": ""},
        {"customer": None},
    ],
)
def test_a_card_that_is_closer_or_for_other_loads_is_published_beside_it(other):
    plain: dict[str, Any] = {
        "currency": "USD",
        "customer": CustomerFactory(),
        "equipment": "REEFER",
    }
    published(create_card(name="First", by=DRAFTER, at=NOW, **plain))

    second = published(create_card(name="Second", by=DRAFTER, at=NOW, **(plain | other)))

    assert second.status == Status.PUBLISHED


def test_a_card_is_published_after_the_days_of_another():
    published(create_card(name="First", currency="USD", by=DRAFTER, at=NOW),
              effective_to=date(2026, 12, 31))  # fmt: skip

    assert published(effective_from=date(2027, 1, 1)).status == Status.PUBLISHED


def test_a_version_is_withdrawn_for_a_reason_by_somebody_else_than_its_drafter():
    first = published()

    with pytest.raises(ReasonMissing, match="Say why"):
        retire_version(first, by=MANAGER, at=NOW, reason=" ")
    with pytest.raises(SamePerson):
        retire_version(first, by=DRAFTER, at=NOW, reason="wrong base")

    assert retire_version(first, by=MANAGER, at=NOW, reason="wrong base").status == Status.RETIRED


def test_the_next_draft_has_the_rows_and_settings_of_its_model():
    first = published(
        fuel=per_mile_programme(), settings=Settings(discount_percent=Decimal("5.00"))
    )

    second = draft_next(first, effective_from=date(2026, 12, 1), by=MANAGER, at=NOW)

    old, new = whole_book(first), whole_book(second)
    assert (new.lanes, new.accessorials, new.fuel) == (old.lanes, old.accessorials, old.fuel)
    assert new.version.discount_percent == Decimal("5.00")
    assert (second.status, second.drafted_by, second.note) == (
        Status.DRAFT,
        MANAGER,
        "From Prairie Foods Reefer v1",
    )


def test_a_customer_sees_its_own_cards_and_nobody_elses():
    own: Any = CustomerFactory()
    cards: dict[str, Any] = {"Own": own, "Theirs": CustomerFactory(), "Everybody's": None}
    for name, customer in cards.items():
        create_card(name=name, currency="USD", customer=customer, by=DRAFTER, at=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lading.customers', %s, true)", [str(own.pk)])
        seen = list(RateCard.objects.values_list("name", flat=True))
        cursor.execute("SELECT set_config('lading.customers', '*', true)")

    assert seen == ["Own"]


@pytest.mark.parametrize(
    "fields",
    [
        {"effective_to": date(2026, 9, 30)},
        {"discount_percent": Decimal(100)},
        {"drafted_by": ""},
        {"status": "APPROVED"},
        {"approved_by": DRAFTER},
        {"published_by": DRAFTER},
        {"minimum_charge": Decimal(-1)},
        {"precedence": "WHATEVER"},
    ],
)
def test_the_database_refuses_what_a_version_cannot_be(fields):
    card = create_card(name="Own", currency="USD", by=DRAFTER, at=NOW)
    plain = {"number": 1, "effective_from": date(2026, 10, 1), "drafted_by": DRAFTER}

    with pytest.raises(IntegrityError):
        RateCardVersion.objects.create(card=card, drafted_at=NOW, **(plain | fields))


def test_who_may_decide_is_nobody_who_had_a_hand_in_it():
    version = drafted()
    change_lane(version, row=1, changes={"rate": "2.43"}, by="user:31", at=NOW)
    submit_version(version, by="user:32", at=NOW)

    may = {who: may_decide(version, by=who) for who in (DRAFTER, "user:31", "user:32", "user:33")}

    assert may == {DRAFTER: False, "user:31": False, "user:32": False, "user:33": True}
