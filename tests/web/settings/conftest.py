"""Who keeps the settings."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from tests.factories import UserFactory
from tests.factories.doors import sign_in


@pytest.fixture
def chief(db: None) -> User:
    """An administrator."""
    return UserFactory(role=Role.ADMINISTRATOR, name="Ada Chief")


@pytest.fixture
def keeper(chief: User) -> Client:
    """The browser of an administrator."""
    return sign_in(chief)


@pytest.fixture
def manager(db: None) -> User:
    """A billing manager."""
    return UserFactory(role=Role.BILLING_MANAGER, name="Lena Marsh")


@pytest.fixture
def managing(manager: User) -> Client:
    """The browser of a billing manager."""
    return sign_in(manager)


@pytest.fixture
def time_machine_at(clock: None) -> Callable[[str], time_machine.travel]:
    """Read the house at another instant."""
    return lambda at: time_machine.travel(at, tick=False)
