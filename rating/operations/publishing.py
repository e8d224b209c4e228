"""Put an approved version in force on its dates, and withdraw one that is."""

from datetime import datetime, timedelta

from django.db.models import Q

from journal.operations.lifecycle import advance
from journal.operations.recording import record
from rating.events import VERSION_ENDED
from rating.models import RateCard, RateCardVersion
from rating.operations.approving import ReasonMissing, refuse_drafter
from rating.queries.rivals import find_rivals, peers_of, tell_collision

Status = RateCardVersion.Status


class PeriodsOverlap(ValueError):
    """Two published versions of a card would price the same day."""

    status = 409
    code = "periods_overlap"


class CardsCollide(ValueError):
    """Two cards would fit the same loads on the same days, and only their names would decide."""

    status = 409
    code = "cards_collide"


def publish_version(version: RateCardVersion, *, by: str, at: datetime) -> RateCardVersion:
    """Put an approved version in force on its dates.

    The version before it ends the day before, if the new one lasts at least as long. Raises
    SamePerson, PeriodsOverlap, CardsCollide, IllegalMove.
    """
    refuse_drafter(version, by)
    card = _lock_with_peers(version.card)
    if rivals := find_rivals(version):
        raise CardsCollide(tell_collision(version, rivals[0]))
    for other in _overlapping(version, card):
        _end_before(other, version, by=by, at=at)
    return advance(version, Status.PUBLISHED, by=by, at=at, published_by=by, published_at=at)


def retire_version(
    version: RateCardVersion, *, by: str, at: datetime, reason: str
) -> RateCardVersion:
    """Withdraw a published version: it rates nothing new, and what it rated still recomputes.

    Raises ReasonMissing, SamePerson, IllegalMove.
    """
    if not reason.strip():
        raise ReasonMissing(f"Say why {version} is withdrawn.")
    refuse_drafter(version, by)
    return advance(version, Status.RETIRED, by=by, at=at, reason=reason)


def _lock_with_peers(card: RateCard) -> RateCard:
    """Lock the card with those that could price the same loads, so that they publish in turn."""
    peers = RateCard.objects.select_for_update().filter(peers_of(card)).order_by("pk")
    return next(each for each in peers if each.pk == card.pk)


def _overlapping(version: RateCardVersion, card: RateCard) -> list[RateCardVersion]:
    still_runs = Q(effective_to=None) | Q(effective_to__gte=version.effective_from)
    others = card.versions.filter(still_runs, status=Status.PUBLISHED).exclude(pk=version.pk)
    if version.effective_to:
        others = others.filter(effective_from__lte=version.effective_to)
    return list(others.select_for_update(of=("self",)).select_related("card").order_by("id"))


def _end_before(other: RateCardVersion, version: RateCardVersion, *, by: str, at: datetime) -> None:
    """End `other` the day before `version` begins, unless that would leave days without a price."""
    outlasts = version.effective_to and (
        other.effective_to is None or other.effective_to > version.effective_to
    )
    if other.effective_from >= version.effective_from or outlasts:
        raise PeriodsOverlap(f"{_period(version)} and {_period(other)} price the same days")
    before = other.effective_to
    other.effective_to = version.effective_from - timedelta(days=1)
    other.save(update_fields=["effective_to"])
    record(
        VERSION_ENDED,
        subject=other,
        customer_id=other.card.customer_id,
        by=by,
        at=at,
        reason=f"{version} follows",
        old={"effective_to": before.isoformat() if before else None},
        new={"effective_to": other.effective_to.isoformat()},
    )


def _period(version: RateCardVersion) -> str:
    return f"{version} ({version.effective_from} to {version.effective_to or 'open'})"
