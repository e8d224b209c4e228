"""The stage of the journeys: the cast, a clock set to the tests' world, and real commits."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from tests.factories.carrier import Cast, open_carrier


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[time_machine.Traveller]:
    """Start every clock of this process at `now`; it ticks on, and a test may move it."""
    with time_machine.travel(now) as traveller:
        yield traveller


@pytest.fixture
def cast(transactional_db: None, now: datetime, settings: object) -> Cast:
    """Open the carrier for business; no ERP is connected."""
    settings.ERP_URL = ""  # type: ignore[attr-defined]
    return open_carrier(at=now)


@pytest.fixture
def pickup_at(now: datetime) -> datetime:
    """Return the appointment of a load that is delivered by `now`."""
    return (now - timedelta(hours=31)).replace(minute=0)
