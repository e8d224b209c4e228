"""Rates, amounts and shares, with the currency signs and separators people write."""

import re
from decimal import Decimal

from rating.queries.cells.kinds import Percent, Plain, Spoilt, Unclear

_DIGITS = {
    ".": re.compile(r"(?:\d{1,3}(?:[, \u00a0'’]\d{3})+|\d+)?(?:\.\d+)?"),
    ",": re.compile(r"(?:\d{1,3}(?:[. \u00a0'’]\d{3})+|\d+)?(?:,\d+)?"),
}
_CURRENCY = re.compile(r"^(?:[A-Z]{3}|(?:US|CA?|MX)?\$|[€£¥])\s*|\s*(?:[A-Z]{3}|[$€£¥])$")
_SIGNS = {
    "$": ("USD", "CAD", "MXN"), "US$": ("USD",), "C$": ("CAD",), "CA$": ("CAD",), "MX$": ("MXN",),
    "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"),
}  # fmt: skip
_PLAIN = re.compile(r"\d{1,12}(?:\.\d{1,10})?")
WANTED_NUMBER = "a number from 0, such as 2.42 or 1,250.00"


def read_number(
    text: str, *, decimal: str = ".", currency: str = "", places: int = 6, digits: int = 10
) -> Decimal:
    """The number in a cell, without its currency sign and separators of thousands.

    `decimal` is the sign before the fraction, `currency` what the card charges in. Raises Unclear,
    also for another currency, and for more than `places` decimals or `digits` before them: a rate
    is neither exchanged nor rounded on its way in.
    """
    if isinstance(text, Spoilt):
        raise Unclear(f"{WANTED_NUMBER}; this {text.why}")
    _check_currency(text.strip(), currency)
    plain = text if isinstance(text, Plain) else _without_marks(text.strip(), decimal)
    if not _PLAIN.fullmatch(plain):
        raise Unclear(WANTED_NUMBER)
    number = Decimal(plain)
    whole, _, fraction = plain.partition(".")
    if len(fraction.rstrip("0")) > places or len(whole.lstrip("0")) > digits:
        raise Unclear(f"a number with up to {digits} digits and {places} decimals")
    return number


def _check_currency(text: str, currency: str) -> None:
    """Every sign of a currency beside a number is one of the card's own."""
    for mark in (found.strip() for found in _CURRENCY.findall(text)):
        if currency and currency not in (mark, *_SIGNS.get(mark, ())):
            raise Unclear(f"an amount in {currency}, the currency of the card, not in {mark}")


def read_currency(text: str, *, currency: str) -> str:
    """The currency that a cell names, which must be the card's. Raises Unclear."""
    if text.strip().upper() != currency:
        raise Unclear(f"{currency}, the currency of the card")
    return currency


def _without_marks(text: str, decimal: str) -> str:
    bare = _CURRENCY.sub("", text).strip()
    if not bare or not _DIGITS[decimal].fullmatch(bare):
        return ""
    kept = "".join(letter for letter in bare if letter.isdigit() or letter == decimal)
    return ("0" if kept.startswith(decimal) else "") + kept.replace(",", ".")


def habit_of(text: str) -> str:
    """What a number shows about its writer: "." or "," before fractions, "?" either, "" nothing."""
    if isinstance(text, Plain | Spoilt) or not ("," in text or "." in text):
        return ""
    bare = _CURRENCY.sub("", text.strip())
    by_point, by_comma = (bool(_DIGITS[sign].fullmatch(bare)) for sign in ".,")
    if by_point and by_comma:
        return _sign_after_zero(bare) or "?"
    return "." if by_point else "," if by_comma else ""


def _sign_after_zero(bare: str) -> str:
    """No thousands begin with a zero: 0.250 is a fraction."""
    return bare[1] if bare.startswith("0") and bare[1] in ".," else ""


def spell_number(number: Decimal | None) -> str:
    """The digits of a number, without zeros that say nothing; empty for none."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_percent(text: str, *, decimal: str = ".", currency: str = "") -> Decimal:
    """A share in percent points: 12.5 or 12.5 %."""
    bare = text if isinstance(text, Plain | Spoilt) else text.strip().removesuffix("%").rstrip()
    try:
        share = read_number(bare, decimal=decimal, currency=currency, places=4)
    except Unclear as error:
        raise Unclear("percent from 0 up to but not 100, such as 12.5") from error
    if share >= 100:
        raise Unclear("percent from 0 up to but not 100, such as 12.5")
    return share


def is_in_points(text: str) -> bool:
    """Whether a share says that it is told in percent points: 15, 15 % or 0.15 %, not 0.15."""
    bare = text.strip()
    is_marked = isinstance(text, Percent) or bare.endswith("%")
    return is_marked or not re.match(r"0*[.,]", bare)


def read_whole(text: str, *, decimal: str = ".", currency: str = "") -> int:
    """A whole number, also below 0."""
    if not re.fullmatch(r"-?\d{1,9}", text.strip()) or isinstance(text, Spoilt):
        raise Unclear("a whole number")
    return int(text)


def read_money(text: str, *, decimal: str = ".", currency: str = "") -> Decimal:
    """An amount with up to four decimals."""
    return read_number(text, decimal=decimal, currency=currency, places=4)
