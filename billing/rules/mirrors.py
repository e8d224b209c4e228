"""Which blockers a person sees as a case, and how such a case is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from billing.rules.facts import BillingFacts
from billing.rules.policy import Enforcement
from billing.rules.readiness import Blocker

# Rule -> (kind of case, field of its title). A rule without an entry opens no case: the case
# behind "no open blocking case" is open already, and nobody can hurry a delivery from a desk.
KINDS: Mapping[str, tuple[str, str]] = {
    "all_stops_complete": ("stops_incomplete", "place"),
    "pod_accepted": ("pod_missing", "place"),
    "required_references": ("reference_missing", "reference"),
    "rate_found": ("rating_problem", "problem"),
    "tax_known": ("tax_problem", "problem"),
    "accessorials_approved": ("accessorial_approval", "charge"),
    "receipts": ("receipt_missing", "charge"),
    "customer_billable": ("customer_not_billable", "status"),
}
NO_RATE = ("rate_missing", "lane")


@dataclass(frozen=True, slots=True)
class Mirror:
    """A blocker as the queue shows it.

    `is_of_customer` says that the case is the customer's and not of one load: however many loads
    wait for the customer, there is one case.
    """

    kind: str
    subject_key: str
    value: Decimal | None
    detail: Mapping[str, Any] = field(compare=False, default_factory=dict)
    is_of_customer: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes it the same case."""
        return self.kind, self.subject_key


def mirrors_of(
    blockers: Iterable[Blocker], facts: BillingFacts, *, customer_code: str
) -> tuple[Mirror, ...]:
    """Return the cases that the blockers of a finished load ask for.

    A warning asks nobody, a review is asked for by the load itself, and before the load is over
    nothing is late.
    """
    if not facts.is_over:
        return ()
    return tuple(
        _mirror(blocker, facts, customer_code)
        for blocker in blockers
        if blocker.rule in KINDS and blocker.enforcement is Enforcement.BLOCK
    )


def _mirror(blocker: Blocker, facts: BillingFacts, customer_code: str) -> Mirror:
    kind, about = NO_RATE if _is_rate_missing(blocker) else KINDS[blocker.rule]
    detail = {
        about: blocker.about,
        "rule": blocker.rule,
        "blocker": blocker.subject_key,
        "message": blocker.message,
        "action": blocker.action,
    }
    if blocker.rule == "customer_billable":
        return Mirror(kind, f"customer:{customer_code}", None, detail, is_of_customer=True)
    detail["load"] = facts.number
    return Mirror(kind, _subject(blocker, facts), blocker.value, detail)


def _is_rate_missing(blocker: Blocker) -> bool:
    return blocker.rule == "rate_found" and blocker.action in {"add_rate", "add_charge"}


def _subject(blocker: Blocker, facts: BillingFacts) -> str:
    if blocker.rule == "accessorials_approved":
        return blocker.subject_key
    return f"load:{facts.number}:{blocker.subject_key}".rstrip(":")
