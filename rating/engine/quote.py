"""What rating answers: explained lines, problems, and what was looked at without a charge."""

from dataclasses import dataclass
from decimal import Decimal

from rating.engine.choices import Basis
from rating.engine.facts import LoadFacts
from rating.engine.money import ZERO

# The kind of evidence that tells when the free time at a stop was over.
FREE_UNTIL = "free_until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One numbered step of a calculation: what was done, and what came out of it."""

    text: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A fact a line rests on, who said so, and where it can be opened.

    `reference` names a stored row ("milestone:55", "document:12"); `at` is ISO 8601 in UTC. What
    was worked out is evidence too: "free_until" is the end of the free time at a stop.
    """

    kind: str
    text: str
    source: str = ""
    reference: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One charge with its whole explanation.

    (code, stop_sequence, occurrence) is its identity within the load: rating the load again
    gives the same charge the same identity. The last step is the amount. `amount` differs from
    quantity x rate by less than one minor unit, and only by rounding.
    """

    code: str
    description: str
    summary: str
    basis: Basis
    quantity: Decimal
    unit: str
    rate: Decimal
    amount: Decimal
    currency: str
    rule: str
    version_label: str
    stop_sequence: int | None = None
    occurrence: int = 1
    steps: tuple[Step, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    needs_approval: bool = False
    approval_reason: str = ""

    @property
    def identity(self) -> tuple[str, int | None, int]:
        """What makes this charge the same charge after a re-rating."""
        return self.code, self.stop_sequence, self.occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why part of a price cannot be told. Never an amount of 0 instead.

    `subject_key` says what it is about, so the same trouble is the same case: "lane",
    "stop:2", "index:EIA-US:2026-11-16", "document:12".
    """

    code: str
    message: str
    subject_key: str
    stop_sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCharge:
    """A rule that looked at the load and rightly charged nothing, with the reason."""

    rule: str
    code: str
    reason: str
    stop_sequence: int | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A lane that could have priced the load: the winner, and the losers with the reason."""

    row: int
    label: str
    score: int
    reason: str
    is_winner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The answer. Lines stand in the order an invoice prints them."""

    facts: LoadFacts
    currency: str
    card_version_id: int | None = None
    version_label: str = ""
    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()
    no_charges: tuple[NoCharge, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def total(self) -> Decimal:
        """The sum of the rounded lines, never rounded again."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def is_complete(self) -> bool:
        """Whether everything chargeable could be priced."""
        return not self.problems


class ProblemCode:
    """Names of problems. Callers decide what each one blocks."""

    NO_RATE = "no_rate"
    NO_RULE = "no_rule"
    NO_FUEL_INDEX = "no_fuel_index"
    FUEL_OUT_OF_TABLE = "fuel_out_of_table"
    FACT_MISSING = "fact_missing"
    CLOCK_MISSING = "clock_missing"
    CLOCK_REVERSED = "clock_reversed"
    RECEIPT_MISSING = "receipt_missing"
    RECEIPT_UNREADABLE = "receipt_unreadable"
    BOUNDS_CROSSED = "bounds_crossed"
