"""The life of a rate card: drafted by one person, approved and published by others, dated.

What may not be in a version is told as faults before anything is written; the database holds the
same line by constraint and trigger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Q

from accounts.models import Customer
from accounts.queries.keys import people_behind
from journal.operations.lifecycle import IllegalMove, advance
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
from rating.events import CARD_CREATED, VERSION_DRAFTED, VERSION_ENDED
from rating.models import DensityScale, FuelProgramme, RateCard, RateCardVersion, RateImport
from rating.operations.filling import copy_lanes, fill_version
from rating.operations.testing import CaseResult, run_cases
from rating.queries.books import terms_of
from rating.queries.coherence import find_overlaps, find_version_faults
from rating.queries.floors import lanes_under_floor
from rating.queries.rivals import find_rivals, peers_of
from rating.queries.translation import from_columns, to_columns
from rating.rules import Fault, find_faults

Status = RateCardVersion.Status


class DraftRefused(ValueError):
    """The rows cannot be a version; `faults` names every one that is wrong."""

    status = 422
    code = "draft_refused"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in faults))


class SamePerson(ValueError):
    """Whoever wrote or submitted a version cannot approve it.

    Its drafter can neither publish nor withdraw it. A key counts as whoever made it.
    """

    status = 403
    code = "same_person"


class ReasonMissing(ValueError):
    """No word why a version is returned, withdrawn, or submitted with lanes under their floor."""

    status = 400
    code = "reason_missing"
    field = "reason"


class CasesFail(ValueError):
    """Test cases of the card do not come out as they must; `results` holds those."""

    status = 409
    code = "test_cases_fail"

    def __init__(self, results: Sequence[CaseResult]) -> None:
        self.results = tuple(results)
        named = ", ".join(result.case.name for result in results[:3])
        more = f" and {len(results) - 3} more" if len(results) > 3 else ""
        super().__init__(f"Not as expected: {named}{more}")


class PeriodsOverlap(ValueError):
    """Two published versions of a card would price the same day."""

    status = 409
    code = "periods_overlap"


class CardsCollide(ValueError):
    """Two cards would fit the same loads on the same days, and only their names would decide."""

    status = 409
    code = "cards_collide"


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
SHOWN = 100


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


def submit_version(
    version: RateCardVersion, *, by: str, at: datetime, reason: str = ""
) -> RateCardVersion:
    """Freeze a draft and ask somebody else to approve it; `reason` is for lanes under their floor.

    Raises DraftRefused, CasesFail, ReasonMissing, IllegalMove.
    """
    _assert_draft(version)
    if faults := find_version_faults(version):
        raise DraftRefused(faults)
    if failing := [result for result in run_cases(version, at=at) if not result.passes]:
        raise CasesFail(failing)
    under = lanes_under_floor(version).count()
    if under and not reason.strip():
        raise ReasonMissing(f"Say why {_lanes(under)} below the cost floor.")
    return advance(
        version,
        Status.SUBMITTED,
        by=by,
        at=at,
        reason=reason,
        payload={"lanes_under_floor": under},
        submitted_by=by,
        submitted_at=at,
        floor_reason=reason.strip() if under else "",
    )


@dataclass(frozen=True, slots=True)
class Check:
    """One line of what is looked at before approval; `rows` names lanes to show."""

    name: str
    passes: bool
    sentence: str
    rows: tuple[int, ...] = ()


def checks(version: RateCardVersion, *, at: datetime) -> list[Check]:
    """What somebody who approves looks at first: floors, overlaps, other cards, test cases.

    What the version would earn is not among them: `rating.queries.impact` reads it from a backtest.
    """
    return [
        _check_floor(version),
        _check_overlaps(version),
        _check_rivals(version),
        _check_cases(version, at=at),
    ]


def _check_floor(version: RateCardVersion) -> Check:
    rows = tuple(lanes_under_floor(version).order_by("row").values_list("row", flat=True)[:SHOWN])
    count = len(rows) if len(rows) < SHOWN else lanes_under_floor(version).count()
    told = f"{count:,} {'lane' if count == 1 else 'lanes'} below cost floor"
    return Check("floor", not rows, told if rows else "No lane below cost floor", rows)


def _check_overlaps(version: RateCardVersion) -> Check:
    faults = find_version_faults(version)
    rows = tuple(each.row for each in find_overlaps(version))
    told = str(faults[0]) if faults else "No overlapping lanes"
    return Check("overlaps", not faults, told, rows)


def _check_rivals(version: RateCardVersion) -> Check:
    rivals = find_rivals(version)
    told = _collision(version, rivals[0]) if rivals else "No other card prices the same loads"
    return Check("rivals", not rivals, told)


def _check_cases(version: RateCardVersion, *, at: datetime) -> Check:
    results = run_cases(version, at=at)
    passed = sum(result.passes for result in results)
    told = f"{passed} of {len(results)} test cases pass" if results else "No test cases"
    return Check("cases", passed == len(results), told)


def approve_version(
    version: RateCardVersion, *, by: str, at: datetime, reason: str = ""
) -> RateCardVersion:
    """Accept a submitted version. Raises SamePerson, IllegalMove."""
    _refuse_authors(version, by)
    return advance(
        version, Status.APPROVED, by=by, at=at, reason=reason, approved_by=by, approved_at=at
    )


def return_version(
    version: RateCardVersion, *, by: str, at: datetime, reason: str
) -> RateCardVersion:
    """Open a submitted or approved version again. Raises ReasonMissing, IllegalMove."""
    if not reason.strip():
        raise ReasonMissing(f"Say why {version} is returned.")
    return advance(
        version,
        Status.DRAFT,
        by=by,
        at=at,
        reason=reason,
        submitted_by="",
        submitted_at=None,
        floor_reason="",
        approved_by="",
        approved_at=None,
    )


def publish_version(version: RateCardVersion, *, by: str, at: datetime) -> RateCardVersion:
    """Put an approved version in force on its dates.

    The version before it ends the day before, if the new one lasts at least as long. Raises
    SamePerson, PeriodsOverlap, CardsCollide, IllegalMove.
    """
    _refuse_drafter(version, by)
    card = _lock_with_peers(version.card)
    if rivals := find_rivals(version):
        raise CardsCollide(_collision(version, rivals[0]))
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
    _refuse_drafter(version, by)
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


def _assert_draft(version: RateCardVersion) -> None:
    """Lock the version; what is checked of its rows then holds until it is submitted."""
    version.refresh_from_db(from_queryset=RateCardVersion.objects.select_for_update(of=("self",)))
    if version.status != Status.DRAFT:
        raise IllegalMove(version, Status.SUBMITTED)


def _lanes(count: int) -> str:
    return "1 lane is" if count == 1 else f"{count:,} lanes are"


def may_decide(version: RateCardVersion, *, by: str) -> bool:
    """Whether `by` may approve a submitted version, or publish an approved one."""
    refuse = _refuse_authors if version.status == Status.SUBMITTED else _refuse_drafter
    try:
        refuse(version, by)
    except SamePerson:
        return False
    return True


def _refuse_authors(version: RateCardVersion, by: str) -> None:
    """Refuse everybody who had a hand in the version, also who sent a file that went into it."""
    version.refresh_from_db(fields=["drafted_by", "edited_by", "writers", "submitted_by"])
    applied = version.imports.filter(status=RateImport.Status.APPLIED)
    senders = applied.values_list("created_by", flat=True)
    _refuse_who_did(
        version,
        by,
        [
            ("drafted", version.drafted_by),
            *(("edited", who) for who in (version.edited_by, *version.writers, *senders)),
            ("submitted", version.submitted_by),
        ],
    )


def _refuse_drafter(version: RateCardVersion, by: str) -> None:
    _refuse_who_did(version, by, [("drafted", version.drafted_by)])


def _refuse_who_did(version: RateCardVersion, by: str, done: Iterable[tuple[str, str]]) -> None:
    told = [(did, who) for did, who in done if who]
    people = people_behind({by, *(who for _, who in told)})
    for did, who in told:
        if people[who] == people[by]:
            same = "" if who == by else f", the same person as {by}"
            raise SamePerson(
                f"{version} was {did} by {who}{same}, so somebody else decides about it"
            )


def _lock_with_peers(card: RateCard) -> RateCard:
    """Lock the card with those that could price the same loads, so that they publish in turn."""
    peers = RateCard.objects.select_for_update().filter(peers_of(card)).order_by("pk")
    return next(each for each in peers if each.pk == card.pk)


def _collision(version: RateCardVersion, other: RateCardVersion) -> str:
    ends = [each.effective_to for each in (version, other) if each.effective_to]
    first = max(version.effective_from, other.effective_from)
    days = f"from {first} to {min(ends)}" if ends else f"from {first} on"
    return f"{version} and {other} fit the same loads {days}, and nothing says which one counts"


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
