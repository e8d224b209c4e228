"""What tests of evaluation share."""

from datetime import timedelta

import pytest

from billing.models import LoadBilling
from billing.operations.readiness import evaluate_load
from dispatch.models import Load
from tests.factories.billing import found_carrier, publish_card

RULE = "rule:readiness"


@pytest.fixture
def evaluate(now):
    """Evaluate a load as the handler does, a minute later each time."""
    minutes = iter(range(100))

    def evaluate_now(load: Load) -> LoadBilling:
        return evaluate_load(load.pk, by=RULE, at=now + timedelta(minutes=next(minutes)))

    return evaluate_now


@pytest.fixture
def card():
    """A price for everything, and somebody to bill."""
    found_carrier()
    return publish_card()
