"""Money, quantities and rates as people read them; nothing here rounds for the books."""

from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from django import template

from web.locales import current

register = template.Library()

MINUS = "\N{MINUS SIGN}"
SMALL_RATE = 10


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """Write an amount with its currency: $1,652.01, CA$86.00, -$12.00 with a real minus sign."""
    if amount is None:
        return ""
    return str(format_currency(amount, currency, locale=current())).replace("-", MINUS)


@register.filter
def amount(value: Decimal | None, currency: str = "USD") -> str:
    """Write an amount for a column whose head or foot names the currency: 1,652.01."""
    if value is None:
        return ""
    digits = str(format_currency(value, currency, format="#,##0.00", locale=current()))
    return digits.replace("-", MINUS)


@register.filter
def signed(value: Decimal | None, currency: str = "USD") -> str:
    """Write a change: +206.25 or the same with a minus sign."""
    text = amount(value, currency)
    return f"+{text}" if value is not None and value > 0 else text


@register.filter
def number(value: Decimal | int | None) -> str:
    """Write a count or measure with thousands separators and no idle zeros: 38,420 or 1.25."""
    if value is None:
        return ""
    return str(format_decimal(value, format="#,##0.####", locale=current())).replace("-", MINUS)


@register.filter
def rate(value: Decimal | None) -> str:
    """Write a rate as tariffs do, small ones with four places: 2.4200 a mile, 75.00 an hour."""
    if value is None:
        return ""
    pattern = "#,##0.0000##" if abs(value) < SMALL_RATE else "#,##0.00####"
    return str(format_decimal(value, format=pattern, locale=current())).replace("-", MINUS)


@register.filter
def plural(count: int, words: str) -> str:
    """Join a count and its noun: `3|plural:"load,loads"` gives 3 loads."""
    one, many = words.split(",")
    return f"{number(count)} {one if count == 1 else many}"


@register.filter
def filesize(size: int | None) -> str:
    """Write a byte count the way file managers do: 640 B, 48 KB, 1.2 MB."""
    if size is None:
        return ""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} KB"
    return f"{size / 1_000_000:.1f} MB"
