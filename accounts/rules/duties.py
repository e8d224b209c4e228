"""What each set of roles is for: every door of the desk names one of these sets."""

from dataclasses import dataclass

from accounts.rules import (
    ADMINISTRATING_ROLES,
    APPROVING_ROLES,
    BILLING_ROLES,
    COST_ROLES,
    STAFF_ROLES,
    Role,
)


@dataclass(frozen=True, slots=True)
class Duty:
    """Work of one kind, in words, and the roles that do it."""

    words: str
    roles: frozenset[Role]


DUTIES: tuple[Duty, ...] = (
    Duty("Dispatch: board, loads, events, papers, cases; look at everything", STAFF_ROLES),
    Duty("Tell and see what a load costs and leaves", COST_ROLES),
    Duty("Bill: check papers, approve loads to bill, issue, take payments", BILLING_ROLES),
    Duty("Decide on money: charges, credits, rate cards, customers' terms, rules", APPROVING_ROLES),
    Duty("Keep people, sources and keys", ADMINISTRATING_ROLES),
)
