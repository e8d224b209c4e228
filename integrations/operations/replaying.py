"""What a person can do about a message: have it read again, ignore it, send it again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from accounts.rules import BILLING_ROLES, STAFF_ROLES, Role
from exceptions.models import Case
from exceptions.rules.proposals import Change, Proposal
from integrations.events import MESSAGE_RECEIVED
from integrations.models import InboxMessage, OutboxMessage
from integrations.operations.sending import send_again
from journal.operations.recording import assert_in_transaction, record

OPEN = (InboxMessage.Status.FAILED, InboxMessage.Status.PARKED)


def read_again(message: InboxMessage, *, by: str, at: datetime, reason: str = "") -> InboxMessage:
    """Put a message that failed or is parked back to be understood; any other stays as it is."""
    assert_in_transaction()
    held = InboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if held.status in OPEN:
        held.status, held.reason, held.settled_at = InboxMessage.Status.RECEIVED, "", None
        held.save(update_fields=["status", "reason", "settled_at"])
        record(
            MESSAGE_RECEIVED,
            subject=held,
            by=by,
            at=at,
            reason=reason,
            payload={"again": True},
            correlation_id=held.correlation_id,
        )
    return held


def ignore_message(message: InboxMessage, *, by: str, at: datetime, reason: str) -> InboxMessage:
    """End a message that failed or is parked without acting on it."""
    assert_in_transaction()
    held = InboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if held.status in OPEN:
        old = held.status
        held.status, held.reason, held.settled_at = InboxMessage.Status.IGNORED, reason, at
        held.save(update_fields=["status", "reason", "settled_at"])
        record(
            "message.ignored",
            subject=held,
            by=by,
            at=at,
            reason=reason,
            old={"status": old},
            new={"status": held.status},
            correlation_id=held.correlation_id,
        )
    return held


class _AboutMessage:
    """Finds the message of a case."""

    roles: ClassVar[frozenset[Role]] = STAFF_ROLES
    label: ClassVar[str] = ""
    outcome: ClassVar[str] = ""

    def propose(self, case: Case) -> Proposal | None:
        """Return what becomes of the message; None when it has its verdict already."""
        message = self._find(case)
        if message is None or message.status not in OPEN:
            return None
        change = Change(f"Message {message.external_id}", message.status, self.outcome)
        return Proposal(f"{self.label}: {message.external_id}.", (change,))

    def _find(self, case: Case) -> InboxMessage | None:
        return InboxMessage.objects.filter(pk=case.detail.get("message_id")).first()


class ReadAgain(_AboutMessage):
    """Understand the message once more, now that a code is mapped or a load is there."""

    label: ClassVar[str] = "Read again"
    needs_reason: ClassVar[bool] = False
    outcome: ClassVar[str] = InboxMessage.Status.RECEIVED

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Put the message back; what it says is applied in the background."""
        message = self._find(case)
        if message is not None:
            read_again(message, by=by, at=at, reason=reason)
        return "The message is read again."


class IgnoreMessage(_AboutMessage):
    """Act on nothing of it."""

    label: ClassVar[str] = "Ignore the message"
    needs_reason: ClassVar[bool] = True
    outcome: ClassVar[str] = InboxMessage.Status.IGNORED

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """End the message; its bytes stay."""
        message = self._find(case)
        if message is not None:
            ignore_message(message, by=by, at=at, reason=reason)
        return "The message is ignored."


class SendAgain:
    """Send a document once more that a target refused, lost or holds differently."""

    label: ClassVar[str] = "Send again"
    needs_reason: ClassVar[bool] = False
    roles: ClassVar[frozenset[Role]] = BILLING_ROLES

    def propose(self, case: Case) -> Proposal | None:
        """Return what is sent where; None when it has arrived meanwhile."""
        message = self._find(case)
        if message is None or message.status != OutboxMessage.Status.DEAD:
            return None
        target = message.get_target_display()
        return Proposal(
            f"{target} is asked whether it holds the document; if not, it is sent.",
            (Change(target, message.status, OutboxMessage.Status.WAITING),),
        )

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Make the message due."""
        message = self._find(case)
        if message is not None:
            send_again(message, by=by, at=at)
        return "The document is sent again."

    def _find(self, case: Case) -> OutboxMessage | None:
        return OutboxMessage.objects.filter(pk=case.detail.get("outbox_id")).first()
