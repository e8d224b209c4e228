"""A rate card and its drafts: dated versions, filled whole or from the one before.

What may not be in a version is told as faults before anything is written; the database holds the
same line by constraint and trigger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max

from accounts.models import Customer
from journal.operations.recording import record
from rating.engine import book as engine
from rating.engine.choices import (
    Anchor,
    ClassSource,
    DeemedFor,
    FloorSpace,
    Precedence,
    WhenNoLane,
)
from rating.engine.freight import FakRange, SpaceRule
from rating.engine.money import Rounding, minor_units
from rating.events import CARD_CREATED, VERSION_DRAFTED
from rating.models import DensityScale, FuelProgramme, RateCard, RateCardVersion
from rating.operations.filling import copy_lanes, fill_version
from rating.queries.books import terms_of
from rating.queries.translation import from_columns, to_columns
from rating.rules import Fault, find_faults


class DraftRefused(ValueError):
    """The rows cannot be a version; `faults` names every one that is wrong."""

    status = 422
    code = "draft_refused"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a version; what each means is in `rating.engine.choices` and `book`."""

    precedence: Precedence = Precedence.SPECIFIC
    rounding: Rounding = Rounding.HALF_UP
    rounding_places: int | None = None
    minimum_charge: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    allows_deficit: bool = True
    cost_per_mile: Decimal | None = None
    class_source: ClassSource = ClassSource.DECLARED
    deemed_for: DeemedFor = DeemedFor.CLASS_AND_SPACE
    unstackable_height_in: Decimal | None = None
    wide_from_in: Decimal | None = None
    wide_width_in: Decimal | None = None
    floor_space: FloorSpace = FloorSpace.FLOOR_POSITIONS
    trailer_width_in: Decimal = Decimal(96)
    stacked_pieces: int = 1


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
    fak: Sequence[FakRange] = (),
    space_rules: Sequence[SpaceRule] = (),
    density_scale: DensityScale | None = None,
    settings: Settings = DEFAULTS,
    lanes_of: RateCardVersion | None = None,
    note: str = "",
    by: str,
    at: datetime,
) -> RateCardVersion:
    """The next version of `card`, open to change until it is submitted.

    The lanes are those given, or those of another version, copied in the database however many
    there are. Raises DraftRefused with every fault of the rows.
    """
    faults = find_faults(
        lanes,
        accessorials,
        zones,
        settings.minimum_charge,
        fak=fak,
        space_rules=space_rules,
        settings=settings,
        has_scale=density_scale is not None,
    )
    if faults:
        raise DraftRefused(faults)
    version = RateCardVersion.objects.create(
        card=card,
        number=_next_number(card),
        effective_from=effective_from,
        effective_to=effective_to,
        fuel=fuel,
        density_scale=density_scale,
        note=note,
        drafted_by=by,
        drafted_at=at,
        **to_columns(settings, RateCardVersion),
    )
    fill_version(
        version,
        lanes=lanes,
        zones=zones,
        accessorials=accessorials,
        fak=fak,
        space_rules=space_rules,
    )
    copied = copy_lanes(lanes_of, to=version) if lanes_of else 0
    _tell_drafted(version, lanes=len(lanes) + copied, by=by, at=at)
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
    terms = terms_of(version)
    return draft_version(
        version.card,
        effective_from=effective_from,
        effective_to=effective_to,
        lanes_of=version,
        accessorials=terms.accessorials,
        zones=tuple(terms.zones.values()),
        fuel=version.fuel,
        fak=terms.fak,
        space_rules=terms.space_rules,
        density_scale=version.density_scale,
        settings=from_columns(Settings, version),
        note=f"From {version}",
        by=by,
        at=at,
    )


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
