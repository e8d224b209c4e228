"""What stands between a version and the loads it will price, and the next move it can make."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from insights.queries.impact import open_impact, revenue_impact
from rating.models import RateCardVersion
from rating.operations.approving import Check, checks, may_decide
from web.actors import Actor
from web.templatetags.figures import money

Status = RateCardVersion.Status


@dataclass(frozen=True, slots=True)
class Gate:
    """One line of the checklist: its look, its words, and where it is mended."""

    tone: str
    icon: str
    mark: str
    words: str
    note: str = ""
    href: str = ""
    action: str = ""
    posts: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """The next step of a version: the view that makes it and how the page speaks of it.

    `rule` says who may not make it, in words.
    """

    view: str
    words: str
    promise: str
    rule: str


MOVES = {
    Status.DRAFT.value: Move(
        "desk:rate_submit",
        "Send for approval",
        "It cannot change while somebody looks at it. Test cases run once more, and none may fail.",
        "Whoever drafts, edits or sends a version never approves it.",
    ),
    Status.SUBMITTED.value: Move(
        "desk:rate_approve",
        "Approve",
        "An approved version stays as it is; it prices nothing until it is published.",
        "Whoever drafts, edits or sends a version never approves it.",
    ),
    Status.APPROVED.value: Move(
        "desk:rate_publish",
        "Publish",
        "It prices every load of its period. The version before it ends the day before.",
        "Whoever drafts a version never publishes it.",
    ),
}
# Where each check of `rating.operations.approving` is looked into, and the word of its link.
MENDED = {
    "floor": ("desk:rate_floor", "Show"),
    "overlaps": ("desk:rate_card", "Show"),
    "rivals": ("desk:rate_card", "Show"),
    "cases": ("desk:rate_cases", "Show"),
}


def is_barred(version: RateCardVersion, reader: str) -> bool:
    """Tell whether `reader` had too much of a hand in the version to make its next move."""
    waits = version.status in (Status.SUBMITTED, Status.APPROVED)
    return waits and not may_decide(version, by=reader)


def gates_of(version: RateCardVersion, *, at: datetime) -> list[Gate]:
    """Return what was checked, the failures first."""
    found = [_gate(version, check) for check in checks(version, at=at)]
    found.append(_impact_gate(version, at=at))
    return sorted(found, key=lambda gate: gate.tone != "t-bad")


def _impact_gate(version: RateCardVersion, *, at: datetime) -> Gate:
    """Say what the version would have changed in 90 days, as far as a backtest knows."""
    impact = revenue_impact(version, at=at)
    if impact is None:
        return _unknown_impact(version, at=at)
    moved = impact.monthly_amount
    sign = "+" if moved > 0 else ""
    words = f"Impact: {sign}{money(moved, impact.backtest.currency)} a month on 90-day volume"
    note = "The draft has changed since this backtest" if impact.is_stale else ""
    href = reverse("desk:backtest", args=(impact.backtest.pk,))
    return Gate("t-info", "s-prog", "For information", words, note, href, "Show")


def _unknown_impact(version: RateCardVersion, *, at: datetime) -> Gate:
    """Say that a run is under way, or offer to start one."""
    run = open_impact(version, at=at)
    if run is not None:
        words = f"Impact: {run.done_count:,} of {run.total_count:,} loads rated again"
        href = reverse("desk:backtest", args=(run.pk,))
        return Gate("t-info", "s-prog", "Under way", words, "", href, "Show")
    posts = reverse("desk:rate_impact", args=(version.card_id, version.number))
    note = "Rates the loads of 90 days again"
    return Gate(
        "t-info", "s-prog", "Not known", "Impact not known yet", note, "", "Find out", posts
    )


def _gate(version: RateCardVersion, check: Check) -> Gate:
    if check.passes:
        return Gate("t-ok", "s-done", "Done", check.sentence)
    view, action = MENDED[check.name]
    href = reverse(view, args=(version.card_id, version.number))
    return Gate("t-bad", "s-bad", "Look at this", check.sentence, href=href, action=action)


def people_gate(version: RateCardVersion, drafter: Actor, *, is_mine: bool) -> Gate:
    """Say the two-person rule in the words of whoever reads it."""
    if version.status not in MOVES:
        return Gate("t-ok", "s-done", "Done", f"Drafted by {drafter.name}")
    who = "You drafted it" if is_mine else f"{drafter.name} drafted it"
    rule = MOVES[version.status].rule
    return Gate("t-info", "s-prog", "For information", who, note=rule)
