"""A lane as its cells: what an editor sees, a sheet holds, and a comparison sets side by side."""

from decimal import Decimal

from rating.models import Lane
from rating.queries.cells.breaks import spell_breaks
from rating.queries.cells.columns import READERS
from rating.queries.cells.numbers import spell_number
from rating.queries.cells.places import spell_place
from rating.queries.translation import place_of

ENDS = ("origin", "destination")
LANE_COLUMNS = (*ENDS, *READERS, "breaks")


def lane_cells(lane: Lane) -> dict[str, str]:
    """A lane by `LANE_COLUMNS`, as a sheet writes it; an editor gives the same back as `seen`.

    Reads the breaks of a stored lane; prefetch them for many.
    """
    cells = {end: spell_place(place_of(lane, f"{end}_")) for end in ENDS}
    for name in READERS:
        value = getattr(lane, name)
        is_number = isinstance(value, Decimal) or value is None
        cells[name] = spell_number(value) if is_number else str(value)
    breaks = lane.breaks.all() if lane.pk else ()
    cells["breaks"] = spell_breaks(
        sorted((row.freight_class, row.from_weight_lb, row.rate) for row in breaks)
    )
    return cells


def lane_label(lane: Lane) -> str:
    """Both ends as people say them: "604 to OH"."""
    origin, destination = (place_of(lane, f"{end}_").label for end in ENDS)
    return f"{origin} to {destination}"
