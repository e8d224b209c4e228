"""Where a lane begins or ends: ZIPs, ranges, cities, states, zones, countries."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from dispatch.rules.places import ZONE_OF_PROVINCE, ZONE_OF_STATE
from rating.engine.choices import PlaceKind
from rating.engine.places import ANYWHERE, Place, UnreadablePlace
from rating.queries.cells.kinds import Spoilt, Unclear

MOST_PLACES = 1000
LONGEST_PLACE = 90

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
