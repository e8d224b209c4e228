"""What can be done about a case, found in `settings.RESOLUTIONS` as Django finds its URLs."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.rules import Role
from exceptions.models import Case
from exceptions.rules.proposals import Proposal


class Resolution(Protocol):
    """One action on one kind of case, written in the app that owns the consequence.

    `propose` changes nothing. `apply` makes the change in the transaction that closes the case
    and returns what was done in one sentence; it leaves the case itself alone.
    """

    label: ClassVar[str]
    needs_reason: ClassVar[bool]
    roles: ClassVar[frozenset[Role]]

    def propose(self, case: Case) -> Proposal | None:
        """Return what would happen, or None when the action makes no sense as things stand."""

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Make it happen."""


class UnknownAction(LookupError):
    """The case knows no such action."""

    status = 404
    code = "unknown_action"


@cache
def resolutions() -> dict[tuple[str, str], Resolution]:
    """Return every resolution by (kind, action), in the order of the map."""
    table: Mapping[tuple[str, str], str] = import_module(settings.RESOLUTIONS).RESOLUTIONS
    return {key: import_string(path)() for key, path in table.items()}


def resolutions_of(kind: str) -> dict[str, Resolution]:
    """Return what can be done about cases of `kind`, by action."""
    return {action: resolution for (of, action), resolution in resolutions().items() if of == kind}


def resolution_of(kind: str, action: str) -> Resolution:
    """Return the resolution of (kind, action).

    Raises:
        UnknownAction: there is none.
    """
    found = resolutions().get((kind, action))
    if found is None:
        raise UnknownAction(f"Nothing called {action!r} can be done about this case.")
    return found
