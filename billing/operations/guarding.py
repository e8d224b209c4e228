"""The second look before money leaves the house; trusts nothing that readiness concluded.

Kill Bill rather refuses to bill than bills twice; so does this. Each check reads the rows anew or
recomputes, and one that fails stops the invoice.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.models import BillingClaim, Charge, LoadBilling, LoadClaim
from billing.operations.rerating import CENT
from billing.queries.dossiers import Dossier
from billing.rules.facts import ProblemFact
from billing.rules.policy import Enforcement
from billing.rules.readiness import find_blockers
from rating.engine.rate import printed_order

# More charges than this on one load is a fault of a tariff or of a program, not a bill.
MOST_CHARGES = 200

Status = Charge.Status


class NotBillable(Exception):
    """The guard refuses to bill; `reasons` holds each one as a sentence.

    `is_contradiction` tells that readiness found nothing against it: somebody must look.
    """

    status = 409
    code = "not_billable"

    def __init__(self, dossiers: Sequence[Dossier], reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        ready = LoadBilling.Status.READY
        self.is_contradiction = all(dossier.billing.status == ready for dossier in dossiers)
        number = dossiers[0].load.number
        super().__init__(f"Load {number} cannot be billed: {' '.join(reasons)}")


def billable_charges(dossier: Dossier) -> list[Charge]:
    """Return the charges that an invoice of the load would bill, in the order it prints them.

    The order in which they were made depends on what was heard first; the invoice must not.
    """
    sequences = {stop.pk: stop.sequence for stop in dossier.stops}
    return sorted(
        (charge for charge in dossier.charges if charge.status == Status.APPROVED),
        key=lambda charge: printed_order(
            charge.code, sequences.get(charge.stop_id or 0), charge.occurrence
        ),
    )


@dataclass(frozen=True, slots=True)
class Claims:
    """The loads that live invoices bill, and those of which they bill a charge."""

    loads: frozenset[int]
    charged: frozenset[int]


def read_claims(load_ids: Collection[int]) -> Claims:
    """Read anew what is claimed of a block of loads, in two statements."""
    primary = LoadClaim.objects.filter(load__in=load_ids, kind=LoadClaim.Kind.PRIMARY)
    charges = BillingClaim.objects.filter(charge__load__in=load_ids)
    return Claims(
        frozenset(primary.values_list("load_id", flat=True)),
        frozenset(charges.values_list("charge__load_id", flat=True)),
    )


def guard(dossier: Dossier, claims: Claims) -> None:
    """Let the load be billed, or raise.

    Raises:
        NotBillable: something is missing, undecided, inconsistent or billed already.
    """
    reasons = [
        *_of_load(dossier),
        *_of_rules(dossier),
        *_of_charges(dossier),
        *_of_claims(dossier, claims),
    ]
    if reasons:
        raise NotBillable([dossier], reasons)


def guard_together(dossiers: Sequence[Dossier]) -> None:
    """Let the loads stand on one invoice, or raise `NotBillable`."""
    reasons = []
    if len({dossier.load.customer_id for dossier in dossiers}) > 1:
        reasons.append("The loads are of different customers.")
    charges = [charge for dossier in dossiers for charge in billable_charges(dossier)]
    if len({charge.currency for charge in charges}) > 1:
        reasons.append("The charges are in different currencies.")
    if sum((charge.amount for charge in charges), Decimal(0)) < 0:
        reasons.append("The total is negative.")
    if reasons:
        raise NotBillable(dossiers, reasons)


def _of_load(dossier: Dossier) -> Iterator[str]:
    if not dossier.is_over:
        yield f"It is {dossier.load.get_status_display().lower()}."
    if not dossier.load.customer.is_billable:
        yield f"{dossier.load.customer.name} may not be billed."
    if dossier.billing.status != LoadBilling.Status.READY:
        yield f"Its billing status is {dossier.billing.get_status_display().lower()}."


def _of_rules(dossier: Dossier) -> Iterator[str]:
    """Ask every rule once more, on what rating stored."""
    problems = dossier.rating.problems if dossier.rating else []
    facts = dossier.facts(
        ProblemFact(code=p["code"], message=p["message"], subject_key=p["subject_key"])
        for p in problems
    )
    for blocker in find_blockers(facts, dossier.policy):
        if blocker.enforcement is Enforcement.BLOCK:
            yield blocker.message


def _of_charges(dossier: Dossier) -> Iterator[str]:
    charges = billable_charges(dossier)
    if not charges:
        yield "It has no approved charge."
    if len(charges) > MOST_CHARGES:
        yield f"It has {len(charges)} charges, more than a bill ever has."
    if any(charge.status in {Status.PROPOSED, Status.HELD} for charge in dossier.charges):
        yield "A charge waits for approval."
    if len({charge.identity for charge in charges}) < len(charges):
        yield "A charge stands twice."
    if not _are_products(charges):
        yield "A charge is not its quantity times its rate."


def _are_products(charges: Iterable[Charge]) -> bool:
    return all(abs(c.quantity * c.rate - c.amount) <= CENT for c in charges)


def _of_claims(dossier: Dossier, claims: Claims) -> Iterator[str]:
    if dossier.load.pk in claims.loads:
        yield "A live invoice bills it already."
    if dossier.load.pk in claims.charged:
        yield "A live invoice bills one of its charges already."
