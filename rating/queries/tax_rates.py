"""The tax book: rate rows as the engine reads them."""

from collections.abc import Iterable

from django.db.models.functions import Left

from rating.engine import tax_facts
from rating.models import TaxRate
from rating.queries.translation import from_columns


def tax_rates(countries: Iterable[str]) -> tuple[tax_facts.TaxRate, ...]:
    """Every row of the countries and their parts that has not been withdrawn, by place and day.

    Rows of other dates are among them: the engine tells a rate that has run out from one that
    never was.
    """
    rows = TaxRate.objects.annotate(country=Left("jurisdiction", 2)).filter(
        withdrawn_at=None, country__in=set(countries)
    )
    ordered = rows.order_by("jurisdiction", "code", "effective_from")
    return tuple(from_columns(tax_facts.TaxRate, row) for row in ordered)
