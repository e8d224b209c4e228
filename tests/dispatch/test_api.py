"""Loads over HTTP."""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer
from accounts.operations.keying import create_key, revoke_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from dispatch.models import Load
from dispatch.operations.planning import create_load
from dispatch.operations.tracking import add_milestones
from dispatch.queries.loads import listed_loads, told_loads
from journal.models import Event
from tests.dispatch.plans import PICKUP_AT, SEVEN, fact, hours, plan
from tests.factories import CarrierFactory, CustomerFactory, DocumentFactory, LoadFactory

pytestmark = pytest.mark.django_db

LOADS = "/api/v1/loads/"
READ, WRITE = [Scope.LOADS_READ], [Scope.LOADS_READ, Scope.LOADS_WRITE]


# One client, since each of them builds the whole chain of middleware.
client = Client()


class Partner:
    """A system with a key."""

    def __init__(self, secret: str) -> None:
        self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, path: str = LOADS, **parameters: Any) -> Any:
        return self._answer(client.get(path, parameters, headers=self.headers))

    def post(self, body: Any, *, content_type: str = "application/json") -> Any:
        text = body if isinstance(body, bytes) else json.dumps(body)
        return self._answer(
            client.post(LOADS, text, content_type=content_type, headers=self.headers)
        )

    def call(self, method: str, path: str) -> Any:
        return self._answer(client.generic(method, path, headers=self.headers))

    def numbers(self, **parameters: Any) -> list[Any]:
        return [load["number"] for load in self.get(**parameters).json()["data"]]

    def _answer(self, response: Any) -> Any:
        # A request narrows the transaction to what its key may see; the test goes on in the same.
        enter_staff_scope()
        return response


def partner(
    now: datetime, *, scopes: list[Scope] = READ, customer: Customer | None = None
) -> Partner:
    _, secret = create_key(
        "TMS", scopes=scopes, by="user:1", at=now - timedelta(days=1), customer=customer
    )
    return Partner(secret)


@pytest.fixture
def carrier_system(db, now) -> Partner:
    """A system of the carrier itself, which sees every customer."""
    return partner(now, scopes=WRITE)


@pytest.fixture
def customer_system(customer, now) -> Partner:
    """A system of one customer."""
    return partner(now, scopes=WRITE, customer=customer)


def make(customer: Customer, now: datetime, number: int = 1, **fields) -> Load:
    told = {"references": (("SHIPMENT_ID", f"S-{number}"), ("PO", "45-00871")), **fields}
    return create_load(plan(**told), customer=customer, by="source:tms", at=now, source="tms")


def body(**fields: Any) -> dict[str, Any]:
    return {
        "customer": "PRFD-0042",
        "references": [{"kind": "SHIPMENT_ID", "value": "S-9"}],
        "stops": [
            {
                "sequence": 1, "kind": "PICKUP", "city": "Joliet", "state": "IL",
                "appointment_from": "2026-11-18T07:00:00-06:00",
            },
            {"sequence": 2, "kind": "DELIVERY", "city": "Columbus", "state": "OH"},
        ],
        "miles": "377.5",
        **fields,
    }  # fmt: skip


def refusal(response: Any) -> tuple[int, str, str | None]:
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["detail"]
    return response.status_code, told["code"], told["field"]


class TestListing:
    """`GET loads/`"""

    def test_the_newest_load_comes_first_with_its_references(self, carrier_system, customer, now):
        first, second = make(customer, now, 1), make(customer, now, 2)

        answer = carrier_system.get().json()

        assert [load["number"] for load in answer["data"]] == [second.number, first.number]
        assert answer["data"][1]["references"] == [
            {"kind": "PO", "value": "45-00871"},
            {"kind": "SHIPMENT_ID", "value": "S-1"},
        ]
        assert answer["data"][1]["customer"] == "PRFD-0042"
        assert answer["data"][1]["miles"] == "377.00"
        assert (answer["next_cursor"], answer["has_more"]) == (None, False)

    def test_pages_follow_each_other_without_gap_or_repetition(self, carrier_system, customer, now):
        made = [make(customer, now, number).number for number in range(5)]

        first = carrier_system.get(size=2).json()
        make(customer, now, 99)
        second = carrier_system.get(size=2, cursor=first["next_cursor"]).json()
        third = carrier_system.get(size=2, cursor=second["next_cursor"]).json()

        seen = [load["number"] for page in (first, second, third) for load in page["data"]]
        assert seen == made[::-1]
        assert [page["has_more"] for page in (first, second, third)] == [True, True, False]

    def test_a_page_costs_the_same_number_of_statements_whatever_its_size(
        self, carrier_system, customer, now
    ):
        for number in range(6):
            make(customer, now, number)
        carrier_system.get()  # the first call of a day keeps that the key was used

        with CaptureQueriesContext(connection) as one:
            carrier_system.get(size=1)
        with CaptureQueriesContext(connection) as six:
            carrier_system.get(size=6)

        assert len(one) == len(six)

    def test_a_choice_of_several_does_not_sort_the_whole_table(self, carrier_system, customer, now):
        make(customer, now)

        with CaptureQueriesContext(connection) as asked:
            carrier_system.get(status=["DELIVERED", "PLANNED"])

        assert not [query for query in asked if "DISTINCT" in query["sql"]]

    def test_filters_narrow_the_list(self, carrier_system, customer, now):
        planned = make(customer, now, 1)
        delivered = make(customer, now, 2, references=(("PO", "777"),), shipment_type="LTL")
        add_milestones(delivered, facts=SEVEN, source="tms", by="source:tms", at=now)
        other = make(CustomerFactory.create(code="OTHR-1"), now, 3)

        numbers = carrier_system.numbers

        assert numbers(status="DELIVERED") == [delivered.number]
        assert numbers(status=["DELIVERED", "PLANNED"], customer="PRFD-0042") == [
            delivered.number,
            planned.number,
        ]
        assert numbers(customer="OTHR-1") == [other.number]
        assert numbers(reference="4500 871", customer="PRFD-0042") == [planned.number]
        assert numbers(shipment_type="LTL") == [delivered.number]
        later = (PICKUP_AT + hours(1)).isoformat()
        assert numbers(pickup_from=later) == []
        assert len(numbers(pickup_before=later)) == 3

    @pytest.mark.parametrize(
        ("parameters", "code", "field"),
        [
            ({"id": "abc"}, "unknown_parameter", "id"),
            ({"page": "0"}, "unknown_parameter", "page"),
            ({"at": "x"}, "unknown_parameter", "at"),
            ({"status": "LOST"}, "invalid_choice", "status"),
            ({"pickup_from": "notadate"}, "invalid", "pickup_from"),
            ({"reference": "\x00"}, "null_characters_not_allowed", "reference"),
            ({"size": "0"}, "invalid_size", "size"),
            ({"size": "-1"}, "invalid_size", "size"),
            ({"size": "\u0661\u0660"}, "invalid_size", "size"),
            ({"cursor": "x"}, "invalid_cursor", "cursor"),
            ({"cursor": "\x00"}, "invalid_cursor", "cursor"),
            ({"cursor": "azA5"}, "invalid_cursor", "cursor"),
        ],
    )
    def test_a_parameter_that_means_nothing_is_refused_by_name(
        self, carrier_system, parameters, code, field
    ):
        assert refusal(carrier_system.get(**parameters)) == (400, code, field)

    def test_a_huge_size_is_capped(self, carrier_system, customer, now):
        LoadFactory.create_batch(201, customer=customer)

        assert len(carrier_system.numbers(size=10**9)) == 200


class TestShowing:
    """`GET loads/{number}/`"""

    def test_a_load_is_shown_with_stops_and_all_that_was_told(self, carrier_system, customer, now):
        load = make(customer, now)
        facts = [*SEVEN, fact("ARRIVED", 20, 2, supersedes_reference="ARRIVED-21-2")]
        add_milestones(load, facts=facts, source="tms", by="source:tms", at=now)

        shown = carrier_system.get(f"{LOADS}{load.number}/").json()

        assert (shown["status"], shown["delivered_at"]) == ("DELIVERED", "2026-11-19T12:00:00Z")
        assert [stop["timezone"] for stop in shown["stops"]] == [
            "America/Chicago",
            "America/New_York",
        ]
        assert shown["stops"][1]["arrived_at"] == "2026-11-19T09:00:00Z"
        told = [(each["kind"], each["stop"], each["stands"]) for each in shown["milestones"]]
        assert told == [
            ("TENDERED", None, True),
            ("ACCEPTED", None, True),
            ("DISPATCHED", None, True),
            ("ARRIVED", 1, True),
            ("DEPARTED", 1, True),
            ("ARRIVED", 2, True),
            ("ARRIVED", 2, False),
            ("DELIVERED", 2, True),
        ]

    @pytest.mark.parametrize("number", ["999999", "%00", "x" * 300, "..%2F"])
    def test_a_load_that_is_not_there_is_404(self, carrier_system, number):
        assert carrier_system.get(f"{LOADS}{number}/").status_code == 404

    def test_its_papers_are_listed(self, carrier_system, customer, now):
        load = make(customer, now)
        DocumentFactory.create(load=load, filename="pod.pdf", stop=load.stops.get(sequence=2))
        DocumentFactory.create()

        (paper,) = carrier_system.get(f"{LOADS}{load.number}/documents/").json()["data"]

        assert (paper["filename"], paper["kind"], paper["stop"]) == ("pod.pdf", "POD", 2)


class TestKeys:
    """Who may see and do what."""

    def test_a_customers_key_sees_its_own_loads_only(self, customer_system, customer, now):
        own = make(customer, now)
        foreign = make(CustomerFactory.create(), now)
        DocumentFactory.create(load=foreign)

        assert customer_system.numbers() == [own.number]
        assert customer_system.numbers(reference="S-1") == [own.number]
        assert customer_system.numbers(customer=foreign.customer.code) == []
        assert customer_system.get(f"{LOADS}{own.number}/").status_code == 200
        for path in (f"{LOADS}{foreign.number}/", f"{LOADS}{foreign.number}/documents/"):
            assert refusal(customer_system.get(path)) == (404, "not_found", None)

    def test_a_cursor_of_somebody_else_opens_nothing(
        self, carrier_system, customer_system, customer, now
    ):
        own = make(customer, now, 1)
        for number in range(3):
            make(CustomerFactory.create(), now, number)
        cursor = carrier_system.get(size=1).json()["next_cursor"]

        assert customer_system.numbers(cursor=cursor) == [own.number]

    def test_the_query_itself_is_narrowed_where_the_database_shows_all(self, customer, now):
        own = make(customer, now)
        make(CustomerFactory.create(), now)
        somebody = SimpleNamespace(customer_ids=frozenset({customer.pk}))

        assert list(listed_loads(somebody)) == list(told_loads(somebody)) == [own]

    def test_the_database_hides_foreign_rows_even_from_a_query_that_forgets(
        self, customer_system, customer, now, monkeypatch
    ):
        own = make(customer, now)
        make(CustomerFactory.create(), now)
        monkeypatch.setattr(
            "accounts.models.ScopedQuerySet.for_user", lambda rows, _key: rows.all()
        )

        assert customer_system.numbers() == [own.number]

    def test_without_a_key_nothing_is_answered(self, db):
        for path in (LOADS, f"{LOADS}1/", f"{LOADS}1/documents/"):
            assert refusal(client.get(path))[0] == 401

    def test_a_revoked_key_is_refused_at_once(self, now):
        key, secret = create_key("TMS", scopes=READ, by="user:1", at=now)
        revoke_key(key, by="user:1", at=now, reason="Lost.")

        assert refusal(Partner(secret).get())[0] == 401

    def test_a_reading_key_cannot_write(self, now, customer):
        assert refusal(partner(now).post(body())) == (403, "scope", None)
        assert not Load.objects.exists()

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_a_load_is_not_changed_by_other_methods(self, carrier_system, customer, now, method):
        path = f"{LOADS}{make(customer, now).number}/"

        assert carrier_system.call(method, path).status_code in {403, 405}


class TestMaking:
    """`POST loads/`"""

    def test_a_load_is_made_and_shown(self, carrier_system, customer):
        CarrierFactory.create()

        answer = carrier_system.post(body(equipment="REEFER53", weight_lb=38420))

        assert answer.status_code == 201
        made = Load.objects.get()
        shown = answer.json()
        assert (shown["number"], shown["status"]) == (made.number, "PLANNED")
        assert (shown["miles"], shown["miles_source"]) == ("377.50", "as tendered")
        assert shown["stops"][0]["appointment_from"] == "2026-11-18T13:00:00Z"
        assert (made.customer, made.source) == (customer, "api")
        assert Event.objects.get(name="load.created").actor.startswith("key:")

    def test_the_items_of_a_load_are_made_and_shown(self, carrier_system, customer):
        item = {"weight_lb": "450", "freight_class": "100", "pieces": 1, "height_in": "40.5"}

        answer = carrier_system.post(body(items=[item], linear_feet=4))

        shown = answer.json()
        assert answer.status_code == 201
        assert shown["linear_feet"] == "4.00"
        assert shown["items"] == [
            {
                "line": 1, "description": "", "freight_class": "100", "weight_lb": "450.00",
                "pieces": 1, "length_in": None, "width_in": None, "height_in": "40.50",
                "is_stackable": True,
            }
        ]  # fmt: skip

    def test_a_customers_key_tenders_loads_of_its_customer(self, customer_system, customer):
        told = body(quoted_amount="1.00")
        del told["customer"]

        assert customer_system.post(told).status_code == 201
        assert Load.objects.get().customer == customer

    def test_what_a_customer_names_as_price_waits_for_the_carrier(self, customer_system):
        customer_system.post(body(quoted_amount="1.00"))

        offered = Load.objects.get()
        assert offered.status == Load.Status.TENDERED
        assert list(offered.milestones.values_list("kind", flat=True)) == ["TENDERED"]

    def test_a_customers_key_makes_none_for_another(self, customer_system):
        CustomerFactory.create(code="OTHR-1")

        answer = customer_system.post(body(customer="OTHR-1"))

        assert refusal(answer) == (400, "unknown_customer", "customer")

    def test_a_second_load_of_the_same_shipment_is_a_conflict(self, carrier_system, customer):
        carrier_system.post(body())

        assert refusal(carrier_system.post(body())) == (409, "load_exists", None)
        assert Load.objects.count() == 1

    @pytest.mark.parametrize(
        ("fields", "code", "field"),
        [
            ({"customer": "NOBODY"}, "unknown_customer", "customer"),
            ({"colour": "red"}, "unknown_field", "colour"),
            (
                {"references": [{"kind": "PO", "value": "1", "x": 1}]},
                "unknown_field",
                "references.0.x",
            ),
            (
                {"references": [{"kind": "PO", "value": "\x00"}]},
                "forbidden_character",
                "references.0.value",
            ),
            (
                {"references": [{"kind": "PO", "value": "--"}]},
                "invalid_reference",
                "references.0.value",
            ),
            (
                {"references": [{"kind": "PO", "value": "1"}, {"kind": "NICKNAME", "value": "1"}]},
                "invalid_choice",
                "references.1.kind",
            ),
            ({"stops": []}, "min_length", "stops.non_field_errors"),
            ({"weight_lb": "-1"}, "min_value", "weight_lb"),
            ({"weight_lb": "1.005"}, "max_decimal_places", "weight_lb"),
            ({"weight_lb": "1_000"}, "invalid", "weight_lb"),
            ({"weight_lb": "١٢"}, "invalid", "weight_lb"),
            ({"weight_lb": "1e3"}, "invalid", "weight_lb"),
            ({"weight_lb": True}, "invalid", "weight_lb"),
            ({"pieces": "1_0"}, "invalid", "pieces"),
            ({"items": [{"pieces": 1}]}, "required", "items.0.weight_lb"),
            ({"items": [{"weight_lb": 1, "hight_in": 4}]}, "unknown_field", "items.0.hight_in"),
            ({"items": [{"weight_lb": 1, "width_in": 0}]}, "not_positive", "items.0.width_in"),
            ({"pieces": 2**31}, "too_large", "pieces"),
            ({"currency": "US$"}, "invalid", "currency"),
            ({"equipment": "SPACESHIP"}, "invalid_choice", "equipment"),
            ({"respond_by": "2026-11-18T07:00:00"}, "time_without_zone", "respond_by"),
            ({"respond_by": "0001-01-01T00:00:00+14:00"}, "overflow", "respond_by"),
            ({"respond_by": "9999-12-31T23:59:59Z"}, "overflow", "respond_by"),
        ],
    )
    def test_what_cannot_be_right_is_refused_by_name(
        self, carrier_system, customer, fields, code, field
    ):
        assert refusal(carrier_system.post(body(**fields))) == (400, code, field)
        assert not Load.objects.exists()

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("  ", "empty_body"),
            ("", "required"),
            ("{", "invalid_json"),
            ('{"miles": NaN}', "invalid_json"),
            ("\xff", "invalid_json"),
            ('{"miles": 1, "miles": 2}', "duplicate_key"),
            ('{"pieces": ' + "9" * 5000 + "}", "number_too_large"),
            ("[" * 100_000, "too_deep"),
            ("[]", "invalid"),
            ("null", "null"),
            ('"x"', "invalid"),
        ],
    )
    def test_a_body_that_is_no_load_is_refused(self, carrier_system, text, code):
        status, found, _ = refusal(carrier_system.post(text.encode("latin-1")))

        assert (status, found) == (400, code)

    def test_another_media_type_is_refused(self, carrier_system):
        answer = carrier_system.post(b"<load/>", content_type="application/xml")

        assert refusal(answer)[:2] == (415, "unsupported_media_type")
