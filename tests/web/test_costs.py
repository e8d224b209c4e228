"""What a load costs: told and read by the house, and by no customer anywhere."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import Customer, User
from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_scope, enter_staff_scope
from accounts.rules import Role, Scope
from billing.models import Invoice
from dispatch.models import Load, LoadCost
from dispatch.operations.costing import record_cost
from dispatch.queries.costs import costs_of
from journal.models import Event
from tests.factories.asking import an_asker
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db

COST = "631.27"


def key(customer: Customer | None, now: datetime) -> dict[str, str]:
    scopes = [Scope.LOADS_READ, Scope.LOADS_WRITE, Scope.INVOICES_READ, Scope.COSTS_READ]
    _, secret = create_key("System", scopes=scopes, customer=customer, by="user:1", at=now)
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def costly(issued, customer: Customer, now: datetime) -> Invoice:
    """An invoice for a load whose cost is known."""
    invoice = issued(customer, number="104882")
    record_cost(
        Load.objects.get(number="104882"), kind="CARRIER_PAY", amount=Decimal(COST),
        currency="USD", source="desk", by="user:1", at=now,
    )  # fmt: skip
    return invoice


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.BILLING_MANAGER, Role.ADMINISTRATOR])
def test_who_may_see_cost_reads_margin_and_share_on_the_load(costly, desk, role) -> None:
    page = desk(role).get("/loads/104882/").content.decode()

    assert COST in page
    assert "368.73" in page
    assert "36.9%" in page


def test_a_biller_reads_no_cost_and_can_tell_none(costly, desk) -> None:
    biller = desk(Role.BILLER)

    page = biller.get("/loads/104882/").content.decode()
    answer = biller.post("/loads/104882/costs/", {"kind": "OWN_COST"})

    assert COST not in page
    assert "Margin" not in page
    assert answer.status_code == 403


def test_a_dispatcher_tells_what_the_carrier_is_paid(load, desk) -> None:
    told = {"kind": "CARRIER_PAY", "amount": "700.00", "currency": "USD", "note": "Spot"}

    answer = desk().post("/loads/104882/costs/", told)

    cost = LoadCost.objects.get(load=load)
    assert answer.status_code == 302
    assert (cost.amount, cost.currency, cost.source, cost.note) == (
        Decimal("700.00"), "USD", "desk", "Spot",
    )  # fmt: skip


def test_a_cost_that_is_no_amount_comes_back_with_its_input(load, desk) -> None:
    answer = desk().post(
        "/loads/104882/costs/", {"kind": "CARRIER_PAY", "amount": "-1", "currency": "usd"}
    )

    assert answer.status_code == 422
    assert "Three letters, such as USD." in answer.content.decode()
    assert not LoadCost.objects.exists()


def test_costs_in_another_currency_give_no_margin_but_say_so(load, desk, now) -> None:
    record_cost(
        load, kind="CARRIER_PAY", amount=Decimal(COST), currency="CAD", source="desk",
        by="user:1", at=now,
    )  # fmt: skip

    page = desk().get("/loads/104882/").content.decode()

    assert "No margin: costs are in CAD, charges in USD." in page


def test_the_newest_of_a_kind_counts_and_repeating_it_adds_nothing(load, now) -> None:
    for amount in ("500.00", "550.00", "550.00"):
        record_cost(
            load, kind="CARRIER_PAY", amount=Decimal(amount), currency="USD", source="api",
            by="key:1", at=now,
        )  # fmt: skip
    record_cost(
        load, kind="OWN_COST", amount=Decimal(20), currency="USD", source="api", by="key:1", at=now
    )

    assert [(cost.kind, cost.amount) for cost in costs_of(load)] == [
        ("CARRIER_PAY", Decimal("550.00")), ("OWN_COST", Decimal("20.00")),
    ]  # fmt: skip
    assert LoadCost.objects.count() == 3
    assert Event.objects.filter(name="cost.recorded").count() == 3


def test_the_carriers_own_system_tells_and_reads_costs_over_the_api(load, now) -> None:
    client = Client(SERVER_NAME="localhost", headers=key(None, now))
    body = {"kind": "CARRIER_PAY", "amount": "640.00", "currency": "USD"}

    told = client.post("/api/v1/loads/104882/costs/", body, content_type="application/json")
    read = client.get("/api/v1/loads/104882/costs/")

    assert (told.status_code, read.status_code) == (200, 200)
    assert [(each["kind"], each["amount"], each["source"]) for each in read.json()] == [
        ("CARRIER_PAY", "640.00", "api")
    ]


def test_a_system_that_reads_loads_reads_no_cost_and_one_that_tells_reads_its_own(
    load, now
) -> None:
    record_cost(
        load, kind="OWN_COST", amount=Decimal("512.34"), currency="USD", source="desk",
        by="user:1", at=now,
    )  # fmt: skip
    system = an_asker(scopes=[Scope.LOADS_READ, Scope.LOADS_WRITE], at=now)
    body = {"kind": "CARRIER_PAY", "amount": "640.00", "currency": "USD"}

    told = system.post("loads/104882/costs/", body)
    read = system.get("loads/104882/costs/")

    assert [each["amount"] for each in told.json()] == ["640.00"]
    assert (read.status_code, read.json()["code"]) == (403, "scope")


def test_no_door_of_a_customer_leads_to_a_cost(
    costly: Invoice, customer: Customer, shipper: User, now: datetime
) -> None:
    headers, portal = key(customer, now), sign_in(shipper)
    pages = [
        portal.get(address)
        for address in (
            "/portal/?view=all",
            f"/portal/invoices/{costly.number}/",
            "/portal/shipments/104882/",
        )
    ]
    system = Client(SERVER_NAME="localhost", headers=headers)
    answers = [
        system.get(f"/api/v1/{address}")
        for address in (
            "loads/",
            "loads/104882/",
            "loads/104882/billing/",
            "invoices/",
            f"invoices/{costly.number}/",
        )
    ]

    assert [answer.status_code for answer in (*pages, *answers)] == [200] * 8
    for answer in (*pages, *answers):
        assert COST not in answer.content.decode()
        assert "CARRIER_PAY" not in answer.content.decode()
    assert system.get("/api/v1/loads/104882/costs/").status_code == 403
    enter_staff_scope()
    assert COST not in str(costly.snapshot)


def test_the_database_itself_shows_and_takes_no_cost_in_a_customers_transaction(
    costly: Invoice, shipper: User, now: datetime
) -> None:
    load = Load.objects.get(number="104882")

    enter_scope(shipper)

    assert costs_of(load) == []
    assert not Event.objects.filter(name="cost.recorded").exists()
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        LoadCost.objects.create(
            load=load, kind="OWN_COST", amount=1, currency="USD", source="x", recorded_by="x",
            recorded_at=now,
        )  # fmt: skip


def test_a_cost_is_never_edited(costly: Invoice) -> None:
    with pytest.raises(DatabaseError, match="dispatch_loadcost"), transaction.atomic():
        LoadCost.objects.update(amount=1)
