"""Cards of which nothing but the name would decide which one prices a load."""

from django.db.models import Q

from rating.models import RateCard, RateCardVersion
from rating.queries.books import named_scope

Status = RateCardVersion.Status


def peers_of(card: RateCard) -> Q:
    """Cards for the same customer, or like it for everybody, in the same currency."""
    return Q(customer=card.customer_id, currency=card.currency)


def find_rivals(version: RateCardVersion) -> list[RateCardVersion]:
    """Return published versions of other cards, as close to a load as `version`, on its days."""
    card = version.card
    others = RateCardVersion.objects.filter(
        Q(effective_to=None) | Q(effective_to__gte=version.effective_from),
        card__in=RateCard.objects.filter(peers_of(card)).exclude(pk=card.pk),
        status=Status.PUBLISHED,
    )
    if version.effective_to:
        others = others.filter(effective_from__lte=version.effective_to)
    found = others.select_related("card").order_by("effective_from", "pk")
    return [other for other in found if _fit_alike(card, other.card)]


def _fit_alike(card: RateCard, other: RateCard) -> bool:
    """Tell whether one load fits both, and neither names more of it."""
    return (
        named_scope(card) == named_scope(other)
        and _meet(card.equipment, other.equipment)
        and _meet(card.shipment_type, other.shipment_type)
    )


def _meet(one: str, other: str) -> bool:
    return not one or not other or one == other


def tell_collision(version: RateCardVersion, other: RateCardVersion) -> str:
    """Say in a sentence on which days two versions fit the same loads."""
    ends = [each.effective_to for each in (version, other) if each.effective_to]
    first = max(version.effective_from, other.effective_from)
    days = f"from {first} to {min(ends)}" if ends else f"from {first} on"
    return f"{version} and {other} fit the same loads {days}, and nothing says which one counts"
