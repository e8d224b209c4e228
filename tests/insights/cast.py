"""A small cast for figures: passages of which every number can be reckoned by hand."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Customer
from billing.models import Invoice
from dispatch.models import Load
from insights.models import Passage
from insights.queries.figures.telling import MEASURES, Told, tell
from insights.rules.figures import BY_KEY, Reading
from insights.rules.frames import Frame, Span, period_of
from tests.factories.billing import a_customer, a_load

ZONE = "America/Chicago"
NOON = datetime.fromisoformat("2026-11-10T12:00:00-06:00")
HOUR = timedelta(hours=1)


def november(at: datetime, **narrowed: Any) -> Frame:
    """The whole of November 2026, asked at `at`."""
    period = period_of(
        Span.CUSTOM, at=at, zone=ZONE, first_on=date(2026, 11, 1), last_on=date(2026, 11, 30)
    )
    return Frame(period, at, **narrowed)


def a_passage(
    *,
    invoice: Invoice | None = None,
    customer: Customer | None = None,
    delivered: datetime = NOON,
    hours: float | None = None,
    **fields: Any,
) -> Passage:
    """A load delivered at noon on November 10, first invoiced `hours` later."""
    customer = customer or a_customer()
    load = a_load(customer=customer, status=Load.Status.DELIVERED, delivered_at=delivered)
    issued = None if hours is None else delivered + hours * HOUR
    return Passage.objects.create(
        load=load,
        customer=customer,
        delivered_at=delivered,
        issued_at=issued,
        invoice=invoice if issued else None,
        **{"lane": "IL-OH", "currency": "USD", **fields},
    )


def told(key: str, frame: Frame) -> Told:
    """Read a figure; every reading of it has as many rows behind it as it says."""
    answer = tell(BY_KEY[key], frame)
    for reading in answer.readings:
        rows = MEASURES[key].rows(frame, reading.part)
        assert rows.count() == reading.n, (key, reading)
    return answer


def value(answer: Told, part: str = "") -> Any:
    """Return the value of a part that is there."""
    return found(answer, part).value


def found(answer: Told, part: str = "") -> Reading:
    """Return the reading of a part that is there."""
    reading = answer.reading(part)
    assert reading is not None, [each.part for each in answer.readings]
    return reading
