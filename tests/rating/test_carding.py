"""A card and its drafts are what was given."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection

from journal.models import Event
from rating.engine.book import CardVersion, Zone
from rating.engine.choices import Precedence
from rating.engine.money import Rounding, UnknownCurrency
from rating.engine.places import Place
from rating.models import RateCard, RateCardVersion
from rating.operations.carding import DraftRefused, Settings, create_card, draft_next
from rating.operations.publishing import retire_version
from rating.queries.books import head_of, whole_book
from tests.factories import CustomerFactory
from tests.rating.engine.building import LANES, STOP_OFF
from tests.rating.making import DRAFTER, MANAGER, NOW, RULES, drafted, per_mile_programme, published

pytestmark = pytest.mark.django_db

Status = RateCardVersion.Status


def names_of(subject) -> list[str]:
    told = Event.objects.filter(subject_table=subject._meta.db_table, subject_id=subject.pk)
    return list(told.order_by("id").values_list("name", flat=True))


def vars_of(settings: Settings) -> dict[str, Any]:
    priced = CardVersion.__dataclass_fields__
    return {
        name: getattr(settings, name) for name in Settings.__dataclass_fields__ if name in priced
    }


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
