"""Whose loads they are."""

import pytest

from accounts.models import Customer
from tests.factories import CustomerFactory


@pytest.fixture
def customer(db: None) -> Customer:
    """A customer in Denver that pays in Canadian dollars, so that no default hides a mistake."""
    customer: Customer = CustomerFactory.create(
        code="PRFD-0042", currency="CAD", timezone="America/Denver"
    )
    return customer
