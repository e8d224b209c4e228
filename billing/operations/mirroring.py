"""Show blockers that need a person in the review queue, and take them out when they clear."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from billing.models import Blocker
from billing.queries.dossiers import Dossier
from billing.rules.mirrors import Mirror
from billing.rules.readiness import MANDATORY
from exceptions.models import Case
from exceptions.operations.closing import close_cases
from exceptions.operations.opening import open_case
from exceptions.operations.waiving import WAIVED
from exceptions.rules.kinds import KINDS


def adopt_waivers(dossier: Dossier, mirrors: Sequence[Mirror]) -> bool:
    """Waive the blockers whose case a person has waived; tell whether there were any.

    A waiver counts for the blocker that stood when it was made, so one that opens anew needs its
    own. What the law of the house demands cannot be waived: its case opens again.
    """
    open_keys = {(case.kind, case.subject_key) for case in dossier.cases}
    asked = {
        (mirror.detail["rule"], mirror.detail["blocker"]): mirror
        for mirror in mirrors
        if mirror.key not in open_keys
    }
    waivable = [
        blocker
        for blocker in dossier.blockers
        if blocker.key in asked and blocker.rule not in MANDATORY and blocker.waived_at is None
    ]
    adopted = [_adopt(blocker, asked[blocker.key]) for blocker in waivable]
    return any(adopted)


def _adopt(blocker: Blocker, mirror: Mirror) -> bool:
    waiver = (
        Case.objects.filter(
            kind=mirror.kind,
            subject_key=mirror.subject_key,
            status=Case.Status.CLOSED,
            resolution=WAIVED,
            closed_at__gte=blocker.opened_at,
        )
        .order_by("-pk")
        .first()
    )
    if waiver is None:
        return False
    blocker.waived_at, blocker.waived_by = waiver.closed_at, waiver.closed_by
    blocker.waive_reason = waiver.close_reason
    blocker.save(update_fields=["waived_at", "waived_by", "waive_reason"])
    return True


def mirror_blockers(dossier: Dossier, mirrors: Sequence[Mirror], *, by: str, at: datetime) -> None:
    """Open a case for each blocker that asks for a person; close those whose blocker is gone.

    The fact that arrived is named as the closer: "rule:pod_accepted". Cases are opened before any
    is locked for closing.
    """
    wanted = {mirror.key: mirror for mirror in mirrors}
    standing = {(case.kind, case.subject_key): case for case in dossier.cases}
    early = {row.key for row in dossier.blockers if row.case_at and row.case_at > at}
    for key, mirror in wanted.items():
        is_new = key not in standing
        if is_new and (mirror.detail["rule"], mirror.detail["blocker"]) in early:
            continue
        if is_new or _differs(standing[key], mirror):
            _open(mirror, dossier, by=by, at=at)
    for key, case in standing.items():
        if key not in wanted and _is_settled(case, dossier):
            close_cases(
                case.kind, case.subject_key, by=f"rule:{KINDS[case.kind].mirrors}", at=at,
                reason="The fact it waited for has arrived.",
            )  # fmt: skip


def _differs(case: Case, mirror: Mirror) -> bool:
    return case.value_amount != mirror.value or case.detail != dict(mirror.detail)


def _is_settled(case: Case, dossier: Dossier) -> bool:
    """Tell whether the case mirrors a blocker that this load could have and has not.

    A case of the customer is settled by the customer's state alone: a load on its way says
    nothing about it.
    """
    is_mirror = bool(KINDS[case.kind].mirrors)
    return is_mirror and (case.load_id is not None or dossier.load.customer.is_billable)


def _open(mirror: Mirror, dossier: Dossier, *, by: str, at: datetime) -> None:
    open_case(
        mirror.kind,
        subject_key=mirror.subject_key,
        by=by,
        at=at,
        value_amount=mirror.value,
        currency=dossier.billing.currency,
        load=None if mirror.is_of_customer else dossier.load,
        customer=dossier.load.customer,
        evidence=_evidence(mirror, dossier),
        detail=mirror.detail,
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
