"""Period, fuel programme and settings of a draft."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from rating.models import RateCardVersion
from rating.operations.carding import Settings
from rating.operations.drafting import hold_draft
from rating.operations.editing.refusing import (
    NOTHING,
    EditRefused,
    constraints,
    plain,
    refuse_stale,
    tell,
)
from rating.queries.cells.numbers import spell_number
from rating.rules import find_faults

OTHERS = ("effective_from", "effective_to", "fuel", "density_scale", "note")
NOT_BELOW_ZERO = (
    "minimum_charge", "cost_per_mile", "unstackable_height_in", "wide_from_in", "wide_width_in",
)  # fmt: skip


def change_settings(
    version: RateCardVersion,
    *,
    changes: Mapping[str, Any],
    seen: Mapping[str, Any] = NOTHING,
    by: str,
    at: datetime,
) -> RateCardVersion:
    """Change the period, the fuel programme, the note or a setting of a draft.

    Names are `effective_from`, `effective_to`, `fuel` (a FuelProgramme or None), `density_scale`
    (a DensityScale or None), `note` and those of `carding.Settings`; values are typed.

    Raises NotADraft, EditRefused, StaleEdit.
    """
    hold_draft(version)
    known = {*OTHERS, *Settings.__dataclass_fields__}
    if strange := {name: f"{name[:40]!r} is no setting." for name in changes if name not in known}:
        raise EditRefused(strange)
    before = {name: getattr(version, name) for name in {*changes, *seen}}
    refuse_stale(before, seen, what="The settings")
    for name, value in changes.items():
        setattr(version, name, value)
    _check_settings(version)
    with constraints(version, field=next(iter(changes), "")):
        version.save(update_fields=sorted(changes))
    old = {name: plain(before[name]) for name in changes}
    new = {name: plain(getattr(version, name)) for name in changes}
    tell(version, "settings", old=old, new=new, by=by, at=at)
    return version


def _check_settings(version: RateCardVersion) -> None:
    if version.effective_to and version.effective_to < version.effective_from:
        told = f"The version would end on {version.effective_to}, before it begins."
        raise EditRefused({"effective_to": told})
    if not Decimal(0) <= version.discount_percent < 100:
        raise EditRefused({"discount_percent": "A discount is from 0 up to but not 100 percent."})
    for name in NOT_BELOW_ZERO:
        if (value := getattr(version, name)) is not None and value < 0:
            told = name.removesuffix("_in").replace("_", " ").capitalize()
            raise EditRefused({name: f"{told} is not below 0."})
    _check_freight(version)
    crossed = version.lanes.filter(maximum__lt=version.minimum_charge or 0).order_by("row").first()
    if crossed:
        told = f"Row {crossed.row} has the maximum {spell_number(crossed.maximum)}, which is less."
        raise EditRefused({"minimum_charge": told})


def _check_freight(version: RateCardVersion) -> None:
    if version.trailer_width_in <= 0:
        raise EditRefused({"trailer_width_in": "A trailer is wider than 0 inches."})
    if version.stacked_pieces < 1:
        raise EditRefused({"stacked_pieces": "A floor position holds at least 1 piece."})
    has_scale = version.density_scale_id is not None
    faults = find_faults((), (), (), settings=version, has_scale=has_scale)
    if faults:
        raise EditRefused({fault.field: f"{fault.message.capitalize()}." for fault in faults})
