"""The clock by which the house counts its days."""

from billing.models import LegalEntity

USUAL_ZONE = "America/Chicago"


def house_zone() -> str:
    """Return the zone of the first legal entity, so that every reader sees the same days."""
    zone = LegalEntity.objects.order_by("pk").values_list("timezone", flat=True).first()
    return zone or USUAL_ZONE
