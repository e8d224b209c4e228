"""The registry of what a person may have to decide.

Each kind names its owner, its clock, how loud it is and what to do about it. A kind that mirrors
a readiness rule is that rule's blocker as seen in the queue: it ends when the blocker does, and
the rule "no open blocking case" does not count it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.rules import BILLING_ROLES, STAFF_ROLES, Role

INFO, WARN, BAD = "INFO", "WARN", "BAD"
TITLE_LENGTH = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One thing that can go wrong.

    `title` is a template over the case's detail; a field that is not told is left out. `hours` is
    the time to decide. `mirrors` names the readiness rule whose blocker the case stands for; one
    of a rule that holds for everybody cannot be waived.
    """

    name: str
    title: str
    severity: str
    owner: Role
    hours: int
    advice: str
    is_blocking: bool = False
    is_money: bool = False
    is_waivable: bool = True
    mirrors: str = ""

    @property
    def deciders(self) -> frozenset[Role]:
        """Return the roles that may decide: billing where money moves, else any of the staff."""
        return BILLING_ROLES if self.is_money else STAFF_ROLES

    def title_for(self, detail: Mapping[str, Any]) -> str:
        """Return the headline of one case."""
        return self.title.format_map(_Told(detail)).strip(" ,:")[:TITLE_LENGTH]


class _Told(dict[str, Any]):
    """Leaves out what a template asks for and nobody told."""

    def __missing__(self, key: str) -> str:
        return ""


class UnknownKind(LookupError):
    """Nobody has said what such a case is; a programming error."""


_READINESS = (
    Kind(
        name="pod_missing",
        title="Proof of delivery missing, {place}",
        severity=BAD,
        owner=Role.BILLER,
        hours=24,
        advice="Upload the signed proof of delivery, or accept the one that has come.",
        is_blocking=True,
        is_money=True,
        mirrors="pod_accepted",
    ),
    Kind(
        name="stops_incomplete",
        title="Stop not complete, {place}",
        severity=WARN,
        owner=Role.DISPATCHER,
        hours=8,
        advice="Ask the driver for arrival and departure, and record them.",
        is_blocking=True,
        mirrors="all_stops_complete",
    ),
    Kind(
        name="reference_missing",
        title="Reference missing: {reference}",
        severity=WARN,
        owner=Role.BILLER,
        hours=24,
        advice="Ask the customer for the number and add it to the load.",
        is_blocking=True,
        is_money=True,
        mirrors="required_references",
    ),
    Kind(
        name="rate_missing",
        title="No rate found: {lane}",
        severity=BAD,
        owner=Role.BILLING_MANAGER,
        hours=8,
        advice="Publish a rate card with this lane; the load is rated again at once.",
        is_blocking=True,
        is_money=True,
        is_waivable=False,
        mirrors="rate_found",
    ),
    Kind(
        name="rating_problem",
        title="A charge cannot be computed: {problem}",
        severity=WARN,
        owner=Role.BILLER,
        hours=8,
        advice="Correct the fact that the charge is computed from; it is rated again at once.",
        is_blocking=True,
        is_money=True,
        is_waivable=False,
        mirrors="rate_found",
    ),
    Kind(
        name="tax_problem",
        title="The tax cannot be told: {problem}",
        severity=BAD,
        owner=Role.BILLING_MANAGER,
        hours=8,
        advice="Complete the customer's tax profile, the registration, the rate or the stop that"
        " is named; the load is looked at again at once.",
        is_blocking=True,
        is_money=True,
        is_waivable=False,
        mirrors="tax_known",
    ),
    Kind(
        name="receipt_missing",
        title="Receipt missing: {charge}",
        severity=WARN,
        owner=Role.DISPATCHER,
        hours=24,
        advice="Upload the receipt that the charge passes on.",
        is_blocking=True,
        is_money=True,
        mirrors="receipts",
    ),
    Kind(
        name="accessorial_approval",
        title="Approval needed: {charge}",
        severity=WARN,
        owner=Role.BILLING_MANAGER,
        hours=4,
        advice="Compare the charge with its evidence, then approve or waive it.",
        is_blocking=True,
        is_money=True,
        is_waivable=False,
        mirrors="accessorials_approved",
    ),
    Kind(
        name="customer_not_billable",
        title="Customer may not be billed: {status}",
        severity=BAD,
        owner=Role.BILLING_MANAGER,
        hours=24,
        advice="Release the customer, or agree on another one to bill.",
        is_blocking=True,
        is_money=True,
        is_waivable=False,
        mirrors="customer_billable",
    ),
)

_BILLING = (
    Kind(
        name="late_change",
        title="Facts changed after the invoice: {invoice}",
        severity=WARN,
        owner=Role.BILLER,
        hours=24,
        advice="Compare what was billed with what is now known; bill or credit the difference.",
        is_money=True,
    ),
    Kind(
        name="possible_duplicate_load",
        title="Possibly the same as load {other}",
        severity=BAD,
        owner=Role.BILLER,
        hours=8,
        advice="Compare both loads; cancel one, or say why both stand.",
        is_blocking=True,
        is_money=True,
    ),
    Kind(
        name="document_rejected",
        title="Document rejected: {filename}",
        severity=WARN,
        owner=Role.BILLER,
        hours=24,
        advice="Ask the carrier or driver for a legible copy and upload it.",
        is_money=True,
    ),
)

_MILESTONES = (
    Kind(
        name="time_order",
        title="Times out of order, {place}",
        severity=WARN,
        owner=Role.DISPATCHER,
        hours=8,
        advice="Find out which time is right and correct the other.",
    ),
    Kind(
        name="stop_not_found",
        title="A milestone fits no stop, {place}",
        severity=WARN,
        owner=Role.DISPATCHER,
        hours=8,
        advice="Correct the stops of the load, or record the milestone at the right one.",
    ),
    Kind(
        name="ended_and_delivered",
        title="Called off and yet delivered",
        severity=BAD,
        owner=Role.DISPATCHER,
        hours=4,
        advice="Find out which is true and withdraw the other milestone.",
        is_blocking=True,
    ),
    Kind(
        name="nonexistent_time",
        title="A local time that never was: {time}",
        severity=WARN,
        owner=Role.DISPATCHER,
        hours=8,
        advice="Clocks went forward that night: ask for the true time and record it.",
    ),
    Kind(
        name="ambiguous_time",
        title="A local time that came twice: {time}",
        severity=WARN,
        owner=Role.DISPATCHER,
        hours=8,
        advice="Clocks went back that night: ask which of the two it was and record it.",
    ),
)

_MESSAGES = (
    Kind(
        name="load_not_found",
        title="No load for a message: {reference}",
        severity=WARN,
        owner=Role.DISPATCHER,
        hours=8,
        advice="Create the load or correct its reference; the waiting message follows by itself.",
    ),
    Kind(
        name="message_unreadable",
        title="Message cannot be understood: {problem}",
        severity=BAD,
        owner=Role.ADMINISTRATOR,
        hours=8,
        advice="Read the raw message; have the partner send it right, or ignore it with a reason.",
    ),
    Kind(
        name="message_conflict",
        title="Same message, other content: {message}",
        severity=BAD,
        owner=Role.ADMINISTRATOR,
        hours=8,
        advice="Compare both bodies; the first one counts until a correction comes.",
    ),
    Kind(
        name="unknown_status_code",
        title="Unknown status code: {code}",
        severity=WARN,
        owner=Role.ADMINISTRATOR,
        hours=24,
        advice="Map the code in the partner's profile, then read the message again.",
    ),
    Kind(
        name="duplicate_interchange",
        title="Interchange sent twice: {control}",
        severity=INFO,
        owner=Role.ADMINISTRATOR,
        hours=48,
        advice="Nothing was applied twice; tell the partner that the number was used before.",
    ),
    Kind(
        name="unknown_sender",
        title="Unknown sender: {sender}",
        severity=BAD,
        owner=Role.ADMINISTRATOR,
        hours=8,
        advice="Set the partner up, or ignore the message with a reason.",
    ),
)

_INDEXES = (
    Kind(
        name="index_missing",
        title="Fuel price missing: {index}, {survey}",
        severity=WARN,
        owner=Role.BILLING_MANAGER,
        hours=8,
        advice="Ask the publisher, or enter the price with its source; loads go on by themselves.",
        is_money=True,
    ),
    Kind(
        name="index_unreadable",
        title="Fuel price file cannot be read: {index}",
        severity=BAD,
        owner=Role.ADMINISTRATOR,
        hours=8,
        advice="Look at the file and the address of the series; the next good file ends this.",
    ),
    Kind(
        name="index_corrected",
        title="Fuel price corrected: {index}, {survey}",
        severity=INFO,
        owner=Role.BILLING_MANAGER,
        hours=48,
        advice="New ratings use it; decide whether what was billed is billed anew.",
        is_money=True,
    ),
)

_MACHINES = (
    Kind(
        name="tender_unanswered",
        title="Tender not answered in time: load {load}",
        severity=BAD,
        owner=Role.DISPATCHER,
        hours=1,
        advice="Ask the customer whether it still stands, and accept or decline it.",
    ),
    Kind(
        name="tender_lapsed",
        title="Tender declined by the clock: load {load}",
        severity=INFO,
        owner=Role.DISPATCHER,
        hours=8,
        advice="Nobody answered in time, so the customer was told no as its terms say. Call if the"
        " freight was wanted; otherwise waive this.",
    ),
    Kind(
        name="dead_letter",
        title="Work given up: {event}, {subscriber}",
        severity=BAD,
        owner=Role.ADMINISTRATOR,
        hours=4,
        advice="Read the last error, remove its cause, then replay.",
    ),
    Kind(
        name="outbox_dead",
        title="Message not delivered: {target}",
        severity=BAD,
        owner=Role.ADMINISTRATOR,
        hours=4,
        advice="Read the partner's last answer, remove its cause, then send again.",
    ),
    Kind(
        name="mail_undelivered",
        title="E-mail not delivered: {document}",
        severity=WARN,
        owner=Role.BILLER,
        hours=24,
        advice="Ask for the right address and correct it; then send again, or waive it.",
    ),
    Kind(
        name="erp_rejected",
        title="Refused by the ERP: {document}",
        severity=BAD,
        owner=Role.BILLER,
        hours=8,
        advice="Correct what the ERP refuses, then post again.",
        is_money=True,
    ),
    Kind(
        name="erp_mismatch",
        title="The ERP holds another amount: {document}",
        severity=BAD,
        owner=Role.BILLING_MANAGER,
        hours=4,
        advice="Compare both documents; correct the one that is wrong.",
        is_money=True,
    ),
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (*_READINESS, *_BILLING, *_MILESTONES, *_MESSAGES, *_INDEXES, *_MACHINES)
}


def find_kind(name: str) -> Kind:
    """Return the kind called `name`.

    Raises:
        UnknownKind: there is none.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(
            f"{name!r} is no kind of case; exceptions/rules/kinds.py lists them."
        ) from None
