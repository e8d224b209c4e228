"""Status in shape, then word, then colour: one table for every state that a page shows.

`{% status "load" load.status %}` draws the bare form for dense cells, `{% badge ... %}` the
tinted form for heads. A text argument replaces the usual word.
"""

from typing import NamedTuple

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web.templatetags.icons import icon

register = template.Library()


class Look(NamedTuple):
    """How one state looks: icon name, tone and the word that says it."""

    icon: str
    tone: str
    word: str


LOOKS: dict[str, dict[str, Look]] = {
    "load": {
        "PLANNED": Look("s-plan", "mute", "Planned"),
        "TENDERED": Look("s-plan", "mute", "Tendered"),
        "ACCEPTED": Look("s-plan", "info", "Accepted"),
        "DISPATCHED": Look("s-plan", "info", "Dispatched"),
        "AT_PICKUP": Look("s-stop", "info", "At pickup"),
        "IN_TRANSIT": Look("s-move", "info", "In transit"),
        "AT_DELIVERY": Look("s-stop", "info", "At delivery"),
        "DELIVERED": Look("s-done", "ok", "Delivered"),
        "CANCELLED": Look("s-skip", "mute", "Cancelled"),
        "TONU": Look("s-skip", "warn", "Truck not used"),
        "DECLINED": Look("s-skip", "bad", "Declined"),
    },
    "billing": {
        "WAITING": Look("s-plan", "mute", "Not yet due"),
        "BLOCKED": Look("s-bad", "bad", "Blocked"),
        "REVIEW": Look("s-hold", "hold", "Needs review"),
        "READY": Look("s-done", "ok", "Ready to bill"),
        "INVOICED": Look("mail", "info", "Invoiced"),
        "NOT_BILLABLE": Look("s-skip", "mute", "Not billable"),
    },
    "charge": {
        "PROPOSED": Look("s-prog", "warn", "Proposed"),
        "APPROVED": Look("s-done", "ok", "Approved"),
        "HELD": Look("s-hold", "hold", "Held"),
        "WAIVED": Look("s-skip", "mute", "Waived"),
        "SUPERSEDED": Look("s-skip", "mute", "Superseded"),
    },
    "document": {
        "RECEIVED": Look("s-prog", "warn", "To be checked"),
        "ACCEPTED": Look("s-done", "ok", "Accepted"),
        "REJECTED": Look("s-bad", "bad", "Rejected"),
    },
    "invoice": {
        "ISSUED": Look("mail", "info", "Issued"),
        "PART_PAID": Look("s-prog", "warn", "Part paid"),
        "PAID": Look("s-done", "ok", "Paid"),
        "CREDITED": Look("s-skip", "mute", "Credited"),
        "OVERDUE": Look("s-bad", "bad", "Overdue"),
    },
    "request": {
        "WAITING": Look("s-plan", "mute", "Waiting"),
        "ISSUED": Look("s-done", "ok", "Issued"),
        "REFUSED": Look("s-bad", "bad", "Not issued"),
    },
    "erp": {
        "QUEUED": Look("s-plan", "mute", "Waiting for ERP"),
        "POSTED": Look("bank", "info", "Posted to ERP"),
        "FAILED": Look("s-bad", "bad", "ERP failed"),
    },
    "case": {
        "BAD": Look("s-bad", "bad", "Urgent"),
        "WARN": Look("s-warn", "warn", "Check"),
        "INFO": Look("s-prog", "info", "For information"),
        "CLOSED": Look("s-done", "ok", "Closed"),
    },
    "stop": {
        "PENDING": Look("s-plan", "mute", "Pending"),
        "ARRIVED": Look("s-stop", "info", "Arrived"),
        "COMPLETED": Look("s-done", "ok", "Completed"),
        "SKIPPED": Look("s-skip", "mute", "Skipped"),
    },
    "message": {
        "RECEIVED": Look("s-plan", "mute", "Received"),
        "PROCESSED": Look("s-done", "ok", "Processed"),
        "IGNORED": Look("s-skip", "mute", "Ignored"),
        "PARKED": Look("clock", "warn", "Parked"),
        "FAILED": Look("s-bad", "bad", "Failed"),
        "WAITING": Look("s-plan", "mute", "Waiting"),
        "LEASED": Look("refresh", "info", "On its way"),
        "SENT": Look("s-done", "ok", "Sent"),
        "DEAD": Look("s-bad", "bad", "Given up"),
    },
    "version": {
        "DRAFT": Look("edit", "mute", "Draft"),
        "SUBMITTED": Look("s-hold", "hold", "Sent for approval"),
        "APPROVED": Look("s-prog", "info", "Approved"),
        "IN_FORCE": Look("s-done", "ok", "In force"),
        "COMING": Look("clock", "info", "To come"),
        "ENDED": Look("s-skip", "mute", "Ended"),
        "RETIRED": Look("s-skip", "mute", "Retired"),
    },
    "import": {
        "RECEIVED": Look("refresh", "info", "Being read"),
        "ASKING": Look("help", "warn", "Asks something"),
        "READY": Look("s-prog", "info", "Preview"),
        "REFUSED": Look("s-bad", "bad", "Cells to mend"),
        "APPLYING": Look("refresh", "info", "Being written"),
        "APPLIED": Look("s-done", "ok", "In the draft"),
        "DISCARDED": Look("s-skip", "mute", "Given up"),
    },
    "policy": {
        "DRAFT": Look("s-hold", "hold", "Waits for approval"),
        "ACTIVE": Look("s-done", "ok", "In force"),
        "RETIRED": Look("s-skip", "mute", "Replaced"),
        "WITHDRAWN": Look("x", "mute", "Withdrawn"),
    },
    "enforcement": {
        "IGNORE": Look("s-skip", "mute", "Ignored"),
        "WARN": Look("s-warn", "warn", "Warned about"),
        "REVIEW": Look("s-hold", "hold", "Asks for a review"),
        "BLOCK": Look("s-bad", "bad", "Blocks"),
    },
    "customer": {
        "ACTIVE": Look("s-done", "ok", "Active"),
        "ON_HOLD": Look("s-hold", "hold", "On hold"),
        "CLOSED": Look("s-skip", "mute", "Closed"),
    },
    "person": {
        "ACTIVE": Look("s-done", "ok", "Signs in"),
        "INVITED": Look("s-prog", "info", "Invited"),
        "ENDED": Look("s-skip", "mute", "Ended"),
    },
    "key": {
        "LIVE": Look("s-done", "ok", "Live"),
        "ENDING": Look("s-warn", "warn", "Ends soon"),
        "EXPIRED": Look("s-skip", "mute", "Expired"),
        "REVOKED": Look("s-bad", "bad", "Revoked"),
    },
    "switch": {
        "ON": Look("s-done", "ok", "On"),
        "OFF": Look("s-hold", "hold", "Switched off"),
    },
    "change": {
        "changed": Look("edit", "warn", "Changed"),
        "added": Look("plus", "ok", "Added"),
        "removed": Look("x", "bad", "Removed"),
    },
    "backtest": {
        "QUEUED": Look("s-plan", "mute", "Waiting"),
        "RUNNING": Look("refresh", "info", "Running"),
        "DONE": Look("s-done", "ok", "Done"),
        "CANCELLED": Look("s-skip", "mute", "Stopped"),
        "FAILED": Look("s-bad", "bad", "Failed"),
    },
    "check": {
        "OK": Look("s-done", "ok", "OK"),
        "WARN": Look("s-warn", "warn", "Check"),
        "BAD": Look("s-bad", "bad", "Blocked"),
        "HOLD": Look("s-hold", "hold", "Review"),
        "MISSING": Look("docx", "warn", "Missing"),
        "LATER": Look("s-plan", "mute", "Later"),
    },
}


def look_of(domain: str, value: str) -> Look:
    """Return how a state looks; a state without an entry is shown by its own name."""
    known = LOOKS[domain].get(value)
    return known or Look("s-plan", "mute", value.replace("_", " ").capitalize())


def draw(css: str, look: Look, text: str) -> SafeString:
    """Draw icon and word in one of the two forms."""
    return format_html(
        '<span class="{} t-{}">{}{}</span>', css, look.tone, icon(look.icon), text or look.word
    )


@register.simple_tag
def status(domain: str, value: str, text: str = "") -> SafeString:
    """Draw a bare status for a dense cell."""
    return draw("st", look_of(domain, value), text)


@register.simple_tag
def badge(domain: str, value: str, text: str = "") -> SafeString:
    """Draw a tinted badge for a page head."""
    return draw("badge", look_of(domain, value), text)


@register.simple_tag
def look(domain: str, value: str) -> Look:
    """Give a template the parts of a look, for rows that place icon and tone themselves."""
    return look_of(domain, value)


# Words of an evidence check that are not simply good news, as openers of cases write them.
BAD_CHECKS = frozenset({"bad", "mismatch", "missing", "wrong", "failed", "unreadable"})
WARN_CHECKS = frozenset({"warn", "late", "unlinked", "unknown", "differs", "to check", "waiting"})


@register.filter
def check_look(check: str) -> str:
    """Return the look of an evidence check."""
    plain = check.lower()
    if plain in BAD_CHECKS:
        return "BAD"
    return "WARN" if plain in WARN_CHECKS else "OK"


@register.filter
def check_words(check: str) -> str:
    """Return the words of an evidence check."""
    return {"ok": "Match", "bad": "Wrong", "warn": "Check"}.get(check.lower(), check.capitalize())
