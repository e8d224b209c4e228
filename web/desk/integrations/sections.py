"""The sections of the integrations pages."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from integrations.models import InboxMessage, OutboxMessage
from web.lists.counts import bounded_count

PAGES = (
    ("Health", "desk:integrations"),
    ("Inbox", "desk:inbox"),
    ("Outbox", "desk:outbox"),
)
SIMULATOR = ("Simulator", "desk:simulator")


@dataclass(frozen=True, slots=True)
class Section:
    """One tab; its count is of what is stuck."""

    words: str
    href: str
    is_current: bool
    count: str = ""
    is_hot: bool = True


def sections(current: str) -> list[Section]:
    """Return the tabs with `current`, a view name, marked."""
    failed = InboxMessage.objects.filter(status=InboxMessage.Status.FAILED)
    dead = OutboxMessage.objects.filter(status=OutboxMessage.Status.DEAD)
    stuck = {"desk:inbox": bounded_count(failed), "desk:outbox": bounded_count(dead)}
    pages = (*PAGES, SIMULATOR) if plan_file().exists() else PAGES
    return [
        Section(words, reverse(view), view == current, stuck.get(view, "")) for words, view in pages
    ]


def plan_file() -> Path:
    """Return where the demonstration's simulator writes its plan when it starts."""
    return Path(settings.VAR_DIR) / "demo" / "plan.json"
