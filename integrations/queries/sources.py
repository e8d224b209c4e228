"""Find sources and what is agreed with their partners."""

from dataclasses import dataclass

from django.db.models.expressions import RawSQL

from accounts.models import APIKey
from integrations.events import Profile
from integrations.models import EdiPartner, Source

# Another version of a row has another writer, or stands in another place.
VERSION = "concat(integrations_source.xmin, integrations_source.ctid)"


@dataclass(frozen=True, slots=True)
class SourceAsRead:
    """A source as it was when it was read, and the version of its row.

    Only a statement that asks for this version (`receive_first`) may act upon what it says.
    """

    source: Source
    version: str


_read: dict[str, SourceAsRead] = {}


def remembered_source(slug: str) -> SourceAsRead | None:
    """Return the source of this name as this process last read it; it may have changed since."""
    return _read.get(slug)


def find_source(slug: str) -> Source | None:
    """Return the active source of this name, or None; remember what was read."""
    rows = Source.objects.filter(slug=slug, is_active=True).select_related("default_customer")
    source = rows.annotate(version=RawSQL(VERSION, ())).first()  # noqa: S611  a constant
    if source is None:
        _read.pop(slug, None)
        return None
    _read[slug] = SourceAsRead(source, source.version)
    return source


def find_source_of_key(key: APIKey) -> Source | None:
    """Return the active source an API key speaks for, or None."""
    return Source.objects.filter(api_key=key, is_active=True).first()


def find_profile(source: Source, *, sender: tuple[str, str]) -> Profile | None:
    """Return what is agreed with the sender of an interchange, its qualifier and id.

    None: nobody this source knows.
    """
    qualifier, isa_id = sender
    partners = {
        (partner.qualifier, partner.isa_id): partner
        for partner in EdiPartner.objects.filter(source=source, is_active=True)
        .filter(isa_id__in=[isa_id, EdiPartner.ANYBODY])
        .select_related("customer")
    }
    partner = partners.get((qualifier, isa_id)) or next(
        (row for (_, name), row in partners.items() if name == EdiPartner.ANYBODY), None
    )
    if partner is None:
        return None
    customer = partner.customer or source.default_customer
    return Profile(
        customer_code=customer.code if customer else "",
        tolerates=frozenset(partner.tolerates),
        aliases=partner.aliases,
        reuses_control_numbers=partner.reuses_control_numbers,
    )


def default_profile(source: Source) -> Profile:
    """Return what is agreed with a source that has no partners of its own."""
    customer = source.default_customer
    return Profile(customer_code=customer.code if customer else "")
