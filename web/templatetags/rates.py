"""Rate cards as people read them."""

from decimal import Decimal

from django import template

from rating.engine.money import tidy
from rating.models import RateCardVersion
from web.desk.rates.standing import period_words
from web.templatetags.figures import MINUS

register = template.Library()


@register.filter
def version_label(number: int) -> str:
    """Write the number of a version: v6."""
    return f"v{number}"


@register.filter
def period(version: RateCardVersion | None) -> str:
    """Write from when to when a version prices."""
    return period_words(version) if version else ""


@register.filter
def cell(value: Decimal | None) -> str:
    """Write a number as a field of the grid holds it: 2.4900, 850.00, and nothing for nothing."""
    if value is None:
        return ""
    places = 4 if abs(value) < 10 else 2
    return f"{tidy(value, places=places):f}"


@register.filter
def index(value: Decimal | None) -> str:
    """Write an index price as it is published, with three decimals."""
    return "" if value is None else f"{tidy(value, places=3):,f}"


@register.filter
def bound(value: Decimal | None) -> str:
    """Write a minimum or maximum as a field of the grid holds it."""
    return "" if value is None else f"{tidy(value, places=2):f}"


@register.filter
def rate_short(value: Decimal | None) -> str:
    """Write a rate with as many decimals as it has, and at least two: 2.24."""
    return "" if value is None else f"{tidy(value, places=2):,f}"


@register.filter
def change(value: Decimal | None) -> str:
    """Write how far a rate moved: +2.9%, or the same with a minus sign."""
    if value is None:
        return ""
    sign = "+" if value > 0 else MINUS
    return f"{sign}{abs(value):.1f}%"
