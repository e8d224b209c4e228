"""Every setting of waiting and services is a column, and comes back as it was drafted."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from rating.engine.choices import (
    CarrierDelay,
    Conversion,
    HoursCounted,
    LayoverPeriod,
    Occurrences,
    Prorating,
    Trigger,
)
from rating.models import DetentionTerms
from rating.queries.books import whole_book
from tests.rating.engine.building import DETENTION, STOP_OFF, TERMS
from tests.rating.making import drafted

pytestmark = pytest.mark.django_db

LAYOVER = replace(
    STOP_OFF, rule="LAY-1", code="LAY", trigger=Trigger.SERVICE, service="LAYOVER",
    occurrences=Occurrences.STOP,
)  # fmt: skip
CONVERTING = replace(
    DETENTION,
    detention=replace(
        TERMS,
        layover_after_minutes=540,
        layover_rule="LAY-1",
        conversion=Conversion.LAYOVER_REPLACES,
        layover_period=LayoverPeriod.NIGHT,
        excluded_reasons="AH AO",
        carrier_delay=CarrierDelay.FORFEITS_DETENTION,
        meal_break_minutes=30,
        hours_counted=HoursCounted.FIRST_COME,
        prorating=Prorating.BY_WEIGHT,
    ),
)


def test_what_was_drafted_is_what_prices():
    assert set(whole_book(drafted(accessorials=(CONVERTING, LAYOVER))).accessorials) == {
        CONVERTING,
        LAYOVER,
    }


def test_the_database_refuses_a_layover_without_its_rule():
    drafted(accessorials=(CONVERTING, LAYOVER))

    with pytest.raises(IntegrityError, match="detention_layover_has_rule"), transaction.atomic():
        DetentionTerms.objects.update(layover_rule="")
