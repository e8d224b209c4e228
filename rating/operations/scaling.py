"""Density scales. Once an approved version uses one, it stays as it is."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from journal.operations.recording import record
from rating.engine import freight as engine
from rating.events import SCALE_CREATED
from rating.models import DensityScale, ScaleEdition, ScaleRow
from rating.queries.translation import to_columns
from rating.rules import Fault, find_scale_faults

DOCKET_2025_1 = date(2025, 7, 19)
# Class by the density it begins at, in pounds per cubic foot. The eleven steps stand in the NMFC
# items that are classed by density; Docket 2025-1 made them the rule and added two at the end.
_ELEVEN = {
    "0": "400", "1": "300", "2": "250", "4": "175", "6": "125", "8": "100", "10": "92.5",
    "12": "85", "15": "70", "22.5": "65", "30": "60",
}  # fmt: skip
_THIRTEEN = _ELEVEN | {"35": "55", "50": "50"}


class ScaleRefused(ValueError):
    """The editions cannot be a scale; `faults` names every one that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in faults))


def _edition(name: str, steps: dict[str, str], **period: date) -> engine.ScaleEdition:
    rows = tuple(
        engine.ScaleRow(from_pcf=Decimal(pcf), freight_class=freight_class)
        for pcf, freight_class in steps.items()
    )
    return engine.ScaleEdition(name=name, rows=rows, **period)


NMFC = engine.DensityScale(
    name="NMFC density",
    editions=(
        _edition("NMFC, 11 steps", _ELEVEN, effective_to=DOCKET_2025_1 - timedelta(days=1)),
        _edition("NMFC 2025-1, 13 steps", _THIRTEEN, effective_from=DOCKET_2025_1),
    ),
)


def publish_nmfc_scale(*, by: str, at: datetime) -> DensityScale:
    """Keep the scale of the classification in both its published editions, once."""
    found = DensityScale.objects.filter(name=NMFC.name).first()
    return found or create_scale(NMFC, source_url="https://nmfta.org", by=by, at=at)


def create_scale(
    scale: engine.DensityScale, *, source_url: str = "", by: str, at: datetime
) -> DensityScale:
    """Keep a scale with all its editions.

    Raises ScaleRefused with every fault of the rows.
    """
    if faults := find_scale_faults(scale):
        raise ScaleRefused(faults)
    row = DensityScale.objects.create(
        name=scale.name, source_url=source_url, created_by=by, created_at=at
    )
    for edition in scale.editions:
        kept = ScaleEdition.objects.create(scale=row, **to_columns(edition, ScaleEdition))
        ScaleRow.objects.bulk_create(
            ScaleRow(edition=kept, **to_columns(each, ScaleRow)) for each in edition.rows
        )
    record(
        SCALE_CREATED,
        subject=row,
        by=by,
        at=at,
        new={"name": row.name, "editions": [edition.name for edition in scale.editions]},
    )
    return row
