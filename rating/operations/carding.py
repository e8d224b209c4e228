"""The life of a rate card: drafted by one person, approved and published by others, dated.

What may not be in a version is told as faults before anything is written; the database holds the
same line by constraint and trigger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Q

from accounts.models import Customer
from journal.operations.lifecycle import advance
from journal.operations.recording import record
from rating.engine import book as engine
from rating.engine.choices import Anchor, Precedence, WhenNoLane
from rating.engine.money import Rounding, minor_units
from rating.events import CARD_CREATED, VERSION_DRAFTED, VERSION_ENDED
from rating.models import FuelProgramme, RateCard, RateCardVersion
from rating.operations.filling import fill_version
from rating.queries.books import whole_book
from rating.queries.translation import from_columns, to_columns
from rating.rules import Fault, find_faults

Status = RateCardVersion.Status


class DraftRefused(ValueError):
    """The rows cannot be a version; `faults` names every one that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in faults))


class SamePerson(ValueError):
    """Whoever drafted a version can neither approve nor publish it."""


class PeriodsOverlap(ValueError):
    """Two published versions of a card would price the same day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a version; what each means is in `rating.engine.choices`."""

    precedence: Precedence = Precedence.SPECIFIC
    rounding: Rounding = Rounding.HALF_UP
    rounding_places: int | None = None
    minimum_charge: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    allows_deficit: bool = True


DEFAULTS = Settings()


def create_card(
    *,
    name: str,
    currency: str,
    customer: Customer | None = None,
    equipment: str = "",
    shipment_type: str = "",
    rated_on: Anchor = Anchor.PICKUP,
    when_no_lane: WhenNoLane = WhenNoLane.REFUSE,
    by: str,
    at: datetime,
) -> RateCard:
    """A card without a version yet; without a customer it is for everybody.

    Raises rating.engine.money.UnknownCurrency.
    """
    minor_units(currency)
    card = RateCard.objects.create(
        name=name,
        currency=currency,
        customer=customer,
        equipment=equipment,
        shipment_type=shipment_type,
        rated_on=rated_on,
        when_no_lane=when_no_lane,
        created_by=by,
        created_at=at,
    )
    record(CARD_CREATED, subject=card, by=by, at=at, new={"name": name, "currency": currency})
    return card


def draft_version(
    card: RateCard,
    *,
    effective_from: date,
    effective_to: date | None = None,
    lanes: Sequence[engine.LaneRow] = (),
    accessorials: Sequence[engine.AccessorialRule] = (),
    zones: Sequence[engine.Zone] = (),
    fuel: FuelProgramme | None = None,
    settings: Settings = DEFAULTS,
    note: str = "",
    by: str,
    at: datetime,
) -> RateCardVersion:
    """The next version of `card`, open to change until somebody else approves it.

    Raises DraftRefused with every fault of the rows.
    """
    faults = find_faults(lanes, accessorials, zones, settings.minimum_charge)
    if faults:
        raise DraftRefused(faults)
    version = RateCardVersion.objects.create(
        card=card,
        number=_next_number(card),
        effective_from=effective_from,
        effective_to=effective_to,
        fuel=fuel,
        note=note,
        drafted_by=by,
        drafted_at=at,
        **to_columns(settings, RateCardVersion),
    )
    fill_version(version, lanes=lanes, zones=zones, accessorials=accessorials)
    _tell_drafted(version, lanes=len(lanes), by=by, at=at)
    return version


def draft_next(
    version: RateCardVersion,
    *,
    effective_from: date,
    effective_to: date | None = None,
    by: str,
    at: datetime,
) -> RateCardVersion:
    """A draft with the rows and settings of `version`, to change from there."""
    book = whole_book(version)
    return draft_version(
        version.card,
        effective_from=effective_from,
        effective_to=effective_to,
        lanes=book.lanes,
        accessorials=book.accessorials,
        zones=tuple(book.zones.values()),
        fuel=version.fuel,
        settings=from_columns(Settings, version),
        note=f"From {version}",
        by=by,
        at=at,
    )


def approve_version(
    version: RateCardVersion, *, by: str, at: datetime, reason: str = ""
) -> RateCardVersion:
    """Freeze a draft. Raises SamePerson, IllegalMove."""
    _refuse_drafter(version, by)
    return advance(
        version, Status.APPROVED, by=by, at=at, reason=reason, approved_by=by, approved_at=at
    )


def return_version(
    version: RateCardVersion, *, by: str, at: datetime, reason: str
) -> RateCardVersion:
    """Open an approved version again, with the reason. Raises IllegalMove."""
    return advance(
        version, Status.DRAFT, by=by, at=at, reason=reason, approved_by="", approved_at=None
    )


def publish_version(version: RateCardVersion, *, by: str, at: datetime) -> RateCardVersion:
    """Put an approved version in force on its dates.

    The version before it ends the day before, if the new one lasts at least as long. Raises
    SamePerson, PeriodsOverlap, IllegalMove.
    """
    _refuse_drafter(version, by)
    card = RateCard.objects.select_for_update().get(pk=version.card_id)
    for other in _overlapping(version, card):
        _end_before(other, version, by=by, at=at)
    return advance(version, Status.PUBLISHED, by=by, at=at, published_by=by, published_at=at)


def retire_version(
    version: RateCardVersion, *, by: str, at: datetime, reason: str
) -> RateCardVersion:
    """Withdraw a published version: it rates nothing new, and what it rated still recomputes."""
    return advance(version, Status.RETIRED, by=by, at=at, reason=reason)


def _next_number(card: RateCard) -> int:
    """Numbers follow each other; the lock keeps two drafts from taking the same."""
    RateCard.objects.select_for_update().get(pk=card.pk)
    return (card.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def _tell_drafted(version: RateCardVersion, *, lanes: int, by: str, at: datetime) -> None:
    record(
        VERSION_DRAFTED,
        subject=version,
        customer_id=version.card.customer_id,
        by=by,
        at=at,
        new={
            "status": version.status,
            "number": version.number,
            "effective_from": version.effective_from.isoformat(),
            "lanes": lanes,
        },
    )


def _refuse_drafter(version: RateCardVersion, by: str) -> None:
    if by == version.drafted_by:
        raise SamePerson(f"{version} was drafted by {by}, so somebody else decides about it")


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
