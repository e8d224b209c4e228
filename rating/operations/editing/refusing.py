"""How an edit is refused, and told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import DataError, IntegrityError, transaction

from journal.operations.recording import record
from rating.events import VERSION_EDITED
from rating.models import DensityScale, FuelProgramme, RateCardVersion
from rating.operations.drafting import note_edit
from rating.queries.cells.numbers import spell_number

NOTHING: Mapping[str, Any] = {}


class EditRefused(ValueError):
    """An edit that cannot stand: `faults` holds one sentence for each field that is wrong."""

    status = 400
    code = "edit_refused"

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        self.field = next(iter(self.faults))
        super().__init__("; ".join(self.faults.values()))


class StaleEdit(EditRefused):
    """Somebody else has changed the row since the editor saw it."""

    status = 409
    code = "stale_edit"


def refuse_stale(before: Mapping[str, Any], seen: Mapping[str, Any], *, what: str) -> None:
    """Refuse an edit of cells that are no longer as the editor `seen` them. Raises StaleEdit."""
    faults = {}
    for name, value in seen.items():
        if name in before and before[name] != value:
            now, then = plain(before[name]) or "nothing", plain(value) or "nothing"
            told = f"{what} was changed by somebody else: {now} now, {then} when you saw it."
            faults[name] = told
    if faults:
        raise StaleEdit(faults)


@contextmanager
def constraints(version: RateCardVersion, *, field: str) -> Iterator[None]:
    """What only the database knows to be wrong is a sentence too, and nothing of the edit stays."""
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, DataError) as error:
        told = f"{version} cannot hold this: {str(error).splitlines()[0]}."
        raise EditRefused({field: told}) from error


def plain(value: Any) -> str:
    """A value as the journal keeps it."""
    if isinstance(value, Decimal):
        return spell_number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, DensityScale | FuelProgramme):
        return value.name
    return "" if value is None else str(value)


def tell(
    version: RateCardVersion,
    what: str,
    *,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    by: str,
    at: datetime,
) -> None:
    """Note the edit on the version, and write what changed into its journal: one entry."""
    note_edit(version, by=by, at=at)
    record(
        VERSION_EDITED,
        subject=version,
        customer_id=version.card.customer_id,
        by=by,
        at=at,
        old=dict(old),
        new=dict(new),
        payload={"what": what},
    )
