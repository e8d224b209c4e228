"""The only rounding in the house.

An amount is rounded once, where its line is made; a total adds rounded lines and is never
rounded again. Rates and quantities that a tariff asks to be rounded pass through here as well.
"""

from dataclasses import dataclass
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from enum import StrEnum
from functools import cache

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)


class Rounding(StrEnum):
    """How a tariff rounds the part of a cent it cannot bill."""

    HALF_UP = "HALF_UP"
    HALF_EVEN = "HALF_EVEN"
    TRUNCATE = "TRUNCATE"
    UP = "UP"


class UnknownCurrency(ValueError):
    """The text is not a currency of ISO 4217."""


_DECIMAL_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.TRUNCATE: ROUND_DOWN,
    Rounding.UP: ROUND_UP,
}

# ISO 4217. Every code is listed, so a mistyped currency is refused instead of taken for dollars.
_MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP "
        "GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
        "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB "
        "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
        "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_PLACES = {code: places for places, codes in _MINOR_UNITS.items() for code in codes.split()}

# Wide enough for any freight bill and independent of whatever a caller did to the thread's own.
_WIDE = Context(prec=60)


def minor_units(currency: str) -> int:
    """Decimal places of `currency`: 2 for USD, 0 for JPY, 3 for KWD.

    Raises UnknownCurrency.
    """
    try:
        return _PLACES[currency]
    except KeyError:
        raise UnknownCurrency(f"{currency!r} is not an ISO 4217 currency") from None


def round_money(
    amount: Decimal | int,
    currency: str,
    mode: Rounding = Rounding.HALF_UP,
    *,
    places: int | None = None,
) -> Decimal:
    """`amount` in whole minor units of `currency`.

    `places` is for tariffs that bill coarser than the currency, such as whole dollars; the
    result still carries the minor units of the currency. Raises TypeError for a float or a
    bool, ValueError for NaN and infinity, UnknownCurrency.
    """
    finest = minor_units(currency)
    coarse = finest if places is None else min(places, finest)
    return _quantize(_quantize(_exact(amount), coarse, mode), finest, mode)


def round_rate(value: Decimal | int, places: int, mode: Rounding = Rounding.HALF_UP) -> Decimal:
    """A rate, an index or a quantity at the number of decimals its tariff names."""
    return _quantize(_exact(value), places, mode)


def tidy(value: Decimal, *, places: int = 2) -> Decimal:
    """The same number with no idle zeros beyond `places`: 2.42000 is 2.42, 75 is 75.00."""
    plain = value.normalize(_WIDE)
    decimals = max(places, -int(plain.as_tuple().exponent))
    return _quantize(plain, decimals, Rounding.HALF_UP)


def _exact(value: Decimal | int) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"money is a Decimal, not {type(value).__name__}")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{number} is not an amount")
    return number


@cache
def _last_place(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def _quantize(value: Decimal, places: int, mode: Rounding) -> Decimal:
    rounded = value.quantize(_last_place(places), _DECIMAL_MODES[mode], _WIDE)
    # Adding nothing turns -0.00 into 0.00.
    return rounded if rounded else abs(rounded)


@dataclass(frozen=True, slots=True)
class Rounder:
    """How one card rounds its lines: currency, mode and, rarely, a coarser number of places."""

    currency: str
    mode: Rounding = Rounding.HALF_UP
    places: int | None = None

    def money(self, amount: Decimal | int) -> Decimal:
        """`amount` rounded as the card says."""
        return round_money(amount, self.currency, self.mode, places=self.places)
