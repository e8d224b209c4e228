"""The sections of the integrations pages."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.rules import ADMINISTRATING_ROLES
from web.desk.integrations.letters import DEAD_LETTERS
from web.lists.counts import bounded_counts, shown

PAGES = (
    ("Health", "desk:integrations"),
    ("Inbox", "desk:inbox"),
    ("Outbox", "desk:outbox"),
    ("Dead letters", "desk:dead_letters"),
)
KEYS = ("API keys", "desk:settings_keys")
SIMULATOR = ("Simulator", "desk:simulator")


@dataclass(frozen=True, slots=True)
class Section:
    """One tab; its count is of what is stuck."""

    words: str
    href: str
    is_current: bool
    count: str = ""
    is_hot: bool = True


def sections(current: str, user: User) -> list[Section]:
    """Return the tabs that `user` may open, with `current`, a view name, marked."""
    found = bounded_counts([letters.rows() for letters in DEAD_LETTERS])
    stuck = {"desk:dead_letters": shown(sum(found))}
    pages = [*PAGES]
    if user.has_role(*ADMINISTRATING_ROLES):
        pages.append(KEYS)
    if plan_file().exists():
        pages.append(SIMULATOR)
    return [
        Section(words, reverse(view), view == current, stuck.get(view, "")) for words, view in pages
    ]


def plan_file() -> Path:
    """Return where the demonstration's simulator writes its plan when it starts."""
    return Path(settings.VAR_DIR) / "demo" / "plan.json"
