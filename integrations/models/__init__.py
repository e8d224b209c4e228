"""Rows of the outside world: sources, messages in, messages out, breakers."""

from integrations.models.breaker import Breaker
from integrations.models.cursor import PollCursor
from integrations.models.inbox import InboxMessage
from integrations.models.notice import Notice
from integrations.models.outbox import OutboxMessage
from integrations.models.partner import EdiPartner
from integrations.models.source import Source

__all__ = [
    "Breaker",
    "EdiPartner",
    "InboxMessage",
    "Notice",
    "OutboxMessage",
    "PollCursor",
    "Source",
]
