"""Which lane prices a load: every lane that covers both ends is scored, and the lowest wins.

The score is the sum of the precision of both ends. Published tariffs disagree about the order
(freight-rating practice: Revenova counts ZIP5 before city, Trademark Transportation the other
way round), so it is a setting of the card. Ties never depend on the order of rows: the more
precise origin wins, then the lane that names equipment, commodity or shipment type, then the
higher priority, then the lower row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rating.engine.book import LaneRow, RateBook, Zone
from rating.engine.choices import PlaceKind, Precedence
from rating.engine.facts import LoadFacts, StopFacts
from rating.engine.places import Place, places_of
from rating.engine.quote import Candidate
from rating.engine.wording import plural

_SPECIFIC: Mapping[PlaceKind, int] = {
    PlaceKind.LOCATION: 10,
    PlaceKind.POSTAL: 60,
    PlaceKind.POSTAL3: 80,
    PlaceKind.CITY: 100,
    PlaceKind.ZONE: 110,
    PlaceKind.STATE: 120,
    PlaceKind.REGION: 130,
    PlaceKind.COUNTRY: 140,
    PlaceKind.ANY: 150,
}
# Trademark Transportation, "Precedence of Rates": city, ZIP5, ZIP3, state, area, region.
_CITY_FIRST: Mapping[PlaceKind, int] = {
    **_SPECIFIC,
    PlaceKind.CITY: 50,
    PlaceKind.ZONE: 125,
}
# Revenova ranks a zone just behind its own members: a zone of ZIP3s is 90, of mixed places 30.
_ZONE_STEP = 10
_MIXED_ZONE = 30

Rank = Callable[[LaneRow], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Match:
    """The lane that won, None if none covers the load, and everything that competed."""

    lane: LaneRow | None
    candidates: tuple[Candidate, ...]


def match_lane(facts: LoadFacts, book: RateBook) -> Match:
    """The winning lane of `book` for the load's first and last stop."""
    covering = _covering(facts, book)
    fitting = [lane for lane in covering if not _misfit(lane, facts)]
    rank = _ranking(book)
    ranked = sorted(fitting, key=rank)
    misfits = sorted((lane for lane in covering if _misfit(lane, facts)), key=rank)
    candidates = [
        _candidate(lane, book, reason=_reason(place, lane, ranked, rank), is_winner=place == 0)
        for place, lane in enumerate(ranked)
    ]
    candidates += [_candidate(lane, book, reason=_misfit(lane, facts)) for lane in misfits]
    return Match(ranked[0] if ranked else None, tuple(candidates))


def describe_match(match: Match) -> str:
    """The winner and what it beat: "Lane 604 to 431, beats 604 to OH and 2 more"."""
    won, *lost = (each for each in match.candidates)
    if not lost:
        return f"Lane {won.label}"
    others = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    return f"Lane {won.label}, beats {lost[0].label}{others}"


def score(place: Place, precedence: Precedence, zones: Mapping[str, Zone]) -> int:
    """How precise one end is under `precedence`; lower is more precise."""
    if precedence == Precedence.REVENOVA and place.kind in (PlaceKind.ZONE, PlaceKind.REGION):
        return _revenova_zone(zones.get(place.value))
    return (_CITY_FIRST if precedence == Precedence.CITY_FIRST else _SPECIFIC)[place.kind]


def stop_places(stop: StopFacts, zones: Mapping[str, Zone]) -> frozenset[Place]:
    """Every place and zone the stop lies in: what a lane's end must be one of."""
    places = frozenset(places_of(stop))
    within = (zone for zone in zones.values() if not places.isdisjoint(zone.members))
    return places | {_zone_place(zone) for zone in within}


def _zone_place(zone: Zone) -> Place:
    return Place.region(zone.name) if zone.is_region else Place.zone(zone.name)


def _covering(facts: LoadFacts, book: RateBook) -> list[LaneRow]:
    if facts.origin is None or facts.destination is None:
        return []
    origins = stop_places(facts.origin, book.zones)
    destinations = stop_places(facts.destination, book.zones)
    return [
        lane for lane in book.lanes if lane.origin in origins and lane.destination in destinations
    ]


def _misfit(lane: LaneRow, facts: LoadFacts) -> str:
    """Why a lane that covers both ends still does not fit, empty if it does."""
    for noun in ("equipment", "commodity", "shipment_type"):
        wanted, held = getattr(lane, noun), getattr(facts, noun)
        if wanted and wanted != held:
            return f"is for {noun.replace('_', ' ')} {wanted}, the load has {held or 'none'}"
    return ""


def _ranking(book: RateBook) -> Rank:
    precedence, zones = book.version.precedence, book.zones

    def rank(lane: LaneRow) -> tuple[int, ...]:
        origin = score(lane.origin, precedence, zones)
        total = origin + score(lane.destination, precedence, zones)
        named = sum(1 for value in (lane.equipment, lane.commodity, lane.shipment_type) if value)
        return total, origin, -named, -lane.priority, lane.row

    return rank


_TIE_BREAKS = (
    "less specific",
    "less specific at the origin",
    "names less of equipment, commodity and shipment type",
    "lower priority",
    "later row, all else equal",
)


def _reason(place: int, lane: LaneRow, ranked: list[LaneRow], rank: Rank) -> str:
    if place == 0:
        return f"most specific of {plural(len(ranked), 'lane')}"
    pairs = zip(rank(ranked[0]), rank(lane), strict=True)
    return next(text for text, (won, lost) in zip(_TIE_BREAKS, pairs, strict=True) if lost > won)


def _candidate(lane: LaneRow, book: RateBook, *, reason: str, is_winner: bool = False) -> Candidate:
    precision = sum(
        score(end, book.version.precedence, book.zones) for end in (lane.origin, lane.destination)
    )
    return Candidate(
        row=lane.row, label=lane.label, score=precision, reason=reason, is_winner=is_winner
    )


def _revenova_zone(zone: Zone | None) -> int:
    kinds = {place.kind for place in zone.members} if zone else set()
    return _SPECIFIC[kinds.pop()] + _ZONE_STEP if len(kinds) == 1 else _MIXED_ZONE
