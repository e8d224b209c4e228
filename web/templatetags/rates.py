"""Rate cards as people read them."""

from collections.abc import Mapping
from decimal import Decimal

from django import template

from rating.engine.money import tidy
from rating.models import RateCardVersion
from rating.queries.cells.numbers import spell_number
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
    """Write a number as a field of the grid holds it: 2.4900, 1,850.00, and nothing for nothing."""
    if value is None:
        return ""
    places = 4 if abs(value) < 10 else 2
    return f"{tidy(value, places=places):,f}"


@register.filter
def index(value: Decimal | None) -> str:
    """Write an index price as it is published, with three decimals."""
    return "" if value is None else f"{tidy(value, places=3):,f}"


@register.filter
def bound(value: Decimal | None) -> str:
    """Write a minimum or maximum as a field of the grid holds it."""
    return "" if value is None else f"{tidy(value, places=2):,f}"


@register.filter
def rate_short(value: Decimal | None) -> str:
    """Write a rate with as many decimals as it has, and at least two: 2.24."""
    return "" if value is None else f"{tidy(value, places=2):,f}"


@register.filter
def basis(choice: str) -> str:
    """Write a choice of an import's question in words: per mile; a sign stays a sign."""
    return choice.replace("_", " ").lower() if choice.isupper() else choice


@register.filter
def spelled(value: Decimal | None) -> str:
    """Write a number as edits compare it: its digits, without zeros that say nothing."""
    return spell_number(value)


@register.filter
def typed(told: Mapping[str, str] | None, name: str) -> str:
    """Return what somebody typed into a cell that was refused."""
    return (told or {}).get(name, "")


@register.filter
def has(faults: Mapping[str, str] | None, name: str) -> bool:
    """Tell whether a cell is wrong."""
    return name in (faults or {})


@register.filter
def change(value: Decimal | None) -> str:
    """Write how far a rate moved: +2.9%, or the same with a minus sign."""
    if value is None:
        return ""
    sign = "+" if value > 0 else MINUS
    return f"{sign}{abs(value):.1f}%"
