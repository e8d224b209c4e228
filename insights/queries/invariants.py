"""All that must always hold, collected from the apps that promise it."""

from itertools import chain

from accounts.queries.invariants import INVARIANTS as ACCOUNTS
from billing.queries.invariants import INVARIANTS as BILLING
from dispatch.queries.invariants import INVARIANTS as DISPATCH
from exceptions.queries.invariants import INVARIANTS as EXCEPTIONS
from integrations.queries.invariants import INVARIANTS as INTEGRATIONS
from journal.queries.invariants import INVARIANTS as JOURNAL
from journal.queries.invariants import Invariant, Walk
from rating.queries.invariants import INVARIANTS as RATING


def all_invariants() -> list[Invariant | Walk]:
    """Return every app's invariants by their code: I1, I2, ... I24."""
    found = chain(JOURNAL, ACCOUNTS, DISPATCH, EXCEPTIONS, RATING, BILLING, INTEGRATIONS)
    return sorted(found, key=lambda invariant: int(invariant.code.removeprefix("I")))
