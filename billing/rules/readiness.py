"""The readiness rules: each a pure function of facts and its setting, yielding what is missing.

A rule speaks as soon as somebody can act on it and no sooner: references are asked for from the
start, papers and prices once the load is over. `find_blockers` runs them all, so that a load
shows everything it lacks at once; `verdict` turns the answer into the load's billing status.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from accounts.rules import Role
from billing.rules.facts import BillingFacts, ChargeFact, DocumentFact, ProblemFact
from billing.rules.policy import Enforcement, Policy, Setting

# A charge of this code is billed against a paper of this kind.
RECEIPTS: Mapping[str, str] = {"LUM": "LUMPER_RECEIPT", "SCL": "SCALE_TICKET"}
PAPER_NAMES: Mapping[str, str] = {
    "LUMPER_RECEIPT": "lumper receipt",
    "SCALE_TICKET": "scale ticket",
}

# What a person does about a problem of rating; anything else is for the pricing desk to look at.
PROBLEM_ACTIONS: Mapping[str, tuple[str, Role]] = {
    "no_rate": ("add_rate", Role.BILLING_MANAGER),
    "no_fuel_index": ("add_fuel_price", Role.BILLING_MANAGER),
    "fact_missing": ("complete_load", Role.DISPATCHER),
    "clock_missing": ("correct_clock", Role.DISPATCHER),
    "clock_reversed": ("correct_clock", Role.DISPATCHER),
    "receipt_missing": ("upload_receipt", Role.DISPATCHER),
    "receipt_unreadable": ("read_receipt", Role.BILLER),
}
# The same about a problem of tax.
TAX_ACTIONS: Mapping[str, tuple[str, Role]] = {
    "no_tax_rule": ("add_tax_rate", Role.BILLING_MANAGER),
    "no_tax_rate": ("add_tax_rate", Role.BILLING_MANAGER),
    "tax_fact_missing": ("complete_load", Role.DISPATCHER),
    "vat_id_missing": ("complete_tax_profile", Role.BILLER),
    "vat_id_invalid": ("complete_tax_profile", Role.BILLER),
    "tax_registration_missing": ("add_tax_registration", Role.BILLING_MANAGER),
}
UNKNOWN_PROBLEM = ("review_rating", Role.BILLING_MANAGER)
SUBJECT_LENGTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One thing missing: what, about what, whose it is, until when, what to do, what it is worth.

    `subject_key` tells two blockers of one rule apart: "stop:3", "charge:81", "PO"; `about` names
    it to a reader. `due_in` counts from the opening; None has no clock. For `patience` nobody is
    asked: what is usually on its way needs no case. `action` is a machine name that a page turns
    into a link.
    """

    subject_key: str = ""
    about: str = ""
    message: str
    action: str
    owner_group: Role
    due_in: timedelta | None = None
    patience: timedelta = timedelta(0)
    value: Decimal | None = None
    rule: str = ""
    enforcement: Enforcement = Enforcement.BLOCK

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes this the same blocker at the next evaluation."""
        return self.rule, self.subject_key


def delivered(facts: BillingFacts, _setting: Setting) -> Iterator[Blocker]:
    """The load is delivered, or its truck was sent away unused."""
    if not facts.is_over:
        yield Blocker(
            message="The load is not delivered yet.", action="wait", owner_group=Role.DISPATCHER
        )


def all_stops_complete(facts: BillingFacts, _setting: Setting) -> Iterator[Blocker]:
    """Every stop of a delivered load has been left, or was struck from the route."""
    if not facts.is_delivered:
        return
    for stop in facts.stops:
        if not stop.is_over:
            yield Blocker(
                subject_key=f"stop:{stop.sequence}",
                about=stop.name,
                message=f"Stop {stop.sequence}, {stop.name}, is not complete.",
                action="complete_stop",
                owner_group=Role.DISPATCHER,
                due_in=timedelta(hours=4),
                value=facts.total,
            )


def pod_accepted(facts: BillingFacts, setting: Setting) -> Iterator[Blocker]:
    """Somebody accepted a proof of delivery; that one came is not enough.

    The parameter is how many minutes a proof may take to come before somebody is asked for it.
    """
    papers = [paper for paper in facts.documents if paper.kind == "POD"]
    if not facts.is_delivered or any(paper.status == "ACCEPTED" for paper in papers):
        return
    if any(paper.status == "RECEIVED" for paper in papers):
        yield Blocker(
            about=facts.destination,
            message="The proof of delivery waits to be checked.",
            action="check_pod",
            owner_group=Role.BILLER,
            due_in=timedelta(hours=4),
            value=facts.total,
        )
        return
    yield Blocker(
        about=facts.destination,
        message=_no_pod(papers),
        action="upload_pod",
        owner_group=Role.DISPATCHER,
        due_in=timedelta(hours=24),
        patience=timedelta(0) if papers else timedelta(minutes=whole_number(setting.parameter)),
        value=facts.total,
    )


def _no_pod(rejected: list[DocumentFact]) -> str:
    if not rejected:
        return "No proof of delivery is on file."
    return f"The proof of delivery was rejected: {rejected[-1].reason}"


def whole_number(parameter: str) -> int:
    """Return the number in a parameter, 0 for an empty one. Raises `ValueError`."""
    return int(parameter) if parameter.strip() else 0


def required_references(facts: BillingFacts, setting: Setting) -> Iterator[Blocker]:
    """The load carries a reference of every kind that is asked for.

    The parameter names the kinds, as in "PO,BOL".
    """
    for kind in named_kinds(setting.parameter):
        if kind not in facts.reference_kinds:
            yield Blocker(
                subject_key=kind,
                about=kind.replace("_", " "),
                message=f"{facts.customer_name} asks for a {kind.replace('_', ' ')} number.",
                action="add_reference",
                owner_group=Role.DISPATCHER,
                due_in=timedelta(hours=8),
                value=facts.total or None,
            )


def named_kinds(parameter: str) -> tuple[str, ...]:
    """Return the kinds in a parameter such as "PO, BOL", each once."""
    kinds = (kind.strip().upper() for kind in parameter.split(","))
    return tuple(dict.fromkeys(kind for kind in kinds if kind))


def rate_found(facts: BillingFacts, _setting: Setting) -> Iterator[Blocker]:
    """Rating could price everything, and there is something to charge."""
    if not facts.is_over:
        return
    for problem in facts.problems:
        yield _unpriced(problem, facts)
    if not facts.problems and not facts.charges:
        yield Blocker(
            subject_key="charges",
            about=f"{facts.origin} to {facts.destination}",
            message="Rating found nothing to charge for this load.",
            action="add_charge",
            owner_group=Role.BILLING_MANAGER,
            due_in=timedelta(hours=4),
        )


def _unpriced(problem: ProblemFact, facts: BillingFacts) -> Blocker:
    action, owner = PROBLEM_ACTIONS.get(problem.code, UNKNOWN_PROBLEM)
    is_lane = action == "add_rate"
    return Blocker(
        subject_key=f"{problem.code}:{problem.subject_key}"[:SUBJECT_LENGTH],
        about=f"{facts.origin} to {facts.destination}" if is_lane else problem.message,
        message=f"{problem.message.rstrip('.')}.",
        action=action,
        owner_group=owner,
        due_in=timedelta(hours=4),
        value=facts.total or None,
    )


def tax_known(facts: BillingFacts, _setting: Setting) -> Iterator[Blocker]:
    """The tax of every charge can be told."""
    for problem in facts.tax_problems:
        action, owner = TAX_ACTIONS.get(problem.code, UNKNOWN_PROBLEM)
        yield Blocker(
            subject_key=f"{problem.code}:{problem.subject_key}"[:SUBJECT_LENGTH],
            about=problem.message,
            message=f"{problem.message.rstrip('.')}.",
            action=action,
            owner_group=owner,
            due_in=timedelta(hours=4),
            value=facts.total or None,
        )


def accessorials_approved(facts: BillingFacts, _setting: Setting) -> Iterator[Blocker]:
    """Nobody has yet to decide on a charge."""
    for charge in facts.charges:
        if charge.status in {"PROPOSED", "HELD"}:
            yield Blocker(
                subject_key=f"charge:{charge.key}",
                about=charge.description,
                message=_undecided(charge),
                action="approve_charge",
                owner_group=Role.BILLING_MANAGER,
                due_in=timedelta(hours=8),
                value=charge.amount,
            )


def _undecided(charge: ChargeFact) -> str:
    why = f": {charge.reason}" if charge.reason else ""
    amount = f"{charge.amount:,.2f} {charge.currency}"
    return f"{charge.description}, {amount}, waits for approval{why}."


def customer_billable(facts: BillingFacts, _setting: Setting) -> Iterator[Blocker]:
    """Invoices may be issued to the customer."""
    if facts.customer_status == "ACTIVE":
        return
    state = {"ON_HOLD": "on hold", "CLOSED": "closed"}.get(facts.customer_status, "not active")
    yield Blocker(
        about=f"{facts.customer_name}, {state}",
        message=f"{facts.customer_name} is {state}, so nothing may be billed.",
        action="review_customer",
        owner_group=Role.BILLING_MANAGER,
        due_in=timedelta(hours=24),
        value=facts.total or None,
    )


def no_open_blocking_case(facts: BillingFacts, _setting: Setting) -> Iterator[Blocker]:
    """No case that blocks billing is open; cases that mirror a blocker do not count."""
    for case in facts.cases:
        yield Blocker(
            subject_key=f"case:{case.number}",
            about=case.title,
            message=f"{case.number} is open: {case.title}.",
            action="close_case",
            owner_group=Role.BILLER,
            due_in=timedelta(hours=8),
            value=facts.total if case.value is None else case.value,
        )


def not_held(facts: BillingFacts, _setting: Setting) -> Iterator[Blocker]:
    """Nobody holds the load back."""
    if facts.hold_reason:
        yield Blocker(
            about=facts.hold_reason,
            message=f"On hold: {facts.hold_reason}",
            action="release_hold",
            owner_group=Role.BILLER,
            value=facts.total or None,
        )


def receipts(facts: BillingFacts, _setting: Setting) -> Iterator[Blocker]:
    """Every charge passed on at cost has its paper, of the same stop or of the whole load."""
    for charge in facts.owed:
        kind = RECEIPTS.get(charge.code)
        if kind and not any(_proves(paper, kind, charge) for paper in facts.documents):
            yield Blocker(
                subject_key=f"charge:{charge.key}",
                about=charge.description,
                message=f"{charge.description} has no {PAPER_NAMES[kind]} on file.",
                action="upload_receipt",
                owner_group=Role.DISPATCHER,
                due_in=timedelta(hours=24),
                value=charge.amount,
            )


def _proves(paper: DocumentFact, kind: str, charge: ChargeFact) -> bool:
    if paper.kind != kind or paper.status == "REJECTED":
        return False
    return None in (paper.stop_sequence, charge.stop_sequence) or (
        paper.stop_sequence == charge.stop_sequence
    )


Check = Callable[[BillingFacts, Setting], Iterable[Blocker]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule. A mandatory one blocks whatever a policy says."""

    check: Check
    title: str
    is_mandatory: bool = False

    @property
    def name(self) -> str:
        """Return the name that policies and blockers use."""
        return self.check.__name__

    def setting(self, policy: Policy) -> Setting:
        """Return the policy's setting, or the default: to block."""
        found = policy.get(self.name, Setting())
        return replace(found, enforcement=Enforcement.BLOCK) if self.is_mandatory else found


RULES: tuple[Rule, ...] = (
    Rule(delivered, "Delivered", is_mandatory=True),
    Rule(all_stops_complete, "All stops complete"),
    Rule(pod_accepted, "POD accepted"),
    Rule(required_references, "Required references"),
    Rule(rate_found, "Rate found", is_mandatory=True),
    Rule(tax_known, "Tax known", is_mandatory=True),
    Rule(accessorials_approved, "Accessorials approved", is_mandatory=True),
    Rule(receipts, "Receipts on file"),
    Rule(customer_billable, "Customer billable", is_mandatory=True),
    Rule(no_open_blocking_case, "No open blocking case"),
    Rule(not_held, "Not on hold", is_mandatory=True),
)
MANDATORY = frozenset(rule.name for rule in RULES if rule.is_mandatory)


def find_blockers(facts: BillingFacts, policy: Policy) -> tuple[Blocker, ...]:
    """Return all that is missing, in the order of the rules; none for a load called off."""
    if facts.is_called_off:
        return ()
    return tuple(blocker for rule in RULES for blocker in _found(rule, facts, policy))


def _found(rule: Rule, facts: BillingFacts, policy: Policy) -> Iterator[Blocker]:
    setting = rule.setting(policy)
    if setting.enforcement is Enforcement.IGNORE:
        return
    for blocker in rule.check(facts, setting):
        named = replace(blocker, rule=rule.name, enforcement=setting.enforcement)
        is_waived = named.key in facts.waived and not rule.is_mandatory
        yield replace(named, enforcement=Enforcement.WARN) if is_waived else named


def verdict(
    facts: BillingFacts, blockers: Iterable[Blocker], *, asks_person: bool, is_reviewed: bool
) -> str:
    """Return the billing status that follows.

    `asks_person` wants a review whatever the rules say; `is_reviewed` tells that it took place.
    """
    enforced = {blocker.enforcement for blocker in blockers}
    if facts.is_called_off:
        return "NOT_BILLABLE"
    if not facts.is_over:
        return "WAITING"
    if Enforcement.BLOCK in enforced:
        return "BLOCKED"
    wants_review = asks_person or Enforcement.REVIEW in enforced
    return "REVIEW" if wants_review and not is_reviewed else "READY"
