"""The people who look at pages, and what there is to see."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import Customer, User
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Role
from billing.models import Invoice, LoadBilling
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from dispatch.models import Load
from tests.factories import CustomerFactory, UserFactory
from tests.factories.billing import delivered_load, found_carrier, publish_card
from tests.factories.doors import sign_in


@pytest.fixture(autouse=True)
def clock(now: datetime, settings):
    """Let every page be read at `now`, and hash passwords cheaply."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture(autouse=True)
def everybody_again(request: pytest.FixtureRequest):
    """Let the end of a test see every row: a customer's request limits the test's transaction."""
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
    yield
    if connection.connection and connection.in_atomic_block:
        enter_staff_scope()


@pytest.fixture
def carrier(db: None):
    """Somebody to bill, and a price for everything."""
    publish_card()
    return found_carrier()


@pytest.fixture
def desk(db: None) -> Callable[..., Client]:
    """Sign somebody of the staff in, by role."""

    def come_in(role: Role = Role.DISPATCHER) -> Client:
        return sign_in(UserFactory(role=role))

    return come_in


@pytest.fixture
def customer(db: None) -> Customer:
    """The customer whose portal is looked at."""
    return CustomerFactory(name="Prairie Foods Co.", code="PRFD-0042")


@pytest.fixture
def shipper(customer: Customer) -> User:
    """Somebody who works for the customer."""
    return UserFactory(role=Role.CUSTOMER, customers=(customer,), name="Anna Kim")


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody who works for another customer."""
    return UserFactory(role=Role.CUSTOMER, customers=(CustomerFactory(),))


@pytest.fixture
def ready(carrier, now: datetime) -> Callable[..., LoadBilling]:
    """Make a load that is evaluated; ready to be billed unless told otherwise."""

    def make(customer: Customer | None = None, **more: Any) -> LoadBilling:
        load = delivered_load(customer, **more)
        return evaluate_load(load.pk, by="rule:readiness", at=now)

    return make


@pytest.fixture
def issued(ready, now: datetime) -> Callable[..., Invoice]:
    """Issue an invoice for a new load, and check it as a commit would."""

    def make(customer: Customer | None = None, **more: object) -> Invoice:
        invoice = issue_invoice(ready(customer, **more), by="rule:straight-through", at=now)
        connection.check_constraints()
        return invoice

    return make


@pytest.fixture
def load(carrier, customer: Customer) -> Load:
    """A delivered load of the customer, its proof not yet there."""
    return delivered_load(customer, pod="", number="104882")
