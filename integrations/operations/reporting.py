"""Cases that messages open: one place that says which, about what, with which evidence."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from exceptions.models import Case
from exceptions.operations.closing import close_cases
from exceptions.operations.opening import open_case
from integrations.events import Problem
from integrations.models import InboxMessage, OutboxMessage, Source

_KIND_OF_CODE = {
    "unknown_sender": "unknown_sender",
    "unknown_status": "unknown_status_code",
    "nonexistent_time": "nonexistent_time",
    "ambiguous_time": "ambiguous_time",
}
UNREADABLE = "message_unreadable"
NOT_FOUND = "load_not_found"
ABOUT_MESSAGES = (NOT_FOUND, UNREADABLE, *dict.fromkeys(_KIND_OF_CODE.values()))
UNDELIVERED = ("outbox_dead", "erp_rejected", "erp_mismatch", "mail_undelivered")
# The rules that close cases when their fact arrives.
SETTLED, ARRIVED = "rule:message-settled", "rule:document-arrived"
# So much of a raw message a case shows by itself; all of it stands in the inbox.
SHOWN_BYTES = 4_000


def report_refusal(
    message: InboxMessage, *, problems: Sequence[Problem], by: str, at: datetime
) -> list[Case]:
    """Open one case for each kind of thing that is wrong with a message.

    Its detail holds every problem in one sentence each; the raw message is the evidence.
    """
    groups: dict[str, list[Problem]] = {}
    for problem in problems:
        groups.setdefault(_KIND_OF_CODE.get(problem.code, UNREADABLE), []).append(problem)
    return [
        open_case(
            kind,
            subject_key=subject_key(message),
            by=by,
            at=at,
            load=message.load,
            evidence=_evidence(message),
            detail=_detail(message)
            | _title_words(found[0])
            | {"problems": [str(problem) for problem in found]},
        )
        for kind, found in groups.items()
    ]


def report_conflict(
    message: InboxMessage, *, other: InboxMessage | None, by: str, at: datetime
) -> Case:
    """Open the case of an id that came with two bodies; `other` is the second one, if new."""
    is_edi = message.source.dialect == Source.Dialect.EDI
    text = f"{message.external_id} came on {message.received_at:%Y-%m-%d %H:%M} UTC"
    return open_case(
        "duplicate_interchange" if is_edi else "message_conflict",
        subject_key=subject_key(message),
        by=by,
        at=at,
        load=message.load,
        evidence=_evidence(message) + (_evidence(other) if other else []),
        detail=_detail(message)
        | {
            "control": message.external_id,
            "message": message.external_id,
            "problems": [f"{text} and came again with another body; the first one counts."],
        },
    )


def report_parked(message: InboxMessage, *, by: str, at: datetime) -> Case:
    """Open the case of a message that has waited too long for its load."""
    return open_case(
        NOT_FOUND,
        subject_key=subject_key(message),
        by=by,
        at=at,
        evidence=_evidence(message),
        detail=_detail(message) | {"reference": _shown_key(message), "problems": [message.reason]},
    )


def find_reported(messages: Sequence[InboxMessage]) -> set[int]:
    """Return the ids of those messages that an open case is about."""
    keys = {subject_key(message): message.pk for message in messages}
    cases = Case.objects.filter(
        kind__in=ABOUT_MESSAGES, subject_key__in=list(keys), status=Case.Status.OPEN
    )
    return {keys[key] for key in cases.values_list("subject_key", flat=True)}


def close_reports(message: InboxMessage, *, at: datetime) -> None:
    """Close what was open about a message that has its verdict now."""
    for kind in ABOUT_MESSAGES:
        close_cases(
            kind,
            subject_key(message),
            by=SETTLED,
            at=at,
            resolution="settled",
            reason=message.reason,
        )


def report_undelivered(message: OutboxMessage, *, kind: str, by: str, at: datetime) -> Case:
    """Open the case of a document that a target does not hold as it should."""
    invoice = message.invoice
    return open_case(
        kind,
        subject_key=f"outbox:{message.pk}",
        by=by,
        at=at,
        customer=invoice.customer if invoice else None,
        value_amount=invoice.total_amount if invoice else None,
        currency=invoice.currency if invoice else "USD",
        evidence=[_fact("Last answer", message.verdict, message.get_target_display())],
        detail={
            "outbox_id": message.pk,
            "target": message.get_target_display(),
            "document": _document(message),
            "attempts": message.attempts,
            "problems": [message.verdict],
        },
    )


def _document(message: OutboxMessage) -> str:
    """Name what was sent: an invoice by its number, a letter by its subject and whom it was for."""
    if message.target == OutboxMessage.Target.MAIL:
        return f"{message.body['subject']}, to {message.body['to']}"
    if message.target == OutboxMessage.Target.EDI:
        return str(message.body["filename"])
    return message.invoice.number if message.invoice else message.subject_key


def close_undelivered(message: OutboxMessage, *, at: datetime) -> None:
    """Close what was open about a document that has arrived after all."""
    for kind in UNDELIVERED:
        close_cases(
            kind,
            f"outbox:{message.pk}",
            by=ARRIVED,
            at=at,
            resolution="sent",
            reason=f"{message.get_target_display()} holds the document.",
        )


def subject_key(message: InboxMessage) -> str:
    """Return the name of a message among the subjects of cases."""
    return f"message:{message.pk}"


def _evidence(message: InboxMessage) -> list[dict[str, str]]:
    text = bytes(message.body[:SHOWN_BYTES]).decode("utf-8", errors="replace")
    return [_fact(f"Raw message {message.external_id}", text, message.source.name)]


def _fact(fact: str, value: str, source: str) -> dict[str, str]:
    return {"fact": fact, "value": value, "source": source, "check": ""}


def _detail(message: InboxMessage) -> dict[str, Any]:
    return {
        "source": message.source.slug,
        "message_id": message.pk,
        "external_id": message.external_id,
    }


def _title_words(problem: Problem) -> dict[str, str]:
    """Return what the titles of the kinds ask for."""
    shown = problem.value or problem.message.removesuffix(".")
    return dict.fromkeys(("sender", "code", "time", "problem"), shown)


def _shown_key(message: InboxMessage) -> str:
    return message.parked_keys[0].replace(":", " ") if message.parked_keys else ""
