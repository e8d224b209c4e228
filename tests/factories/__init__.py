"""A small fixed cast, and factories for the rest."""

from tests.factories.accounts import CustomerFactory, UserFactory
from tests.factories.dispatch import (
    CarrierFactory,
    DocumentFactory,
    DriverFactory,
    LoadFactory,
    LocationFactory,
    MilestoneFactory,
    StopFactory,
)

__all__ = [
    "CarrierFactory",
    "CustomerFactory",
    "DocumentFactory",
    "DriverFactory",
    "LoadFactory",
    "LocationFactory",
    "MilestoneFactory",
    "StopFactory",
    "UserFactory",
]
