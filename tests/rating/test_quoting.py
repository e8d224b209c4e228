"""Loads of dispatch, priced under published cards, and again for ever."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from dispatch.models import Document, Load, LoadItem
from rating.engine import facts as engine_facts
from rating.engine.choices import Anchor, ClassSource, WhenNoLane
from rating.engine.facts import LoadFacts, to_json
from rating.engine.places import Place
from rating.engine.storing import Unreadable
from rating.models import RateCard, RateCardVersion
from rating.operations.carding import Settings, create_card
from rating.operations.indexing import Published, append_values
from rating.operations.publishing import retire_version
from rating.operations.quoting import (
    quote_block,
    quote_facts,
    quote_load,
    quote_loads,
    rerate,
)
from rating.operations.scaling import publish_nmfc_scale
from tests.factories import CustomerFactory
from tests.rating.engine.building import LANES, LOAD
from tests.rating.engine.freight_building import CUBIC, FAK, tariff
from tests.rating.making import (
    DRAFTER,
    MANAGER,
    NOW,
    delivered_load,
    drafted,
    per_mile_programme,
    publish,
    published,
)

pytestmark = pytest.mark.django_db

PICTURE = [
    ("Linehaul", Decimal("912.34")),
    ("Fuel surcharge", Decimal("173.42")),
    ("Stop-off, stop 2", Decimal("75.00")),
    ("Detention, stop 2", Decimal("93.75")),
    ("Detention, stop 3", Decimal("112.50")),
    ("Lumper, stop 3", Decimal("285.00")),
]


def card(**fields: Any) -> RateCard:
    plain: dict[str, Any] = {"currency": "USD", "by": DRAFTER, "at": NOW}
    return create_card(**(plain | fields))


def test_the_load_of_the_pictures_costs_what_the_pictures_say():
    published(fuel=per_mile_programme())

    quote = quote_load(delivered_load(), at=NOW)

    assert [(line.description, line.amount) for line in quote.lines] == PICTURE
    assert quote.total == Decimal("1652.01")
    assert quote.problems == ()
    assert quote.version_label == "Prairie Foods Reefer v1"


def test_a_quote_stores_nothing(django_assert_num_queries):
    published(fuel=per_mile_programme())
    load = delivered_load()
    quote_load(load, at=NOW)

    # Stops, items, milestones, receipts; versions, lanes, prices. The rest of a version is kept.
    with django_assert_num_queries(7) as queries:
        quote_load(load, at=NOW)

    assert all(query["sql"].lstrip().startswith("SELECT") for query in queries)


def test_facts_of_many_loads_are_read_at_once(django_assert_num_queries):
    published(fuel=per_mile_programme())
    made = [delivered_load(number=str(number)).pk for number in range(4)]
    loads = list(Load.objects.filter(pk__in=made))
    quote_load(loads[0], at=NOW)

    # Loads, customers, stops, items, milestones, receipts; then versions, lanes, prices of all.
    with django_assert_num_queries(1 + 5 + 3):
        quotes = quote_loads(list(Load.objects.filter(pk__in=made)), at=NOW)

    assert {quote.total for quote in quotes.values()} == {Decimal("1652.01")}
    assert set(quotes) == {load.pk for load in loads}


def test_a_quote_without_a_card_says_for_whom_and_when():
    quote = quote_load(delivered_load(), at=NOW)

    assert quote.lines == ()
    assert quote.card_version_id is None
    (problem,) = quote.problems
    assert (problem.code, problem.subject_key) == ("no_rate", "card")
    assert problem.message == (
        f"No published rate card covers {quote.facts.customer} on 2026-11-18"
    )


def test_nobody_in_particular_can_ask_what_a_load_would_cost():
    published(fuel=per_mile_programme())

    quote = quote_facts(replace(LOAD, customer_id=None, index_prices=()), at=NOW)

    assert quote.total == Decimal("1652.01")


def test_a_facts_of_nothing_at_all_is_a_problem_not_an_error():
    (problem,) = quote_facts(LoadFacts(), at=NOW).problems

    assert problem.message == "No published rate card covers this customer"


def test_the_customers_card_comes_before_the_generic_one():
    load = delivered_load()
    published(card(name="A generic card"), lanes=LANES)
    own = published(card(name="Z own card", customer=load.customer), lanes=LANES)

    assert quote_load(load, at=NOW).card_version_id == own.pk


def test_another_customers_card_never_counts():
    published(card(name="Theirs", customer=CustomerFactory()))

    assert quote_load(delivered_load(), at=NOW).problems[0].subject_key == "card"


@pytest.mark.parametrize("fields", [{"equipment": "REEFER53"}, {"shipment_type": "TRUCKLOAD"}])
def test_a_card_for_this_freight_comes_before_one_for_any(fields):
    published(card(name="A any"))
    special = published(card(name="Z special", **fields))

    assert quote_load(delivered_load(), at=NOW).card_version_id == special.pk


@pytest.mark.parametrize("fields", [{"equipment": "VAN53"}, {"shipment_type": "LTL"}])
def test_a_card_for_other_freight_does_not_count(fields):
    published(card(name="Other", **fields))

    assert quote_load(delivered_load(), at=NOW).card_version_id is None


ELSEWHERE = (replace(LANES[0], destination=Place.parse("KY")),)


def test_a_card_without_a_lane_may_leave_the_load_to_the_next_card():
    load = delivered_load()
    lenient = card(name="Own", customer=load.customer, when_no_lane=WhenNoLane.NEXT_CARD)
    published(lenient, lanes=ELSEWHERE)
    generic = published(card(name="Generic"))

    assert quote_load(load, at=NOW).card_version_id == generic.pk


def test_a_card_without_a_lane_refuses_unless_it_says_otherwise():
    load = delivered_load()
    own = published(card(name="Own", customer=load.customer), lanes=ELSEWHERE)
    published(card(name="Generic"))

    quote = quote_load(load, at=NOW)

    assert quote.card_version_id == own.pk
    assert [problem.subject_key for problem in quote.problems] == ["lane"]


def test_when_no_card_has_a_lane_the_first_one_answers():
    load = delivered_load()
    own = published(
        card(name="Own", customer=load.customer, when_no_lane=WhenNoLane.NEXT_CARD),
        lanes=ELSEWHERE,
    )
    published(card(name="Generic"), lanes=ELSEWHERE)

    assert quote_load(load, at=NOW).card_version_id == own.pk


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [
        (date(2026, 11, 18), None, True),
        (date(2026, 11, 1), date(2026, 11, 18), True),
        (date(2026, 11, 19), None, False),
        (date(2026, 11, 1), date(2026, 11, 17), False),
    ],
)
def test_the_pickup_day_chooses_the_version(first, last, counts):
    version = published(effective_from=first, effective_to=last)

    quote = quote_load(delivered_load(), at=NOW)

    assert (quote.card_version_id == version.pk) is counts


def test_a_card_may_go_by_the_day_of_delivery_instead():
    by_delivery = card(name="By delivery", rated_on=Anchor.DELIVERY)
    version = published(by_delivery, effective_from=date(2026, 11, 19))

    assert quote_load(delivered_load(), at=NOW).card_version_id == version.pk


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_only_a_published_version_prices_a_load(status):
    if status == "draft":
        drafted()
    else:
        retire_version(published(), by=MANAGER, at=NOW, reason="wrong base")

    assert quote_load(delivered_load(), at=NOW).card_version_id is None


def test_a_draft_can_be_tried_on_any_load():
    draft = drafted(fuel=per_mile_programme())

    quote = quote_facts(LOAD, at=NOW, version=draft)

    assert quote.card_version_id == draft.pk
    assert quote.total == Decimal("1652.01")


def test_a_draft_that_changes_is_priced_as_it_is_now():
    draft = drafted()
    quote_facts(LOAD, at=NOW, version=draft)
    draft.lanes.filter(row=1).update(rate=Decimal(3))
    draft.accessorials.filter(rule="STOP-1").update(rate=Decimal(80))

    amounts = {line.code: line.amount for line in quote_facts(LOAD, at=NOW, version=draft).lines}

    assert (amounts["LHS"], amounts["SOC"]) == (Decimal("1131.00"), Decimal("80.00"))


def test_a_price_that_is_not_yet_published_does_not_count():
    published(fuel=per_mile_programme())
    before = datetime(2026, 11, 16, 20, 59, tzinfo=UTC)

    quote = quote_load(delivered_load(), at=before)

    assert [problem.subject_key for problem in quote.problems] == ["index:EIA-MW:2026-11-16"]


def stored(quote):
    return json.loads(json.dumps(engine_facts.to_json(quote.facts)))


def test_stored_facts_and_version_give_the_same_quote_for_ever():
    programme = per_mile_programme()
    version = published(fuel=programme)
    first = quote_load(delivered_load(), at=NOW)
    kept = stored(first)

    correction = Published(survey_on=date(2026, 11, 16), value=Decimal("3.799"), published_at=NOW)
    append_values(programme.series, values=[correction], source="eia.gov", by=MANAGER, at=NOW)
    retire_version(version, by=MANAGER, at=NOW, reason="replaced")
    Document.objects.all().update(amount=Decimal("999.00"))

    again = rerate(kept, version.pk)
    assert again.lines == first.lines
    assert again.total == Decimal("1652.01")


def test_a_correction_counts_for_what_is_rated_after_it():
    programme = per_mile_programme()
    published(fuel=programme)
    correction = Published(survey_on=date(2026, 11, 16), value=Decimal("3.799"), published_at=NOW)
    append_values(programme.series, values=[correction], source="eia.gov", by=MANAGER, at=NOW)

    fuel = quote_load(delivered_load(), at=NOW).lines[1]

    assert fuel.rate == Decimal("0.47")


def test_a_correction_since_is_no_doing_of_the_version_that_is_tried():
    programme = per_mile_programme()
    version = published(fuel=programme)
    first = quote_load(delivered_load(), at=NOW)
    # As a feed tells it: on the day of the first value.
    monday = datetime(2026, 11, 16, 22, tzinfo=UTC)
    correction = Published(
        survey_on=date(2026, 11, 16), value=Decimal("3.799"), published_at=monday
    )
    append_values(programme.series, values=[correction], source="eia.gov", by=MANAGER, at=NOW)

    again, anew = (
        quote_block([(first.facts, NOW)], version=version, keeps_prices=kept)[0]
        for kept in (True, False)
    )

    assert again.total == first.total == Decimal("1652.01")
    assert anew.total != first.total


def test_facts_that_were_tampered_with_are_refused():
    version = published()

    with pytest.raises(Unreadable):
        rerate({"miles": "far"}, version.pk)


def test_a_version_that_never_was_cannot_rate():
    with pytest.raises(RateCardVersion.DoesNotExist):
        rerate({}, 0)


def test_what_a_process_keeps_of_a_version_ends_with_its_publication():
    draft = drafted()
    before = transaction.savepoint()
    quote_facts(LOAD, at=NOW, version=publish(draft))
    transaction.savepoint_rollback(before)
    draft = RateCardVersion.objects.get(pk=draft.pk)
    draft.accessorials.all().delete()

    assert [line.code for line in quote_facts(LOAD, at=NOW, version=draft).lines] == ["LHS"]


def test_items_of_a_load_are_rated_by_density_fak_and_space_of_a_published_card():
    published(
        lanes=(tariff(),),
        accessorials=(),
        fak=(FAK,),
        space_rules=(CUBIC,),
        density_scale=publish_nmfc_scale(by=MANAGER, at=NOW),
        settings=Settings(class_source=ClassSource.DENSITY, unstackable_height_in=Decimal(96)),
    )
    load = delivered_load()
    sizes = {"length_in": 48, "width_in": 48, "height_in": 40, "load": load}
    LoadItem.objects.create(line=1, customer=load.customer, weight_lb=450, pieces=1, **sizes)
    small = quote_load(load, at=NOW)
    LoadItem.objects.create(
        line=2, customer=load.customer, weight_lb=700, pieces=6, is_stackable=False, **sizes
    )
    large = quote_load(load, at=NOW)

    # 8.4375 pcf are class 100, and so 70; with the second item 821 1/3 ft³ are deemed 4,928 lb.
    assert [line.amount for line in small.lines] == [Decimal("90.00")]
    assert [(line.code, line.description) for line in large.lines] == [
        ("LHS", "Linehaul, class 125"), ("LHS", "Linehaul, class 400"), ("DAA", "Deficit weight"),
    ]  # fmt: skip
    assert rerate(to_json(large.facts), large.card_version_id or 0) == large
