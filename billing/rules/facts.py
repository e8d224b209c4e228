"""What the readiness rules look at: plain values, read at one instant under one lock."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFact:
    """One stop and whether the truck has been and gone."""

    sequence: int
    name: str
    kind: str
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFact:
    """One paper of the load. `status` is RECEIVED, ACCEPTED or REJECTED."""

    kind: str
    status: str
    stop_sequence: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFact:
    """One charge that stands. `status` is PROPOSED, HELD, APPROVED or WAIVED."""

    key: str
    code: str
    description: str
    amount: Decimal
    currency: str
    status: str
    stop_sequence: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFact:
    """Why rating could not tell part of the price, or its tax."""

    code: str
    message: str
    subject_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFact:
    """An open case that blocks billing by itself; those that mirror a blocker are left out."""

    number: str
    title: str
    value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingFacts:
    """One load as the rules see it.

    `status` is the folded state of the load, `customer_status` ACTIVE, ON_HOLD or CLOSED.
    `waived` holds the keys of blockers that a named person has waived, `hold_reason` why a person
    holds the load back; empty when nobody does.
    """

    number: str
    status: str
    customer_name: str
    origin: str = ""
    destination: str = ""
    customer_status: str = "ACTIVE"
    reference_kinds: frozenset[str] = frozenset()
    stops: tuple[StopFact, ...] = ()
    documents: tuple[DocumentFact, ...] = ()
    charges: tuple[ChargeFact, ...] = ()
    problems: tuple[ProblemFact, ...] = ()
    tax_problems: tuple[ProblemFact, ...] = ()
    cases: tuple[CaseFact, ...] = ()
    waived: frozenset[tuple[str, str]] = frozenset()
    hold_reason: str = ""

    @property
    def is_delivered(self) -> bool:
        """Tell whether the freight has arrived."""
        return self.status == "DELIVERED"

    @property
    def is_truck_not_used(self) -> bool:
        """Tell whether a truck was ordered and sent away: billable, with nothing delivered."""
        return self.status == "TONU"

    @property
    def is_over(self) -> bool:
        """Tell whether the load came to an end that leaves something to bill."""
        return self.is_delivered or self.is_truck_not_used

    @property
    def is_called_off(self) -> bool:
        """Tell whether the load ended with nothing to bill."""
        return self.status in {"CANCELLED", "DECLINED"}

    @property
    def owed(self) -> tuple[ChargeFact, ...]:
        """Return the charges that are, or may become, part of the bill."""
        return tuple(charge for charge in self.charges if charge.status != "WAIVED")

    @property
    def total(self) -> Decimal:
        """Return what is at stake: the sum of the charges that are not waived."""
        return sum((charge.amount for charge in self.owed), ZERO)
