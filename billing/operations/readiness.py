"""Is the load ready to be billed? The rules are asked under the lock of its billing row."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.models import LoadBilling
from billing.operations.blocking import keep_blockers
from billing.operations.causes import NO_CAUSES, Causes
from billing.operations.holding import hold_billing, hold_billings, require_seen
from billing.operations.mirroring import adopt_waivers, mirror_blockers
from billing.operations.pricing import Problems, keep_prices, price_loads
from billing.queries.dossiers import Dossier, read_dossiers
from billing.rules.facts import BillingFacts
from billing.rules.mirrors import Mirror, mirrors_of
from billing.rules.policy import Enforcement
from billing.rules.readiness import Blocker, find_blockers, verdict
from journal.events import Entry
from journal.operations.correlating import because_of
from journal.operations.lifecycle import advance, move_held
from journal.operations.recording import entry_for, record_many
from journal.operations.writing import update_rows

Status = LoadBilling.Status
# What a verdict writes.
WRITTEN = ("status", "total_amount", "currency", "blocker_count", "rating", "evaluated_at")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say about one load, and on what facts."""

    dossier: Dossier
    facts: BillingFacts
    blockers: tuple[Blocker, ...]
    mirrors: tuple[Mirror, ...]


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
    problems = keep_prices(dossiers, quotes, by=by, at=at, causes=causes)
    judged = [_look_at(each, problems) for each in dossiers if not each.is_invoiced]
    waived = adopt_waivers([(each.dossier, each.mirrors) for each in judged])
    judged = [
        _look_at(each.dossier, problems) if each.dossier.load.pk in waived else each
        for each in judged
    ]
    others = keep_blockers([(each.dossier, each.blockers) for each in judged], at=at)
    _settle(judged, others, causes, by=by, at=at)
    mirrors = [(each.dossier, each.mirrors) for each in judged]
    mirror_blockers(mirrors, by=by, at=at, causes=causes)
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


def _look_at(dossier: Dossier, problems: Mapping[int, Problems]) -> Judgement:
    """Ask every rule about one load."""
    facts = dossier.facts(problems[dossier.load.pk])
    blockers = find_blockers(facts, dossier.policy)
    code = dossier.load.customer.code
    return Judgement(dossier, facts, blockers, mirrors_of(blockers, facts, customer_code=code))


def _settle(
    judged: Sequence[Judgement],
    others: Collection[int],
    causes: Causes,
    *,
    by: str,
    at: datetime,
) -> None:
    """Write status, total and count where they differ, with the one event that tells of it."""
    entries, changed = [], []
    for each in judged:
        load_id = each.dossier.load.pk
        with because_of(causes.get(load_id)):
            if entry := _verdict(each, is_other=load_id in others, by=by, at=at):
                entries.append(entry)
                changed.append(each.dossier.billing)
    update_rows(changed, WRITTEN)
    record_many(entries)


def _verdict(judged: Judgement, *, is_other: bool, by: str, at: datetime) -> Entry | None:
    """Bring the billing row to what the rules say, in memory; return what tells of the change."""
    dossier, blockers = judged.dossier, judged.blockers
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
    status = verdict(
        judged.facts, blockers, asks_person=dossier.asks_person, is_reviewed=is_reviewed
    )
    told: dict[str, Any] = {"by": by, "at": at, "payload": _payload(billing, blocking)}
    if status != billing.status:
        return move_held(billing, status, evaluated_at=at, **told, **fields)
    if not (old or is_other):
        return None
    for name, value in (fields | {"evaluated_at": at}).items():
        setattr(billing, name, value)
    new = {name: fields[name] for name in old}
    return entry_for("load.reassessed", subject=billing, old=old, new=new, **told)


def _payload(billing: LoadBilling, blocking: Iterable[Blocker] = ()) -> dict[str, Any]:
    keys = [" ".join(blocker.key).strip() for blocker in blocking]
    return {"load_id": billing.load_id, "blockers": keys}
