"""Prices on demand over HTTP: the code that bills, and nobody else's prices."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Customer
from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from billing.models import Charge, RatingRecord
from billing.operations.readiness import evaluate_load
from dispatch.models import Load
from journal.models import Event
from rating.operations.carding import create_card
from tests.factories import CustomerFactory
from tests.factories.billing import delivered_load, give_lumper_receipt, publish_card
from tests.rating.making import DRAFTER, NOW, drafted, per_mile_programme, published

pytestmark = pytest.mark.django_db

QUOTES = "/api/v1/quotes/"
client = Client()


class Partner:
    """A system with a key."""

    def __init__(self, *, customer: Customer | None = None, scopes: Any = (Scope.QUOTES_READ,)):
        long_ago = NOW - timedelta(days=300)
        _, self.secret = create_key(
            "TMS", scopes=scopes, by="user:1", at=long_ago, customer=customer
        )

    def post(self, body: Any) -> Any:
        response = client.post(
            QUOTES,
            body if isinstance(body, bytes) else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}"},
        )
        # A request narrows the transaction to what its key may see; the test goes on in the same.
        enter_staff_scope()
        return response


@pytest.fixture
def customer() -> Any:
    return CustomerFactory(code="PRFD-0042")


@pytest.fixture
def carrier(db) -> Partner:
    return Partner()


@pytest.fixture
def partner(customer) -> Partner:
    return Partner(customer=customer)


def question(**fields: Any) -> dict[str, Any]:
    return {
        "customer": "PRFD-0042",
        "origin": {"postal_code": "60436"},
        "destination": {"postal_code": "43137"},
        "pickup_on": "2026-11-18",
        "equipment": "REEFER53",
        "miles": 377,
        **fields,
    }


def without(name: str, **fields: Any) -> dict[str, Any]:
    return {key: value for key, value in question(**fields).items() if key != name}


def refusal(response: Any) -> tuple[int, str, str | None]:
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["detail"]
    return response.status_code, told["code"], told["field"]


def amounts(response: Any) -> dict[str, str]:
    assert response.status_code == 200, response.content
    return {line["code"]: line["amount"] for line in response.json()["lines"]}


def test_a_quote_explains_itself(carrier, customer):
    published(fuel=per_mile_programme())

    told = carrier.post(question(extra_stops=1, detention_minutes=76)).json()

    assert {line["code"]: line["amount"] for line in told["lines"]} == {
        "LHS": "912.34", "FUE": "173.42", "SOC": "75.00", "DET": "112.50",
    }  # fmt: skip
    assert (told["total"], told["currency"], told["is_complete"]) == ("1273.26", "USD", True)
    assert (told["version_label"], told["customer"]) == ("Prairie Foods Reefer v1", "PRFD-0042")
    linehaul = told["lines"][0]
    assert [step["number"] for step in linehaul["steps"]] == [1, 2, 3, 4][: len(linehaul["steps"])]
    assert linehaul["steps"][-1] == {
        "number": len(linehaul["steps"]), "text": "Amount", "value": "$912.34",
    }  # fmt: skip
    [winner, *losers] = told["candidates"]
    assert winner["is_winner"]
    assert losers
    assert all(each["reason"] for each in losers)
    fuel = next(line for line in told["lines"] if line["code"] == "FUE")
    assert fuel["evidence"][0]["reference"].startswith("index:EIA-MW:")


def test_a_customer_is_told_how_its_price_comes_about_and_nothing_of_other_lanes(
    carrier, partner, customer
):
    published(fuel=per_mile_programme())
    asked = question(extra_stops=1, detention_minutes=76)

    ours, theirs = carrier.post(asked).json(), partner.post(asked).json()

    assert theirs["total"] == ours["total"]
    assert [line["steps"] for line in theirs["lines"]] == [line["steps"] for line in ours["lines"]]
    assert [each["is_winner"] for each in theirs["candidates"]] == [True]
    assert {fact["source"] for line in theirs["lines"] for fact in line["evidence"]} == {""}
    assert {line["approval_reason"] for line in theirs["lines"]} == {""}
    assert (theirs["facts"], ours["facts"] != {}) == ({}, True)


def test_a_quote_stores_nothing(carrier, customer):
    published()
    before = (Event.objects.count(), RatingRecord.objects.count(), Load.objects.count())

    amounts(carrier.post(question()))

    assert (Event.objects.count(), RatingRecord.objects.count(), Load.objects.count()) == before


def test_a_problem_is_told_and_the_rest_is_priced_all_the_same(carrier, customer):
    published()

    told = carrier.post(without("miles", extra_stops=1)).json()

    assert [problem["subject_key"] for problem in told["problems"]] == ["fact:miles"]
    assert [line["code"] for line in told["lines"]] == ["SOC"]
    assert told["is_complete"] is False


@pytest.mark.parametrize(
    "waits", [{}, {"wait_hours": 4.5}, {"wait_hours": 3, "equipment": "FLATBED"}, {"miles": None}]
)
def test_the_quote_of_a_load_is_what_billing_charged_for_it(carrier, now, waits):
    publish_card()
    load = delivered_load(**waits)
    give_lumper_receipt(load)
    evaluate_load(load.pk, by="rule:readiness", at=now)
    charged = Charge.objects.filter(load=load).exclude(status="SUPERSEDED").order_by("id")

    told = carrier.post({"load": load.number}).json()

    assert [
        (line["code"], line["stop_sequence"], Decimal(line["amount"])) for line in told["lines"]
    ] == [(each.code, each.stop and each.stop.sequence, each.amount) for each in charged]
    assert told["facts"] == RatingRecord.objects.get(load=load).facts


def test_the_facts_of_a_load_asked_by_hand_cost_what_billing_charged(carrier, now):
    publish_card()
    load = delivered_load(wait_hours=4.5)
    evaluate_load(load.pk, by="rule:readiness", at=now)
    billed = RatingRecord.objects.get(load=load)

    asked = question(customer=load.customer.code, detention_minutes=150, extra_stops=0)

    assert Decimal(carrier.post(asked).json()["total"]) == billed.total_amount


def test_a_load_can_be_priced_under_a_draft(carrier, now):
    publish_card()
    load = delivered_load()
    draft = drafted(create_card(name="Next", currency="USD", by=DRAFTER, at=NOW))

    told = carrier.post({"load": load.number, "version": draft.pk}).json()

    assert (told["version"], told["version_label"]) == (draft.pk, "Next v1")
    assert told["lines"][0]["amount"] == "912.34"


def test_a_key_of_a_customer_asks_for_that_customer_alone(partner, customer):
    published()
    stranger = CustomerFactory(code="OTHR-0001")

    assert amounts(partner.post(without("customer")))["LHS"] == "912.34"
    assert amounts(partner.post(question()))["LHS"] == "912.34"
    assert refusal(partner.post(question(customer=stranger.code))) == (
        400, "unknown_customer", "customer",
    )  # fmt: skip


def test_what_is_a_strangers_is_answered_as_what_is_not_there(partner, customer):
    stranger = CustomerFactory(code="OTHR-0001")
    card = create_card(name="Theirs", currency="USD", customer=stranger, by=DRAFTER, at=NOW)
    theirs = published(card)
    own = create_card(name="Own", currency="USD", customer=customer, by=DRAFTER, at=NOW)
    own_draft = drafted(own)
    generic = published(create_card(name="Everybody", currency="USD", by=DRAFTER, at=NOW))
    their_load = delivered_load(stranger)

    def answer(**fields):
        """The refusal with what was asked for taken out of it."""
        told = partner.post(fields).json()
        for value in fields.values():
            told["detail"] = told["detail"].replace(str(value), "IT")
        for error in told["errors"]:
            error["detail"] = told["detail"]
        return {name: value for name, value in told.items() if name != "request_id"}

    missing = answer(**question(version=999_999))
    assert missing["code"] == "unknown_version"
    for version in (theirs, own_draft, generic):
        assert answer(**question(version=version.pk)) == missing
    assert answer(load=their_load.number) == answer(load="nowhere")
    assert answer(**question(customer="OTHR-0001")) == answer(**question(customer="NOBODY-1"))


def test_a_key_of_a_customer_may_name_a_published_version_of_its_own(partner, customer):
    card = create_card(name="Own", currency="USD", customer=customer, by=DRAFTER, at=NOW)
    version = published(card)

    assert partner.post(question(version=version.pk)).json()["version"] == version.pk


def test_a_key_of_a_customer_is_priced_by_the_card_for_everybody_as_billing_would(
    partner, customer, now
):
    publish_card()
    load = delivered_load(customer)
    evaluate_load(load.pk, by="rule:readiness", at=now)

    told = partner.post({"load": load.number}).json()

    assert Decimal(told["total"]) == RatingRecord.objects.get(load=load).total_amount > 0


def test_a_key_without_the_scope_is_refused(customer):
    assert refusal(Partner(scopes=(Scope.LOADS_READ,)).post(question()))[:2] == (403, "scope")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"customer": "NOBODY-1"}, "unknown_customer", "customer"),
        ({"origin": {}}, "place_missing", "origin_postal_code"),
        ({"origin": {"city": "Joliet"}}, "place_missing", "origin_postal_code"),
        ({"origin": "60436"}, "invalid", "origin.non_field_errors"),
        ({"origin": {"zip": "60436"}}, "unknown_field", "origin.zip"),
        ({"destination": {"postal_code": "x" * 13}}, "max_length", "destination.postal_code"),
        ({"destination": {"postal_code": "4\x001"}}, "forbidden_character", None),
        ({"pickup_on": "tomorrow"}, "invalid", "pickup_on"),
        ({"pickup_on": "0001-01-01"}, "day_out_of_range", "pickup_on"),
        ({"pickup_on": "9999-12-31"}, "day_out_of_range", "pickup_on"),
        ({"delivery_on": "2026-11-17"}, "period_reversed", "delivery_on"),
        ({"equipment": "BALLOON"}, "invalid_choice", "equipment"),
        ({"miles": "1_000"}, "invalid", "miles"),
        ({"miles": -1}, "min_value", "miles"),
        ({"weight_lb": "12.345"}, "max_decimal_places", "weight_lb"),
        ({"extra_stops": 51}, "max_value", "extra_stops"),
        ({"detention_minutes": -5}, "min_value", "detention_minutes"),
        ({"detention_minutes": 10**9}, "max_value", "detention_minutes"),
        ({"version": "v6"}, "invalid", "version"),
        ({"version": 999_999}, "unknown_version", "version"),
        ({"services": [{"quantity": 1}]}, "required", "services.0.code"),
        ({"items": [{"weight_lb": 5}, {"weight_lb": "many"}]}, "invalid", "items.1.weight_lb"),
        ({"load": "104882"}, "not_both", "customer"),
        ({"price": 5}, "unknown_field", "price"),
    ],
)
def test_bad_input_gets_one_clear_sentence(carrier, customer, fields, code, field):
    status, told_code, told_field = refusal(carrier.post(question(**fields)))

    assert status == 400
    assert told_code == code
    assert field is None or told_field == field


def test_each_field_that_is_wrong_has_its_own_sentence(carrier, customer):
    told = carrier.post(question(miles="far", pickup_on="soon", extra_stops=-1)).json()

    assert {error["field"] for error in told["errors"]} == {"miles", "pickup_on", "extra_stops"}
    assert all(error["detail"] and error["code"] for error in told["errors"])


def test_what_is_missing_is_asked_for(carrier, customer):
    told = carrier.post({"customer": "PRFD-0042"}).json()

    assert {error["field"] for error in told["errors"]} == {"origin", "destination", "pickup_on"}
    assert refusal(carrier.post(without("customer"))) == (400, "required", "customer")


def test_the_day_decides_the_version(carrier, customer):
    published(effective_from=date(2026, 10, 1))

    told = carrier.post(question(pickup_on="2026-09-30")).json()

    assert (told["version"], told["problems"][0]["subject_key"]) == (None, "card")
