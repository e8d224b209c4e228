"""A week of rated loads, and a draft to try on them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.operations.readiness import evaluate_load
from dispatch.models import Load
from rating.models import RateCardVersion
from rating.operations.carding import draft_next, draft_version
from rating.queries.books import whole_book
from tests.factories.billing import DRAFTER, delivered_load, found_carrier, publish_card
from tests.factories.dispatch import PICKUP

FIRST_ON, LAST_ON = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def in_force(db) -> RateCardVersion:
    """A card that carries anything anywhere for 1,000.00."""
    found_carrier()
    return publish_card()


@pytest.fixture
def rated(in_force: RateCardVersion, now: datetime) -> Callable[..., Load]:
    """Rate a delivered load as billing does, picked up `days` before the others."""

    def rate_load(*, days: int = 0, **fields: Any) -> Load:
        picked = PICKUP - timedelta(days=days) + timedelta(hours=1)
        load = delivered_load(picked_up_at=picked, pickup_from=picked, **fields)
        evaluate_load(load.pk, by="rule:readiness", at=now)
        return load

    return rate_load


def drafted(
    version: RateCardVersion, *, at: datetime, rate: str = "1100.00", **rule: Any
) -> RateCardVersion:
    """The next version: another flat rate, and the detention rule as told."""
    if not rule and rate == "1000.00":
        return draft_next(version, effective_from=date(2027, 1, 1), by=DRAFTER, at=at)
    book = whole_book(version)
    return draft_version(
        version.card,
        effective_from=date(2027, 1, 1),
        lanes=[replace(lane, rate=Decimal(rate)) for lane in book.lanes],
        accessorials=[
            replace(each, **rule) if each.code == "DET" else each for each in book.accessorials
        ],
        by=DRAFTER,
        at=at,
    )
