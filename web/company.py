"""Whose Lading this is: what the shell says of the billing company."""

from dataclasses import dataclass

from billing.models import LegalEntity


@dataclass(frozen=True, slots=True)
class Company:
    """The company as pages name it; an empty house is called after the software."""

    name: str = "Lading"
    scac: str = ""
    place: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


def company() -> Company:
    """Return the first legal entity; with several, pages of one document name their own."""
    entity = LegalEntity.objects.order_by("pk").first()
    if entity is None:
        return Company()
    return Company(
        name=entity.name,
        scac=entity.scac,
        place=entity.city_label,
        address=", ".join(entity.address_lines.splitlines()),
        phone=entity.phone,
        email=entity.email,
    )
