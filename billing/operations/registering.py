"""The seller's numbers with tax authorities."""

from datetime import date, datetime

from billing.models import LegalEntity, TaxRegistration
from journal.operations.recording import record


def register_for_tax(
    entity: LegalEntity,
    *,
    scheme: str,
    jurisdiction: str,
    number: str,
    valid_from: date,
    by: str,
    at: datetime,
) -> TaxRegistration:
    """Keep a number under which `entity` charges the taxes of `scheme` in `jurisdiction`."""
    registration = TaxRegistration.objects.create(
        entity=entity,
        scheme=scheme,
        jurisdiction=jurisdiction,
        number=number,
        valid_from=valid_from,
        recorded_by=by,
        recorded_at=at,
    )
    record(
        "entity.registered", subject=entity, by=by, at=at,
        new={"scheme": scheme, "jurisdiction": jurisdiction, "number": number},
    )  # fmt: skip
    return registration
