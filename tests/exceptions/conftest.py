"""The people of the carrier who work on cases."""

import pytest

from accounts.rules import Role
from tests.factories import UserFactory


@pytest.fixture
def dispatcher(db):
    return UserFactory(name="Dana Whitfield", role=Role.DISPATCHER)


@pytest.fixture
def biller(db):
    return UserFactory(name="Rita Solano", role=Role.BILLER)


@pytest.fixture
def manager(db):
    return UserFactory(name="Lena Marsh", role=Role.BILLING_MANAGER)


@pytest.fixture
def administrator(db):
    return UserFactory(name="Kyle Park", role=Role.ADMINISTRATOR)
