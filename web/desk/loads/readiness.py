"""Billing readiness as a checklist: what is missing first, each with its next step."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from billing.models import Blocker, LoadBilling
from billing.rules.policy import Enforcement
from billing.rules.readiness import RULES
from exceptions.models import Case
from exceptions.rules.kinds import KINDS

TITLES = {rule.name: rule.title for rule in RULES}
HARDEST_FIRST = [each.value for each in reversed(Enforcement)]
STRICTNESS = {
    Enforcement.BLOCK: ("BAD", "Blocks billing"),
    Enforcement.REVIEW: ("HOLD", "Needs a review"),
    Enforcement.WARN: ("WARN", "Warning"),
}
# The next step by the machine name that a rule gives: words, and the place on the load's page.
NEXT_STEPS = {
    "upload_pod": ("Upload", "#upload"),
    "upload_receipt": ("Upload", "#upload"),
    "check_pod": ("Check", "#documents"),
    "read_receipt": ("Check", "#documents"),
    "complete_stop": ("Add event", "#add-event"),
    "correct_clock": ("Add event", "#add-event"),
    "approve_charge": ("Decide", "#charges"),
}
DIALOGS = frozenset({"#upload", "#add-event"})
# What can only be told of a load that is delivered: until then these rules let everything pass.
AFTER_DELIVERY = frozenset(
    {
        "all_stops_complete", "pod_accepted", "rate_found", "tax_known",
        "accessorials_approved", "receipts",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing missing and the way to mend it."""

    title: str
    look: str
    strictness: str
    action: str
    href: str
    blocker: Blocker

    @property
    def dialog(self) -> str:
        """Return the id of the dialog that the action opens on this page, if any."""
        return self.href.removeprefix("#") if self.href in DIALOGS else ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What failed, the rules that passed, and those that are asked once the load is delivered."""

    failed: tuple[Gate, ...]
    passed: tuple[str, ...]
    later: tuple[str, ...] = ()

    @property
    def is_early(self) -> bool:
        """Tell whether the load has yet to be delivered, which is nothing bad."""
        return bool(self.later)

    @property
    def total(self) -> int:
        """Return how many rules there are; two gaps under one rule count once."""
        return len({gate.title for gate in self.failed}) + len(self.passed) + len(self.later)


def readiness_of(
    billing: LoadBilling | None, blockers: Sequence[Blocker], cases: Sequence[Case]
) -> Readiness:
    """Return the checklist of a load from rows already read."""
    hardest = sorted(blockers, key=lambda b: HARDEST_FIRST.index(b.enforcement))
    failing = {blocker.rule for blocker in blockers}
    failed = tuple(_gate(blocker, cases) for blocker in hardest)
    if billing is None or billing.evaluated_at is None:
        return Readiness(failed, ())
    unasked = AFTER_DELIVERY if "delivered" in failing else frozenset()
    quiet = [rule for rule in RULES if rule.name not in failing]
    passed = tuple(rule.title for rule in quiet if rule.name not in unasked)
    return Readiness(failed, passed, tuple(rule.title for rule in quiet if rule.name in unasked))


def _gate(blocker: Blocker, cases: Sequence[Case]) -> Gate:
    look, strictness = STRICTNESS.get(Enforcement(blocker.enforcement), ("WARN", "Noted"))
    look = "LATER" if blocker.action == "wait" else look
    action, href = _next_step(blocker, cases)
    title = TITLES.get(blocker.rule, blocker.rule.replace("_", " ").capitalize())
    return Gate(title, look, strictness, action, href, blocker)


def _next_step(blocker: Blocker, cases: Sequence[Case]) -> tuple[str, str]:
    """Prefer the case that stands for the blocker, then the place on the page, then words."""
    named = blocker.subject_key.removeprefix("case:")
    for case in cases:
        if case.number == named or KINDS[case.kind].mirrors == blocker.rule:
            return "Resolve", reverse("desk:case", args=[case.number])
    if blocker.action in NEXT_STEPS:
        return NEXT_STEPS[blocker.action]
    return blocker.action.replace("_", " ").capitalize(), ""
