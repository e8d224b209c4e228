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
    """What failed, and the rules that passed."""

    failed: tuple[Gate, ...]
    passed: tuple[str, ...]

    @property
    def total(self) -> int:
        """Return how many rules there are; two gaps under one rule count once."""
        return len({gate.title for gate in self.failed}) + len(self.passed)


def readiness_of(
    billing: LoadBilling | None, blockers: Sequence[Blocker], cases: Sequence[Case]
) -> Readiness:
    """Return the checklist of a load from rows already read."""
    hardest = sorted(blockers, key=lambda b: HARDEST_FIRST.index(b.enforcement))
    failing = {blocker.rule for blocker in blockers}
    is_judged = billing is not None and billing.evaluated_at is not None
    passed = [rule.title for rule in RULES if rule.name not in failing] if is_judged else []
    return Readiness(tuple(_gate(blocker, cases) for blocker in hardest), tuple(passed))


def _gate(blocker: Blocker, cases: Sequence[Case]) -> Gate:
    look, strictness = STRICTNESS.get(Enforcement(blocker.enforcement), ("WARN", "Noted"))
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
