"""Show blockers that need a person in the review queue, and take them out when they clear."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from billing.models import Blocker
from billing.operations.causes import NO_CAUSES, Causes
from billing.queries.dossiers import Dossier
from billing.rules.mirrors import Mirror
from billing.rules.readiness import MANDATORY
from exceptions.models import Case
from exceptions.operations.closing import Closing, close_all
from exceptions.operations.holding import Key
from exceptions.operations.opening import Opening, open_cases
from exceptions.operations.waiving import WAIVED
from exceptions.rules.kinds import KINDS
from journal.operations.writing import update_rows


def adopt_waivers(found: Sequence[tuple[Dossier, Sequence[Mirror]]]) -> frozenset[int]:
    """Waive the blockers whose case a person has waived; return the loads that had any.

    A waiver counts for the blocker that stood when it was made, so one that opens anew needs its
    own. What the law of the house demands cannot be waived: its case opens again.
    """
    waivable = [pair for each in found for pair in _waivable(*each)]
    waivers = _waivers([mirror for _, mirror in waivable])
    adopted = [
        blocker for blocker, mirror in waivable if _adopt(blocker, waivers.get(mirror.key, ()))
    ]
    update_rows(adopted, ["waived_at", "waived_by", "waive_reason"])
    return frozenset(blocker.load_id for blocker in adopted)


def _waivable(dossier: Dossier, mirrors: Iterable[Mirror]) -> Iterator[tuple[Blocker, Mirror]]:
    """Give the blockers that may be waived and of which no case is open."""
    open_keys = {(case.kind, case.subject_key) for case in dossier.cases}
    asked = {
        (mirror.detail["rule"], mirror.detail["blocker"]): mirror
        for mirror in mirrors
        if mirror.key not in open_keys
    }
    for blocker in dossier.blockers:
        is_free = blocker.rule not in MANDATORY and blocker.waived_at is None
        if is_free and blocker.key in asked:
            yield blocker, asked[blocker.key]


def _waivers(mirrors: Sequence[Mirror]) -> dict[Key, list[Case]]:
    """Return the waived cases by what they are known by, the newest first."""
    found: dict[Key, list[Case]] = {}
    if mirrors:
        cases = Case.objects.filter(
            kind__in={mirror.kind for mirror in mirrors},
            subject_key__in={mirror.subject_key for mirror in mirrors},
            status=Case.Status.CLOSED,
            resolution=WAIVED,
        )
        for case in cases.order_by("-pk"):
            found.setdefault((case.kind, case.subject_key), []).append(case)
    return found


def _adopt(blocker: Blocker, waivers: Iterable[Case]) -> bool:
    waiver = next((w for w in waivers if w.closed_at and w.closed_at >= blocker.opened_at), None)
    if waiver is None:
        return False
    blocker.waived_at, blocker.waived_by = waiver.closed_at, waiver.closed_by
    blocker.waive_reason = waiver.close_reason
    return True


def mirror_blockers(
    found: Sequence[tuple[Dossier, Sequence[Mirror]]],
    *,
    by: str,
    at: datetime,
    causes: Causes = NO_CAUSES,
) -> None:
    """Open a case for each blocker that asks for a person; close those whose blocker is gone.

    The fact that arrived is named as the closer: "rule:pod_accepted". Cases are opened before any
    is locked for closing.
    """
    openings = [each for pair in found for each in _openings(*pair, causes, at=at)]
    open_cases(openings, by=by, at=at)
    close_all([each for pair in found for each in _closings(*pair, causes)], at=at)


def _openings(
    dossier: Dossier, mirrors: Sequence[Mirror], causes: Causes, *, at: datetime
) -> Iterator[Opening]:
    """Give the cases to open, and those to tell what is new."""
    standing = {(case.kind, case.subject_key): case for case in dossier.cases}
    early = {row.key for row in dossier.blockers if row.case_at and row.case_at > at}
    for key, mirror in {mirror.key: mirror for mirror in mirrors}.items():
        is_new = key not in standing
        if is_new and (mirror.detail["rule"], mirror.detail["blocker"]) in early:
            continue
        if is_new or _differs(standing[key], mirror):
            yield _opening(mirror, dossier, causes)


def _closings(dossier: Dossier, mirrors: Sequence[Mirror], causes: Causes) -> Iterator[Closing]:
    """Give the cases whose blocker is gone."""
    wanted = {mirror.key for mirror in mirrors}
    for case in dossier.cases:
        if (case.kind, case.subject_key) not in wanted and _is_settled(case, dossier):
            yield Closing(
                kind=case.kind,
                subject_key=case.subject_key,
                by=f"rule:{KINDS[case.kind].mirrors}",
                reason="The fact it waited for has arrived.",
                cause=causes.get(dossier.load.pk),
            )


def _differs(case: Case, mirror: Mirror) -> bool:
    return case.value_amount != mirror.value or case.detail != dict(mirror.detail)


def _is_settled(case: Case, dossier: Dossier) -> bool:
    """Tell whether the case mirrors a blocker that this load could have and has not.

    A case of the customer is settled by the customer's state alone: a load on its way says
    nothing about it.
    """
    is_mirror = bool(KINDS[case.kind].mirrors)
    return is_mirror and (case.load_id is not None or dossier.load.customer.is_billable)


def _opening(mirror: Mirror, dossier: Dossier, causes: Causes) -> Opening:
    return Opening(
        kind=mirror.kind,
        subject_key=mirror.subject_key,
        value_amount=mirror.value,
        currency=dossier.billing.currency,
        load=None if mirror.is_of_customer else dossier.load,
        customer=dossier.load.customer,
        evidence=_evidence(mirror, dossier),
        detail=mirror.detail,
        cause=causes.get(dossier.load.pk),
    )


def _evidence(mirror: Mirror, dossier: Dossier) -> list[dict[str, Any]]:
    """Return what the charge in question rests on; other blockers are about what is not there."""
    charge = next((c for c in dossier.charges if mirror.subject_key == f"charge:{c.pk}"), None)
    found = charge.explanation.get("evidence", []) if charge else []
    return [
        {
            "fact": fact.get("kind", "").replace("_", " ").capitalize(),
            "value": fact.get("text", ""),
            "source": fact.get("source", ""),
            "check": "",
        }
        for fact in found
    ]
