"""A page of lanes, each beside the lane it was in the version before."""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count

from billing.models import Charge
from dispatch.models import Location
from rating.engine.choices import Basis, PlaceKind
from rating.engine.places import Place
from rating.models import Lane, LaneBreak, RateCardVersion
from rating.queries.translation import place_of
from web.desk.rates.words import freight_words, spoken_basis

LINEHAUL = "LHS"
LOOK_BACK = timedelta(days=90)
# Cells of a lane that a version can change; the rate is shown with its old value.
CELLS = ("rate", "minimum", "maximum", "discount_percent", "basis")


@dataclass(frozen=True, slots=True)
class End:
    """One end of a lane: what the card says, and the town behind a ZIP."""

    label: str
    town: str


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A lane as a row of the page."""

    lane: Lane
    origin: End
    destination: End
    basis: str
    freight: str
    breaks: int
    before: Lane | None
    has_base: bool
    loads: int
    floor: Decimal | None
    net_rate: Decimal | None

    @property
    def is_under_floor(self) -> bool:
        """Tell whether the lane brings in less than it costs."""
        return self.floor is not None and self.net_rate is not None and self.net_rate < self.floor

    @property
    def label(self) -> str:
        """Return both ends as people say them."""
        return f"{self.origin.label} to {self.destination.label}"

    @property
    def is_new(self) -> bool:
        """Tell whether the version before had no such lane."""
        return self.has_base and self.before is None

    @property
    def changed(self) -> frozenset[str]:
        """Return the cells that differ from the version before."""
        if self.before is None:
            return frozenset()
        before = self.before
        return frozenset(
            name for name in CELLS if getattr(before, name) != getattr(self.lane, name)
        )

    @property
    def is_rate_changed(self) -> bool:
        """Tell whether the rate is another one than in the version before."""
        return self.is_new or bool({"rate", "basis"} & self.changed)

    @property
    def is_minimum_changed(self) -> bool:
        """Tell whether the minimum is another one than in the version before."""
        return "minimum" in self.changed

    @property
    def change_percent(self) -> Decimal | None:
        """Return how far the rate moved, in percent; for reading, not for the books."""
        before = self.before
        if before is None or not before.rate or before.basis != self.lane.basis:
            return None
        moved = (self.lane.rate - before.rate) / before.rate * 100
        return moved if moved else None


def lane_rows(
    lanes: list[Lane], *, base: RateCardVersion | None, currency: str, at: datetime
) -> list[LaneRow]:
    """Return the lanes of one page with what stands beside them, in four queries."""
    places = [place_of(lane, end) for lane in lanes for end in ("origin_", "destination_")]
    towns = towns_of(places)
    before = lanes_before(lanes, base)
    breaks = break_counts(lanes)
    loads = loads_by_label(lanes, at=at) if lanes else {}
    return [
        _row(lane, towns, before.get(scope(lane)), breaks, loads, has_base=base is not None)
        for lane in lanes
    ]


def scope(lane: Lane) -> Hashable:
    """Return what makes a lane the same lane in another version."""
    return (
        lane.origin_key,
        lane.destination_key,
        lane.equipment,
        lane.commodity,
        lane.shipment_type,
    )


def lanes_before(lanes: list[Lane], base: RateCardVersion | None) -> dict[Hashable, Lane]:
    """Return the lanes of `base` that price the same freight between the same places."""
    if base is None:
        return {}
    found = Lane.objects.filter(
        version=base,
        origin_key__in={lane.origin_key for lane in lanes},
        destination_key__in={lane.destination_key for lane in lanes},
    )
    return {scope(lane): lane for lane in found}


def break_counts(lanes: list[Lane]) -> dict[int, int]:
    """Return how many weight breaks each lane has."""
    counted = LaneBreak.objects.filter(lane__in=lanes).values("lane").annotate(count=Count("pk"))
    return dict(counted.values_list("lane", "count"))


def loads_by_label(lanes: list[Lane], *, at: datetime) -> dict[str, int]:
    """Return how many loads each lane priced in the last 90 days, under any version of the card."""
    labels = {place_label(lane) for lane in lanes}
    charges = Charge.objects.filter(
        code=LINEHAUL,
        occurrence=1,
        rating_record__version__card__versions=lanes[0].version_id,
        basis__in=labels,
        created_at__gte=at - LOOK_BACK,
    ).exclude(status=Charge.Status.SUPERSEDED)
    return dict(charges.values("basis").annotate(count=Count("pk")).values_list("basis", "count"))


def place_label(lane: Lane) -> str:
    """Return both ends as a charge's basis spells them."""
    return f"{place_of(lane, 'origin_').label} to {place_of(lane, 'destination_').label}"


def towns_of(places: Iterable[Place]) -> dict[Place, str]:
    """Return a town behind each ZIP or ZIP3 where one of our docks lies."""
    wanted = {place for place in places if place.kind in (PlaceKind.POSTAL3, PlaceKind.POSTAL)}
    if not wanted:
        return {}
    codes = {place.value: place for place in wanted}
    pattern = f"^({'|'.join(re.escape(code) for code in sorted(codes))})"
    docks = Location.objects.filter(postal_code__regex=pattern).order_by("-pk")
    found: dict[Place, str] = {}
    for postal_code, city, state in docks.values_list("postal_code", "city", "state"):
        for length in (3, 5):
            place = codes.get(postal_code[:length])
            if place:
                found[place] = f"{city} {state}"
    return found


def _row(
    lane: Lane,
    towns: dict[Place, str],
    before: Lane | None,
    breaks: dict[int, int],
    loads: dict[str, int],
    *,
    has_base: bool,
) -> LaneRow:
    origin, destination = place_of(lane, "origin_"), place_of(lane, "destination_")
    return LaneRow(
        lane=lane,
        origin=_end(origin, towns),
        destination=_end(destination, towns),
        basis=spoken_basis(lane.basis),
        freight=freight_words(lane.equipment, lane.commodity, lane.shipment_type),
        breaks=breaks.get(lane.pk, 0) if lane.basis == Basis.PER_CWT else 0,
        before=before,
        has_base=has_base,
        loads=loads.get(place_label(lane), 0),
        floor=getattr(lane, "floor", None) if lane.basis != Basis.AS_QUOTED else None,
        net_rate=getattr(lane, "net_rate", None),
    )


def _end(place: Place, towns: dict[Place, str]) -> End:
    label = place.label
    return End(label[:1].upper() + label[1:], towns.get(place, ""))
