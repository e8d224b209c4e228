"""How one end of a lane names where freight comes from or goes to.

A `Place` has a canonical key ("POSTAL3:US:604"); the keys of a stop are all the places it lies
in. Two ends match when the lane's key is among the stop's, so a database finds lanes with the
same equality that the engine uses.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rating.engine.choices import PlaceKind
from rating.engine.facts import StopFacts

# "Saint Louis" and "St. Louis" are one town on every lane grid.
_CITY_WORDS = {"SAINT": "ST", "FORT": "FT", "MOUNT": "MT"}


class UnreadablePlace(ValueError):
    """A text that names no place the grid knows."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One way to name a place. Build it with the class methods, which normalise."""

    kind: PlaceKind
    value: str = ""
    country: str = ""

    @property
    def key(self) -> str:
        """The text two equal places share."""
        return f"{self.kind}:{self.country}:{self.value}"

    @property
    def label(self) -> str:
        """The place as a lane grid prints it."""
        if self.kind == PlaceKind.ANY:
            return "anywhere"
        if self.kind in (PlaceKind.ZONE, PlaceKind.REGION):
            return f"{self.kind.value.capitalize()} {self.value}"
        if self.kind == PlaceKind.CITY:
            return self.value.title()[:-2] + self.value[-2:]
        return self.value

    @classmethod
    def location(cls, code: str) -> "Place":
        """One dock, by the code both parties use for it."""
        return cls(PlaceKind.LOCATION, code.strip().upper())

    @classmethod
    def postal(cls, code: str, country: str = "US") -> "Place":
        """A whole postal code; a ZIP+4 counts as its ZIP."""
        return cls(PlaceKind.POSTAL, _postal(code, country), country)

    @classmethod
    def postal3(cls, code: str, country: str = "US") -> "Place":
        """The first three signs of a postal code: a ZIP3, a Canadian FSA."""
        return cls(PlaceKind.POSTAL3, _postal(code, country)[:3], country)

    @classmethod
    def city(cls, city: str, state: str, country: str = "US") -> "Place":
        """A town, always with its state."""
        return cls(PlaceKind.CITY, f"{_city(city)}, {state.strip().upper()}", country)

    @classmethod
    def state(cls, state: str, country: str = "US") -> "Place":
        """A state or province."""
        return cls(PlaceKind.STATE, state.strip().upper(), country)

    @classmethod
    def of_country(cls, country: str) -> "Place":
        """A whole country, by its two letters."""
        return cls(PlaceKind.COUNTRY, country.strip().upper())

    @classmethod
    def zone(cls, name: str) -> "Place":
        """A zone of the card."""
        return cls(PlaceKind.ZONE, name.strip())

    @classmethod
    def region(cls, name: str) -> "Place":
        """A region of the card: a zone that ranks behind states."""
        return cls(PlaceKind.REGION, name.strip())

    @classmethod
    def parse(cls, text: str, country: str = "US") -> "Place":
        """What a grid's cell says: 60436, 604, "Joliet, IL", IL, "zone MW-1", "region WEST", *.

        Raises UnreadablePlace.
        """
        for pattern, build in _SPELLINGS:
            if found := pattern.fullmatch(text.strip()):
                return build(*found.groups(), country)
        raise UnreadablePlace(f"{text!r} is not a ZIP, ZIP3, city with state, state, zone or *")


ANYWHERE = Place(PlaceKind.ANY)


def places_of(stop: StopFacts) -> tuple[Place, ...]:
    """Every place the stop lies in, the most precise first, zones apart."""
    country = stop.country
    found = [ANYWHERE, Place.of_country(country)]
    if stop.state:
        found.append(Place.state(stop.state, country))
    if stop.state and stop.city:
        found.append(Place.city(stop.city, stop.state, country))
    if stop.postal_code:
        found.append(Place.postal3(stop.postal_code, country))
        found.append(Place.postal(stop.postal_code, country))
    if stop.location_code:
        found.append(Place.location(stop.location_code))
    return tuple(reversed(found))


def _postal(code: str, country: str) -> str:
    plain = re.sub(r"[\s-]", "", code).upper()
    return plain[:5] if country == "US" else plain


def _city(city: str) -> str:
    words = city.upper().replace(".", " ").split()
    return " ".join(_CITY_WORDS.get(word, word) for word in words)


def _canadian(code: str, _country: str) -> Place:
    return Place.postal(code, "CA")


_SPELLINGS: tuple[tuple[re.Pattern[str], Callable[..., Place]], ...] = (
    (re.compile(r"\*|any|anywhere", re.IGNORECASE), lambda _country: ANYWHERE),
    (re.compile(r"zone[\s:]+(.+)", re.IGNORECASE), lambda name, _country: Place.zone(name)),
    (re.compile(r"region[\s:]+(.+)", re.IGNORECASE), lambda name, _country: Place.region(name)),
    (re.compile(r"location[\s:]+(.+)", re.IGNORECASE), lambda code, _country: Place.location(code)),
    (re.compile(r"(\d{5})(?:-\d{4})?"), Place.postal),
    (re.compile(r"([A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d)"), _canadian),
    (re.compile(r"(\d{3})"), Place.postal3),
    (re.compile(r"(.+?),\s*([A-Za-z]{2})"), Place.city),
    (re.compile(r"([A-Za-z]{2})"), Place.state),
)
