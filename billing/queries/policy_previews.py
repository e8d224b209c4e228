"""What a draft of a policy would change for the loads that wait now. Nothing is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.models import LoadBilling, ReadinessPolicy
from billing.queries.dossiers import Dossier, read_dossiers
from billing.queries.policies import Policies, read_policies
from billing.queries.subjects import UNDECIDED
from billing.rules.facts import ProblemFact
from billing.rules.policy import Enforcement
from billing.rules.readiness import Blocker, find_blockers, verdict

# A preview reads this many loads and says so where more wait.
MOST_LOADS = 500


@dataclass(frozen=True, slots=True)
class Move:
    """One load that the draft would treat differently, and what it would then lack."""

    number: str
    before: str
    after: str
    missing: tuple[str, ...]
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The loads that were looked at, and those for which something would change."""

    looked_at: int
    is_all: bool
    moves: tuple[Move, ...]

    @property
    def steps(self) -> list[tuple[str, str, int]]:
        """Return how many loads go from which status to which, most loads first."""
        counted = Counter((move.before, move.after) for move in self.moves)
        return [(before, after, count) for (before, after), count in counted.most_common()]


def preview_policy(draft: ReadinessPolicy, *, at: datetime) -> Preview:
    """Judge the waiting loads of the draft's scope as if it were in force.

    Prices are those of the last evaluation. The oldest `MOST_LOADS` loads are looked at, in a
    fixed number of queries.
    """
    policies = read_policies().with_draft(draft)
    waiting = _waiting(draft)[: MOST_LOADS + 1]
    dossiers = read_dossiers(waiting[:MOST_LOADS], at=at)
    concerned = [dossier for dossier in dossiers if _counts(policies, draft, dossier)]
    moves = (_move(dossier, policies, at=at) for dossier in concerned)
    return Preview(
        looked_at=len(concerned),
        is_all=len(waiting) <= MOST_LOADS,
        moves=tuple(move for move in moves if move),
    )


def _waiting(draft: ReadinessPolicy) -> Sequence[LoadBilling]:
    rows = LoadBilling.objects.filter(status__in=UNDECIDED)
    if draft.customer_id:
        rows = rows.filter(customer_id=draft.customer_id)
    if draft.shipment_type:
        rows = rows.filter(load__shipment_type=draft.shipment_type)
    return list(rows.order_by("load_id")[: MOST_LOADS + 1])


def _counts(policies: Policies, draft: ReadinessPolicy, dossier: Dossier) -> bool:
    """Tell whether no more precise policy stands before the draft."""
    load = dossier.load
    return policies.counts(draft, customer_id=load.customer_id, shipment_type=load.shipment_type)


def _move(dossier: Dossier, policies: Policies, *, at: datetime) -> Move | None:
    load, billing = dossier.load, dossier.billing
    facts = dossier.facts(_problems(dossier))
    policy = policies.for_load(customer_id=load.customer_id, shipment_type=load.shipment_type)
    now, then = find_blockers(facts, dossier.policy), find_blockers(facts, policy)
    after = verdict(
        facts,
        then,
        asks_person=dossier.asks_person,
        is_reviewed=dossier.is_reviewed_since(_doubts(dossier, then, at=at)),
    )
    held = {blocker.key for blocker in _of(now, Enforcement.BLOCK)}
    missing = [b.message for b in _of(then, Enforcement.BLOCK) if b.key not in held]
    if after == billing.status and not missing:
        return None
    return Move(
        load.number, billing.status, after, tuple(missing), billing.total_amount, billing.currency
    )


def _doubts(dossier: Dossier, then: Sequence[Blocker], *, at: datetime) -> list[datetime]:
    """Return when each doubt was opened: those that stand keep their clock, others open now."""
    opened = {row.key: row.opened_at for row in dossier.blockers}
    return [opened.get(blocker.key, at) for blocker in _of(then, Enforcement.REVIEW)]


def _of(blockers: Sequence[Blocker], enforcement: Enforcement) -> list[Blocker]:
    return [blocker for blocker in blockers if blocker.enforcement is enforcement]


def _problems(dossier: Dossier) -> tuple[ProblemFact, ...]:
    """Return what the last rating could not price."""
    if dossier.rating is None or not dossier.is_over:
        return ()
    return tuple(
        ProblemFact(code=p["code"], message=p["message"], subject_key=p["subject_key"])
        for p in dossier.rating.problems
    )
