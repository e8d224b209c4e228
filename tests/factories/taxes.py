"""Loads that are taxed: a carrier with numbers, rates on file, and routes beyond the border."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from billing.models import LegalEntity
from billing.operations.registering import register_for_tax
from dispatch.models import Load
from rating.operations.taxing import load_known_rates
from tests.factories.billing import LONG_AGO, delivered_load

BY = "user:903"
GST_NUMBER, QST_NUMBER = "123456789 RT0001", "1234567890 TQ0001"


def put_rates_on_file() -> None:
    """Record the published rates."""
    load_known_rates(by=BY, at=LONG_AGO)


def register_in_canada(entity: LegalEntity) -> None:
    """Give the carrier its GST/HST and QST numbers."""
    for scheme, jurisdiction, number in (
        ("GST/HST", "CA", GST_NUMBER),
        ("QST", "CA-QC", QST_NUMBER),
    ):
        register_for_tax(
            entity,
            scheme=scheme,
            jurisdiction=jurisdiction,
            number=number,
            valid_from=date(2020, 1, 1),
            by=BY,
            at=LONG_AGO,
        )


def routed_load(*places: str, weights: Sequence[int] = (), **more: object) -> Load:
    """Make a delivered load from the first of `places` ("CA-ON") to the others, in that order.

    `weights` were delivered at the stops after the first.
    """
    load = delivered_load(**more)  # type: ignore[arg-type]
    stops = list(load.stops.order_by("sequence"))
    while len(stops) < len(places):
        last = stops[-1]
        last.pk, last.sequence = None, last.sequence + 1
        last._state.adding = True
        last.save()
        stops = list(load.stops.order_by("sequence"))
    told = (None, *weights, *[None] * len(places))
    for stop, place, weight in zip(stops, places, told, strict=False):
        stop.country, _, stop.state = place.partition("-")
        stop.weight_lb = None if weight is None else Decimal(weight)
        stop.save()
    return load
