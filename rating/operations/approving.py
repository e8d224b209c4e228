"""Submit a draft, look at it, approve it or return it: never by whoever wrote it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.queries.keys import people_behind
from journal.operations.lifecycle import IllegalMove, advance
from rating.models import RateCardVersion, RateImport
from rating.operations.carding import DraftRefused
from rating.operations.testing import CaseResult, run_cases
from rating.queries.coherence import find_overlaps, find_version_faults
from rating.queries.floors import lanes_under_floor
from rating.queries.rivals import find_rivals, tell_collision

Status = RateCardVersion.Status
SHOWN = 100


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


class Resubmitted(ValueError):
    """A version went back and came again, maybe with other prices, since somebody looked at it."""

    status = 409
    code = "resubmitted"

    def __init__(self, version: RateCardVersion) -> None:
        super().__init__(f"{version} was submitted anew since you looked at it. Look again.")


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


def approve_version(
    version: RateCardVersion,
    *,
    by: str,
    at: datetime,
    reason: str = "",
    seen: datetime | None = None,
) -> RateCardVersion:
    """Accept a version as it was submitted at `seen`.

    Raises SamePerson, Resubmitted, IllegalMove.
    """
    version.refresh_from_db(from_queryset=RateCardVersion.objects.select_for_update(of=("self",)))
    if seen is not None and version.submitted_at is not None and version.submitted_at != seen:
        raise Resubmitted(version)
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


def may_decide(version: RateCardVersion, *, by: str) -> bool:
    """Whether `by` may approve a submitted version, or publish an approved one."""
    refuse = _refuse_authors if version.status == Status.SUBMITTED else refuse_drafter
    try:
        refuse(version, by)
    except SamePerson:
        return False
    return True


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
    told = tell_collision(version, rivals[0]) if rivals else "No other card prices the same loads"
    return Check("rivals", not rivals, told)


def _check_cases(version: RateCardVersion, *, at: datetime) -> Check:
    results = run_cases(version, at=at)
    passed = sum(result.passes for result in results)
    told = f"{passed} of {len(results)} test cases pass" if results else "No test cases"
    return Check("cases", passed == len(results), told)


def _assert_draft(version: RateCardVersion) -> None:
    """Lock the version; what is checked of its rows then holds until it is submitted."""
    version.refresh_from_db(from_queryset=RateCardVersion.objects.select_for_update(of=("self",)))
    if version.status != Status.DRAFT:
        raise IllegalMove(version, Status.SUBMITTED)


def _lanes(count: int) -> str:
    return "1 lane is" if count == 1 else f"{count:,} lanes are"


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


def refuse_drafter(version: RateCardVersion, by: str) -> None:
    """Refuse whoever drafted the version, also behind a key."""
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
