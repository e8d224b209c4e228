"""Django's own mail, put into the outbox like everything that leaves the house."""

from collections.abc import Sequence
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from accounts.operations.scoping import own_scope
from integrations.operations.mailing import Letter, Posted, queue_letters


class OutboxBackend(BaseEmailBackend):
    """Queues what Django or a package sends by itself; nothing is sent inside a request."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue one letter for each recipient; return how many mails were taken."""
        posted = [
            Posted(f"django:{uuid4()}", _letter(mail, to=to))
            for mail in email_messages
            for to in mail.recipients()
        ]
        with transaction.atomic(), own_scope():
            queue_letters(posted, by="system:django", at=timezone.now())
        return len(email_messages)


def _letter(mail: EmailMessage, *, to: str) -> Letter:
    if mail.attachments:
        raise ValueError("Mail of Django's own carries no attachments here.")
    paragraphs = tuple(part.strip() for part in str(mail.body).split("\n\n") if part.strip())
    return Letter(subject=str(mail.subject), to=to, paragraphs=paragraphs)
