"""What stands in a cell of a rate sheet: places, rates, bases, breaks; read and written alike.

Whatever `spell_...` writes, `read_...` reads back to the same. A cell that cannot be read raises
`Unclear` with what is wanted there, in words for the person who typed it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.db.models import TextChoices

from dispatch.models import Load
from dispatch.rules.places import ZONE_OF_PROVINCE, ZONE_OF_STATE
from rating.engine.bases import LANE_BASES
from rating.engine.choices import Basis, PlaceKind
from rating.engine.classes import CLASSES
from rating.engine.places import ANYWHERE, Place, UnreadablePlace

MOST_PLACES = 1000
MOST_BREAKS = 200
LONGEST_PLACE = 90

# A break: class or empty, from how many pounds, the rate for a hundredweight.
Break = tuple[str, Decimal, Decimal]


class Unclear(ValueError):
    """A cell that says nothing we can use; the message is what is wanted."""


class Plain(str):
    """Digits that a program wrote, with a point and no separators, whatever the sheet's habit."""

    __slots__ = ()


class Percent(Plain):
    """Digits that Excel shows with a percent sign: percent points, whatever they are."""

    __slots__ = ()


class Spoilt(str):
    """A cell that holds no value: an error of a formula, a date where none belongs."""

    __slots__ = ("why",)
    why: str


def spoilt(text: str, why: str) -> Spoilt:
    """A cell shown as `text` that cannot be used, and why."""
    cell = Spoilt(text)
    cell.why = why
    return cell


# Numbers

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


# Bases

_BASES = {
    Basis.FLAT: "flat,per load,load,lump sum,lumpsum,fr,pl,ls,flat rate,fc",
    Basis.AS_QUOTED: "as quoted,quoted,quote",
    Basis.PER_MILE: "per mile,mile,mi,rpm,pm,rate per mile,miles",
    Basis.PER_KM: "per km,km,kp,per kilometer,per kilometre",
    Basis.PER_CWT: "per cwt,cwt,per hundredweight,hundredweight,cw,ph,100 lb,per 100 lb",
    Basis.PER_POUND: "per pound,pound,lb,per lb",
    Basis.PER_KG: "per kg,kg",
    Basis.PER_TON: "per ton,ton,st,pt,short ton",
    Basis.PER_TONNE: "per tonne,tonne,mm,metric ton",
    Basis.PER_PIECE: "per piece,piece,pcs,pu,pp",
    Basis.PER_PALLET: "per pallet,pallet,pallets,pz,skid,per skid",
    Basis.PER_STOP: "per stop,stop,sp",
    Basis.PER_HOUR: "per hour,hour,hr,hourly",
    Basis.PER_DAY: "per day,day,daily,pd",
    Basis.PER_CUBIC_FOOT: "per cubic foot,cubic foot,ft3,cft,pf,cu ft",
}


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())


_BASIS_OF = {
    _folded(name): basis
    for basis, names in _BASES.items()
    for name in (*names.split(","), basis.value)
}


def read_basis(text: str, *, decimal: str = ".", currency: str = "") -> Basis:
    """The basis that a cell names: PER_MILE, per mile, /mi, cwt, flat ..."""
    basis = _BASIS_OF.get(_folded(text))
    if basis is None or basis not in LANE_BASES:
        raise Unclear("a basis such as per mile, flat, per cwt or per pallet")
    return basis


# Places

WANTED_PLACE = (
    "a ZIP with all its digits, ZIP3, range of ZIP3s such as 600-606, city with state, state, "
    'zone, region, location, country or *, such as 60436, 604, "Joliet, IL", IL, zone MW-1'
)
_ZIP3S = re.compile(r"(\d{3})\s*[-–]\s*(\d{3})")
_ABROAD = re.compile(r"([A-Z]{2}):(.+)", re.IGNORECASE)
_NAMED = re.compile(r"(postal3|postal|city|state)\s+([A-Z]{2}):(.+)", re.IGNORECASE)
_COUNTRY = re.compile(r"country[\s:]+([A-Z]{2})", re.IGNORECASE)
_FSA = re.compile(r"[A-Z]\d[A-Z]", re.IGNORECASE)
_ONE_KIND: dict[str, Callable[[str, str], Place]] = {
    "postal": lambda value, country: Place(PlaceKind.POSTAL, value, country),
    "postal3": lambda value, country: Place(PlaceKind.POSTAL3, value, country),
    "city": lambda value, country: Place(PlaceKind.CITY, value, country),
    "state": lambda value, country: Place(PlaceKind.STATE, value, country),
}


def read_places(text: str, *, country: str = "US") -> tuple[Place, ...]:
    """Every place that a cell names: one, or each ZIP3 of a range. Raises Unclear."""
    if isinstance(text, Spoilt):
        raise Unclear(f"{WANTED_PLACE}; this {text.why}")
    return _read_places(str(text).strip(), country)


@lru_cache(maxsize=20_000)
def _read_places(text: str, country: str) -> tuple[Place, ...]:
    if found := _ZIP3S.fullmatch(text):
        first, last = (int(part) for part in found.groups())
        if first > last:
            raise Unclear(f"a range of ZIP3s that goes up, such as {last:03}-{first:03}")
        return tuple(Place.postal3(f"{zip3:03}", "US") for zip3 in range(first, last + 1))
    return (read_place(text, country=country),)


def read_place(text: str, *, country: str = "US") -> Place:
    """The one place that a cell names. Raises Unclear."""
    text = text.strip()
    if found := _NAMED.fullmatch(text):
        kind, land, value = found.groups()
        place = _ONE_KIND[kind.lower()](value.strip(), land.upper())
        if place.value:
            _stays_in(land.upper(), _in_its_country(place))
    elif found := _COUNTRY.fullmatch(text):
        place = Place.of_country(found[1])
    elif found := _ABROAD.fullmatch(text):
        return _stays_in(found[1].upper(), read_place(found[2], country=found[1].upper()))
    elif _FSA.fullmatch(text) and country in ("US", "CA"):
        place = Place.postal3(text, "CA")
    else:
        place = _parse(text, country)
    if not place.value and place.kind not in (PlaceKind.ANY, PlaceKind.COUNTRY):
        raise Unclear(WANTED_PLACE)
    place = _in_its_country(place)
    if len(place.value) > LONGEST_PLACE:
        raise Unclear(f"a place of up to {LONGEST_PLACE} letters")
    return place


def _in_its_country(place: Place) -> Place:
    """A state of the US or a province of Canada, alone or after a city, in its own country."""
    if place.country not in ("US", "CA") or place.kind not in (PlaceKind.STATE, PlaceKind.CITY):
        return place
    city, _, state = place.value.rpartition(", ")
    if state not in ZONE_OF_STATE and state not in ZONE_OF_PROVINCE:
        raise Unclear(f"a state of the US or a province of Canada, not {state[:20]}")
    if city in ZONE_OF_STATE or city in ZONE_OF_PROVINCE:
        raise Unclear(f"one state, or a city with its state, not {place.value}")
    return replace(place, country="CA" if state in ZONE_OF_PROVINCE else "US")


def _stays_in(country: str, place: Place) -> Place:
    if place.kind in (PlaceKind.STATE, PlaceKind.CITY) and place.country != country:
        raise Unclear(f"a state or province of {country}, not {place.value[-2:]}")
    return place


def _parse(text: str, country: str) -> Place:
    try:
        return Place.parse(text, country)
    except UnreadablePlace as error:
        raise Unclear(WANTED_PLACE) from error


def spell_place(place: Place) -> str:
    """The place as a sheet writes it: the short way where that is read back to the same place."""
    if place == ANYWHERE:
        return "*"
    short = place.value
    if place.kind in (PlaceKind.ZONE, PlaceKind.REGION, PlaceKind.LOCATION):
        return f"{place.kind.value.lower()} {place.value}"
    if place.kind == PlaceKind.COUNTRY:
        return f"country {place.value}"
    for text in (short, f"{place.country}:{short}"):
        try:
            if read_places(text) == (place,):
                return text
        except Unclear:
            continue
    return f"{place.kind.value.lower()} {place.country}:{short}"


# Weight breaks

_BREAK = re.compile(r"(\d[\d.]*)\s*(?:lb)?\s*(?:class\s+(\S+?))?\s*[:=]\s*(\S+)", re.IGNORECASE)
_HEADINGS = {
    "l5c": 0, "min5c": 0, "m5c": 500, "m1m": 1000, "m2m": 2000, "m5m": 5000, "m10m": 10000,
    "m20m": 20000, "m30m": 30000, "m40m": 40000,
}  # fmt: skip
_HEADING = re.compile(
    r"(?:class\s*(?P<class>[\d.]+)\s+)?(?:>=?|from|≥|over)?\s*(?P<weight>\d[\d,]*(?:\.\d+)?)"
    r"\s*(?P<unit>lbs?\.?|#|\+|pounds)?"
    r"(?:\s*(?:-|–|to)\s*\d[\d,]*(?:\.\d+)?\s*(?:lbs?\.?|#)?)?(?P<also>\s*(?:lbs?\.?|\+))?",
    re.IGNORECASE,
)  # fmt: skip


def read_break_heading(text: str) -> tuple[str, Decimal] | None:
    """Class and weight of a break column: L5C, M5C, "500 lb", "1000-1999", "class 70 500 lb"."""
    if (known := _HEADINGS.get(_folded(text))) is not None:
        return "", Decimal(known)
    found = _HEADING.fullmatch(text.strip())
    if not found or not re.search(r"lb|#|\+|pounds|>|≥|from|over|\d\s*(?:-|–|to)\s*\d", text, re.I):
        return None
    return found["class"] or "", Decimal(found["weight"].replace(",", ""))


def spell_break_heading(freight_class: str, weight: Decimal) -> str:
    """The heading of a break column that `read_break_heading` reads."""
    before = f"class {freight_class} " if freight_class else ""
    return f"{before}{spell_number(weight)} lb"


def read_breaks(text: str, *, decimal: str = ".", currency: str = "") -> tuple[Break, ...]:
    """The breaks of one cell: "0: 14.38; 500: 10.29; 500 class 70: 9.10"."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    found = [_BREAK.fullmatch(part) for part in parts]
    if isinstance(text, Spoilt) or not all(found) or len(parts) > MOST_BREAKS:
        raise Unclear("weight breaks such as 0: 14.38; 500: 10.29; 500 class 70: 9.10")
    return tidy_breaks(
        (each[2] or "", _weight(each[1]), read_number(each[3], decimal=decimal, currency=currency))
        for each in found
        if each
    )


def spell_breaks(breaks: Iterable[Break]) -> str:
    """Breaks in one cell, as `read_breaks` reads them."""
    return "; ".join(
        f"{spell_number(weight)}{f' class {of}' if of else ''}: {spell_number(rate)}"
        for of, weight, rate in breaks
    )


def tidy_breaks(breaks: Iterable[Break]) -> tuple[Break, ...]:
    """Breaks in the order of the engine; raises Unclear for the same weight twice."""
    found = sorted(breaks)
    for one, other in pairwise(found):
        if one[:2] == other[:2]:
            raise Unclear(f"each break once; {spell_number(one[1])} lb is there twice")
    if strange := next((of for of, _, _ in found if of and of not in CLASSES), None):
        raise Unclear(f"a freight class such as 70 or 92.5, not {strange[:20]}")
    return tuple(found)


def _weight(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Unclear("weight breaks in pounds") from error


# Text that Excel would run

_RUNS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Text for a cell of a file somebody opens in Excel: a formula becomes text by an apostrophe.

    OWASP's rule for CSV injection. A plain number stays as it is. `without_guard` undoes it.
    """
    if text.startswith((*_RUNS, "'")) and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return "'" + text
    return text


def without_guard(text: str) -> str:
    """The text that `harmless` had to guard."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*_RUNS, "'")) else text


def read_word(longest: int) -> Callable[..., str]:
    """A reader of short text of up to `longest` letters."""

    def read(text: str, *, decimal: str = ".", currency: str = "") -> str:
        if isinstance(text, Spoilt):
            raise Unclear(f"text; this {text.why}")
        word = without_guard(text.strip())
        if len(word) > longest or not word.isprintable():
            raise Unclear(f"text of up to {longest} letters")
        return word

    return read


def read_money(text: str, *, decimal: str = ".", currency: str = "") -> Decimal:
    """An amount with up to four decimals."""
    return read_number(text, decimal=decimal, currency=currency, places=4)


def _read_choice(choices: type[TextChoices], synonyms: Mapping[str, str]) -> Callable[..., str]:
    """A reader of one of the values that loads have, by its usual names."""
    known = {_folded(name): value for value, names in synonyms.items() for name in names.split(",")}
    known |= {_folded(value): value for value in choices.values}

    def read(text: str, *, decimal: str = ".", currency: str = "") -> str:
        if isinstance(text, Spoilt) or _folded(text) not in known:
            raise Unclear(f"one of {', '.join(choices.values)}")
        return known[_folded(text)]

    return read


_EQUIPMENT = {
    "VAN53": "van,dry van,dryvan,dry,53 van,53 dry van,van 53,53 ft van,53 ft dry van,"
    "53 foot van,53 foot dry van,v,dv",
    "REEFER53": "reefer,53 reefer,53 ft reefer,53 foot reefer,refrigerated,refrigerated van,"
    "reefer van,temperature controlled,r",
    "FLATBED": "flatbed,flat bed,flat,fb,f",
    "CONTAINER": "container,intermodal container,cntr",
}
_SHIPMENT_TYPES = {
    "TRUCKLOAD": "tl,ftl,truckload,truck load,full truckload,full truck load",
    "LTL": "ltl,less than truckload,less than truck load",
    "INTERMODAL": "intermodal,imdl,im,rail",
    "DRAYAGE": "drayage,dray",
}


Reader = Callable[..., Any]

# The columns of a lane beside its ends and breaks, in the order of a sheet.
READERS: dict[str, Reader] = {
    "basis": read_basis,
    "rate": read_number,
    "minimum": read_money,
    "maximum": read_money,
    "discount_percent": read_percent,
    "cost_floor": read_number,
    "equipment": _read_choice(Load.Equipment, _EQUIPMENT),
    "commodity": read_word(120),
    "shipment_type": _read_choice(Load.ShipmentType, _SHIPMENT_TYPES),
    "priority": read_whole,
}
BLANK: dict[str, Any] = {
    "rate": Decimal(0), "minimum": None, "maximum": None, "discount_percent": None,
    "cost_floor": None, "equipment": "", "commodity": "", "shipment_type": "", "priority": 0,
}  # fmt: skip
KEY = ("origin_key", "destination_key", "equipment", "commodity", "shipment_type")
COLUMNS: Sequence[str] = tuple(READERS)
