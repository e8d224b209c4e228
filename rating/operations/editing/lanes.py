"""Lanes of a draft, a cell at a time, in the words of a sheet."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max

from rating.engine.choices import Basis
from rating.engine.places import Place
from rating.models import Lane, LaneBreak, RateCardVersion
from rating.operations.drafting import hold_draft
from rating.operations.editing.refusing import (
    NOTHING,
    EditRefused,
    StaleEdit,
    constraints,
    refuse_stale,
    tell,
)
from rating.queries.cells.breaks import Break, read_breaks
from rating.queries.cells.columns import BLANK, READERS
from rating.queries.cells.kinds import Unclear
from rating.queries.cells.lanes import ENDS, lane_cells
from rating.queries.cells.numbers import spell_number
from rating.queries.cells.places import read_places
from rating.queries.translation import place_columns, place_of

NAMES = {"discount_percent": "discount", "cost_floor": "cost floor"}


def change_lane(
    version: RateCardVersion,
    *,
    row: int,
    changes: Mapping[str, str],
    seen: Mapping[str, str] = NOTHING,
    by: str,
    at: datetime,
) -> Lane:
    """Change cells of one lane; both mappings go by `LANE_COLUMNS`, in the words of a sheet.

    Raises NotADraft, EditRefused, StaleEdit.
    """
    hold_draft(version)
    lane = _lane(version, row)
    before = lane_cells(lane)
    refuse_stale(before, seen, what=f"Row {row}")
    return _write_lane(lane, changes, before=before, by=by, at=at)


def add_lane(version: RateCardVersion, *, values: Mapping[str, str], by: str, at: datetime) -> Lane:
    """A new last lane of a draft, from cells by `LANE_COLUMNS`. Raises NotADraft, EditRefused."""
    hold_draft(version)
    row = (version.lanes.aggregate(last=Max("row"))["last"] or 0) + 1
    lane = Lane(version=version, row=row, basis="", **place_columns(Place.parse("*"), "origin_"),
                **place_columns(Place.parse("*"), "destination_"))  # fmt: skip
    missing = {
        name: f"Say {wanted}."
        for name, wanted in (("origin", "where from"), ("destination", "where to"),
                             ("basis", "what the rate is for"))
        if not values.get(name, "").strip()
    }  # fmt: skip
    if missing:
        raise EditRefused(missing)
    return _write_lane(lane, values, before={}, by=by, at=at)


def remove_lane(
    version: RateCardVersion,
    *,
    row: int,
    seen: Mapping[str, str] = NOTHING,
    by: str,
    at: datetime,
) -> None:
    """Take a lane out of a draft. Raises NotADraft, EditRefused, StaleEdit."""
    hold_draft(version)
    lane = _lane(version, row)
    before = lane_cells(lane)
    refuse_stale(before, seen, what=f"Row {row}")
    lane.delete()
    tell(version, f"lane {row}", old=before, new={}, by=by, at=at)


def _lane(version: RateCardVersion, row: int) -> Lane:
    lane = version.lanes.prefetch_related("breaks").filter(row=row).first()
    if lane is None:
        raise StaleEdit({"row": f"The draft has no row {row} any more."})
    return lane


def _write_lane(
    lane: Lane,
    changes: Mapping[str, str],
    *,
    before: Mapping[str, str],
    by: str,
    at: datetime,
) -> Lane:
    values = _read(changes, currency=lane.version.card.currency)
    _put(lane, values)
    breaks = values.get("breaks")
    if breaks is None:
        breaks = read_breaks(before.get("breaks", ""))
    _check_lane(lane, breaks)
    with constraints(lane.version, field="origin"):
        lane.save()
    if "breaks" in values:
        lane.breaks.all().delete()
        LaneBreak.objects.bulk_create(
            LaneBreak(lane=lane, freight_class=of, from_weight_lb=weight, rate=rate)
            for of, weight, rate in breaks
        )
    lane = _lane(lane.version, lane.row)
    after = lane_cells(lane)
    changed = [name for name in after if before.get(name, "") != after[name]]
    if changed:
        old = {name: before.get(name, "") for name in changed} if before else {}
        new = {name: after[name] for name in changed}
        tell(lane.version, f"lane {lane.row}", old=old, new=new, by=by, at=at)
    return lane


def _read(changes: Mapping[str, str], *, currency: str) -> dict[str, Any]:
    """What was typed, typed; raises EditRefused with every cell that cannot be read."""
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, text in changes.items():
        try:
            values[name] = _read_cell(name, text.strip(), currency)
        except Unclear as error:
            faults[name] = f"{NAMES.get(name, name).capitalize()}: {error}."
    if faults:
        raise EditRefused(faults)
    return values


def _read_cell(name: str, text: str, currency: str) -> Any:
    if name in ENDS:
        places = read_places(text)
        if len(places) > 1:
            raise Unclear("one place; import takes ranges")
        return places[0]
    if name == "breaks":
        return read_breaks(text, currency=currency)
    if name not in READERS:
        raise Unclear("a column that lanes have")
    if not text and name in BLANK:
        return BLANK[name]
    return READERS[name](text, currency=currency)


def _put(lane: Lane, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name in ENDS:
            for column, part in place_columns(value, f"{name}_").items():
                setattr(lane, column, part)
        elif name != "breaks":
            setattr(lane, name, value)


def _check_lane(lane: Lane, breaks: Iterable[Break]) -> None:
    faults: dict[str, str] = {}
    twin = _twin(lane)
    if twin:
        told = f"Row {lane.row} would price {_label(lane)} like row {twin.row}."
        faults["origin"] = told
    floor = max(lane.minimum or Decimal(0), lane.version.minimum_charge or Decimal(0))
    if lane.maximum is not None and floor > lane.maximum:
        field = "minimum" if lane.minimum and lane.minimum == floor else "maximum"
        faults[field] = (
            f"Minimum {spell_number(floor)} is above maximum {spell_number(lane.maximum)}."
        )
    if tuple(breaks) and lane.basis != Basis.PER_CWT:
        faults["basis"] = f"Row {lane.row} has weight breaks, which need per cwt."
    for end in ENDS:
        place = place_of(lane, f"{end}_")
        if place.kind in ("ZONE", "REGION") and not _is_defined(lane.version, place):
            faults[end] = f"{place.label} is not defined."
    if faults:
        raise EditRefused(faults)


def _twin(lane: Lane) -> Lane | None:
    keys = {f"{end}_key": place_of(lane, f"{end}_").key for end in ENDS}
    same = lane.version.lanes.filter(
        **keys, equipment=lane.equipment, commodity=lane.commodity, shipment_type=lane.shipment_type
    )
    return same.exclude(pk=lane.pk).first()


def _is_defined(version: RateCardVersion, place: Place) -> bool:
    zones = version.zones.filter(name=place.value, is_region=place.kind == "REGION")
    return zones.exists()


def _label(lane: Lane) -> str:
    origin, destination = (place_of(lane, f"{end}_").label for end in ENDS)
    return f"{origin} to {destination}"
