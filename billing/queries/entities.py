"""Who bills, and in which series."""

from billing.models import LegalEntity, Series


class NoEntity(LookupError):
    """Nobody is set up to bill; the sentence says what is missing."""

    status = 409
    code = "no_entity"


def billing_entity() -> LegalEntity:
    """Return the company that bills: the first one set up.

    Raises:
        NoEntity: there is none.
    """
    entity = LegalEntity.objects.order_by("pk").first()
    if entity is None:
        raise NoEntity("No legal entity is set up, so nobody can bill.")
    return entity


def series_of(entity: LegalEntity, code: str) -> Series:
    """Return the series of `entity` for one kind of document, unlocked.

    Raises:
        NoEntity: the entity has none.
    """
    series = Series.objects.filter(entity=entity, code=code).first()
    if series is None:
        raise NoEntity(f"{entity.name} has no series for {Series.Code(code).label.lower()}.")
    return series
