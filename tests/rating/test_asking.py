"""What people type becomes facts, priced by the code that bills."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rating.engine.choices import Basis, StopKind
from rating.engine.facts import Service
from rating.engine.places import Place
from rating.operations.asking import AskRefused, QuoteRequest, ask_quote, facts_of
from rating.operations.carding import create_card
from rating.operations.quoting import quote_facts
from tests.factories import CustomerFactory, LocationFactory
from tests.rating.engine.building import DETENTION, LANES
from tests.rating.making import NOW, drafted, per_mile_programme, published

pytestmark = pytest.mark.django_db


def asked(**fields):
    customer = fields.pop("customer", None) or CustomerFactory()
    as_typed = {
        "customer_id": customer.pk,
        "origin_postal_code": "60436",
        "destination_postal_code": "43137",
        "pickup_on": date(2026, 11, 18),
        "equipment": "REEFER_53",
        "shipment_type": "CONTRACT",
        "miles": Decimal(377),
    }
    return QuoteRequest(**(as_typed | fields))


def amounts(quote):
    return {line.code: line.amount for line in quote.lines}


def test_zips_a_day_and_miles_give_the_price_of_the_pictures():
    published(fuel=per_mile_programme())

    quote = ask_quote(asked(extra_stops=1), at=NOW)

    assert amounts(quote) == {
        "LHS": Decimal("912.34"),
        "FUE": Decimal("173.42"),
        "SOC": Decimal("75.00"),
    }
    assert quote.problems == ()


def test_detention_is_asked_in_minutes_over_the_free_time():
    published()

    quote = ask_quote(asked(detention_minutes=76), at=NOW)

    assert amounts(quote)["DET"] == Decimal("112.50")
    (line,) = (line for line in quote.lines if line.code == "DET")
    assert line.stop_sequence == 2
    assert {each.source for each in line.evidence if each.kind == "clock"} == {"asked"}


def test_detention_waits_where_the_card_charges_it():
    published(accessorials=(replace(DETENTION, stop_kind=StopKind.PICKUP),))

    quote = ask_quote(asked(detention_minutes=30), at=NOW)

    assert [line.stop_sequence for line in quote.lines if line.code == "DET"] == [1]


def test_detention_under_a_card_without_a_rule_for_it_changes_nothing():
    published(accessorials=())

    request = asked()
    waiting = replace(request, detention_minutes=76)
    assert ask_quote(waiting, at=NOW) == ask_quote(request, at=NOW)


def test_a_draft_prices_when_it_is_named():
    published()
    second = create_card(name="Second", currency="USD", by="user:1", at=NOW)
    lane = replace(LANES[0], basis=Basis.FLAT, rate=Decimal(900))
    draft = drafted(second, lanes=(lane,))

    quote = ask_quote(asked(card_version_id=draft.pk, detention_minutes=76), at=NOW)

    assert quote.card_version_id == draft.pk
    assert amounts(quote)["LHS"] == Decimal("900.00")
    assert amounts(quote)["DET"] == Decimal("112.50")


def test_miles_nobody_told_are_not_invented():
    published()

    quote = ask_quote(asked(miles=None), at=NOW)

    assert [problem.subject_key for problem in quote.problems] == ["fact:miles"]


def test_a_zip_tells_its_state_and_zone_and_the_location_book_its_town():
    LocationFactory(postal_code="43137", city="Columbus", state="OH")

    facts = facts_of(asked(), at=NOW)

    origin, destination = facts.stops
    assert (origin.state, origin.city, origin.timezone) == ("IL", "", "America/Chicago")
    assert (destination.city, destination.state) == ("Columbus", "OH")
    assert destination.timezone == "America/New_York"


def test_towns_that_share_a_zip_are_not_guessed():
    LocationFactory(postal_code="43137", city="Columbus", state="OH")
    LocationFactory(postal_code="43137", city="Lockbourne", state="OH")

    assert facts_of(asked(), at=NOW).stops[-1].city == ""


def test_a_city_finds_its_lane():
    lane = replace(LANES[0], origin=Place.city("Joliet", "IL"), destination=Place.state("OH"))
    published(lanes=(lane,))
    by_city = asked(
        origin_postal_code="", origin_city="joliet", origin_state="il",
        destination_postal_code="", destination_city="Columbus", destination_state="OH",
    )  # fmt: skip

    assert "LHS" in amounts(ask_quote(by_city, at=NOW))


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"customer_id": 999_999}, "customer", "unknown_customer"),
        ({"customer_id": None, "customer_code": "NOBODY"}, "customer", "unknown_customer"),
        ({"origin_postal_code": ""}, "origin_postal_code", "place_missing"),
        ({"destination_postal_code": "", "destination_city": "Columbus"},
         "destination_postal_code", "place_missing"),
        ({"card_version_id": 999_999}, "version", "unknown_version"),
    ],
)  # fmt: skip
def test_a_question_that_names_no_load_is_refused_at_its_field(fields, field, code):
    with pytest.raises(AskRefused) as refused:
        ask_quote(asked(**fields), at=NOW)

    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_customer_is_known_by_code_too():
    customer = CustomerFactory(code="PRFD-0042")

    facts = facts_of(asked(customer_id=None, customer_code="PRFD-0042"), at=NOW)

    assert facts.customer_id == customer.pk


def test_services_are_charged_as_recorded_ones_are():
    published()
    request = asked(services=(Service(code="LAYOVER", quantity=Decimal(2), unit="night"),))

    assert facts_of(request, at=NOW).services == request.services


def test_the_facts_of_the_answer_rate_again_to_the_same_quote():
    published(fuel=per_mile_programme())

    quote = ask_quote(asked(extra_stops=1, detention_minutes=76), at=NOW)

    assert quote_facts(quote.facts, at=NOW) == quote
