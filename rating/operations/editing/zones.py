"""Zones of a draft and the places they hold."""

from collections.abc import Iterable
from datetime import datetime

from rating.engine import book as engine
from rating.engine.places import Place
from rating.models import Lane, RateCardVersion, Zone
from rating.operations.drafting import hold_draft
from rating.operations.editing.refusing import EditRefused, tell
from rating.operations.filling import write_zone
from rating.queries.cells.kinds import Unclear
from rating.queries.cells.places import read_places

ENDS = ("origin", "destination")


def put_zone(
    version: RateCardVersion,
    *,
    name: str,
    members: Iterable[str],
    is_region: bool = False,
    by: str,
    at: datetime,
) -> None:
    """Define a zone of a draft by the places it holds, or define it anew.

    Members are written as on a sheet; a range of ZIP3s is each of them. Raises NotADraft,
    EditRefused.
    """
    hold_draft(version)
    name = name.strip()
    if not name or len(name) > 40:
        raise EditRefused({"name": "A zone has a name of up to 40 letters."})
    places = _members(members)
    old = version.zones.filter(name=name).first()
    before = sorted(member.value for member in old.members.all()) if old else []
    if old:
        old.delete()
    write_zone(version, engine.Zone(name=name, members=places, is_region=is_region))
    new = sorted(place.value for place in places)
    tell(version, f"zone {name}", old={"members": before}, new={"members": new}, by=by, at=at)


def remove_zone(version: RateCardVersion, *, name: str, by: str, at: datetime) -> None:
    """Take a zone out of a draft. Raises NotADraft, EditRefused while a lane names it."""
    hold_draft(version)
    zone = version.zones.filter(name=name).first()
    if zone is None:
        raise EditRefused({"name": f"The draft has no zone {name[:40]}."})
    if lane := _lane_in(version, zone):
        raise EditRefused({"name": f"Row {lane.row} is a lane of {name}; change it first."})
    before = sorted(member.value for member in zone.members.all())
    zone.delete()
    tell(version, f"zone {name}", old={"members": before}, new={}, by=by, at=at)


def _members(texts: Iterable[str]) -> frozenset[Place]:
    places: set[Place] = set()
    for text in texts:
        try:
            found = read_places(text)
        except Unclear as error:
            raise EditRefused({"members": f"{text[:60]!r}: {error}."}) from error
        if any(place.kind in ("ZONE", "REGION", "ANY") for place in found):
            raise EditRefused({"members": f"{text[:60]!r} cannot be part of a zone."})
        places.update(found)
    if not places:
        raise EditRefused({"members": "A zone holds at least one place."})
    return frozenset(places)


def _lane_in(version: RateCardVersion, zone: Zone) -> Lane | None:
    place = Place.region(zone.name) if zone.is_region else Place.zone(zone.name)
    for end in ENDS:
        if lane := version.lanes.filter(**{f"{end}_key": place.key}).order_by("row").first():
            return lane
    return None
