"""Is the load ready to be billed? The rules are asked under the lock of its billing row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.models import LoadBilling
from billing.operations.blocking import keep_blockers
from billing.operations.causes import NO_CAUSES, Causes, because_of
from billing.operations.holding import hold_billing, hold_billings, require_seen
from billing.operations.mirroring import adopt_waivers, mirror_blockers
from billing.operations.pricing import Problems, keep_price, price_loads
from billing.queries.dossiers import Dossier, read_dossiers
from billing.rules.facts import BillingFacts
from billing.rules.mirrors import mirrors_of
from billing.rules.policy import Enforcement
from billing.rules.readiness import Blocker, find_blockers, verdict
from journal.operations.lifecycle import advance
from journal.operations.recording import record

Status = LoadBilling.Status


class NotForReview(Exception):
    """The load does not wait for somebody to approve it to bill."""

    status = 409
    code = "not_for_review"


def evaluate_load(load_id: int, *, by: str, at: datetime) -> LoadBilling:
    """Price one load, ask every rule, and write the verdict; as `evaluate_loads`."""
    return evaluate_loads([load_id], by=by, at=at)[0]


def evaluate_loads(
    load_ids: Iterable[int], *, by: str, at: datetime, causes: Causes = NO_CAUSES
) -> list[LoadBilling]:
    """Price loads, ask every rule, and write the verdicts; return the billing rows by load id.

    The billing rows are locked first, in the order of the loads, so an older verdict never
    overwrites a newer one. `causes` names the event that has a load evaluated. An evaluation
    that finds nothing new writes nothing.

    Raises:
        Load.DoesNotExist: one of the loads does not exist.
    """
    dossiers = examine(hold_billings(load_ids), by=by, at=at, causes=causes)
    return [dossier.billing for dossier in dossiers]


def examine(
    billings: Sequence[LoadBilling],
    *,
    by: str,
    at: datetime,
    causes: Causes = NO_CAUSES,
) -> list[Dossier]:
    """Evaluate loads whose billing rows are held; return what was looked at, up to date."""
    dossiers = read_dossiers(billings, at=at)
    quotes = price_loads(dossiers, at=at)
    for dossier in dossiers:
        with because_of(causes.get(dossier.load.pk)):
            problems = keep_price(dossier, quotes.get(dossier.load.pk), by=by, at=at)
            if not dossier.is_invoiced:
                _judge(dossier, problems, by=by, at=at)
    return dossiers


def approve_to_bill(
    load_billing: LoadBilling, *, by: str, at: datetime, seen: Decimal | None = None
) -> LoadBilling:
    """Say that a load which waits for review may be billed as it stands.

    Raises:
        NotForReview: it does not wait for review (any more).
        AmountChanged: its charges come to something else than was `seen`.
    """
    billing = hold_billing(load_billing.load_id)
    if billing.status != Status.REVIEW:
        raise NotForReview(f"This load is {billing.get_status_display().lower()}, not to review.")
    require_seen(seen, now=billing.total_amount, currency=billing.currency)
    return advance(
        billing, Status.READY, by=by, at=at, reason=billing.review_reason,
        payload=_payload(billing), reviewed_by=by, reviewed_at=at, review_reason="",
    )  # fmt: skip


def _judge(dossier: Dossier, problems: Problems, *, by: str, at: datetime) -> None:
    """Ask the rules about one load and write what follows."""
    facts = dossier.facts(problems)
    blockers = find_blockers(facts, dossier.policy)
    code = dossier.load.customer.code
    mirrors = mirrors_of(blockers, facts, customer_code=code)
    if adopt_waivers(dossier, mirrors):
        facts = dossier.facts(problems)
        blockers = find_blockers(facts, dossier.policy)
        mirrors = mirrors_of(blockers, facts, customer_code=code)
    is_other = keep_blockers(dossier, blockers, at=at)
    _settle(dossier, facts, blockers, is_other=is_other, by=by, at=at)
    mirror_blockers(dossier, mirrors, by=by, at=at)


def _settle(
    dossier: Dossier,
    facts: BillingFacts,
    blockers: Iterable[Blocker],
    *,
    is_other: bool,
    by: str,
    at: datetime,
) -> None:
    """Write status, total and count where they differ, with the one event that tells of it."""
    billing = dossier.billing
    blocking = [b for b in blockers if b.enforcement is Enforcement.BLOCK]
    fields: dict[str, Any] = {
        "total_amount": dossier.total,
        "currency": dossier.rating.currency if dossier.rating else dossier.load.currency,
        "blocker_count": len(blocking),
        "rating_id": dossier.rating.pk if dossier.rating else None,
    }
    old = {
        name: getattr(billing, name) for name in fields if getattr(billing, name) != fields[name]
    }
    is_reviewed = dossier.is_reviewed_since(dossier.doubts)
    status = verdict(facts, blockers, asks_person=dossier.asks_person, is_reviewed=is_reviewed)
    payload = {"load_id": billing.load_id, "blockers": [" ".join(b.key).strip() for b in blocking]}
    if status != billing.status:
        advance(billing, status, by=by, at=at, payload=payload, evaluated_at=at, **fields)
    elif old or is_other:
        _write(billing, fields | {"evaluated_at": at})
        new = {name: fields[name] for name in old}
        record("load.reassessed", subject=billing, by=by, at=at, old=old, new=new, payload=payload)


def _write(billing: LoadBilling, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(billing, name, value)
    billing.save(update_fields=sorted(fields))


def _payload(billing: LoadBilling) -> dict[str, Any]:
    return {"load_id": billing.load_id, "blockers": []}
