"""What each role may do, told by the doors themselves: no second list that could differ."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_safe

from accounts.rules import STAFF_ROLES, Role
from accounts.rules.duties import DUTIES
from web.access import desk


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of work: who may do it, and every page behind a door for exactly them."""

    words: str
    may: tuple[bool, ...]
    pages: tuple[str, ...]


@desk()
@require_safe
def duties(request: HttpRequest) -> HttpResponse:
    """Show a table of work by role, with the pages that stand behind it."""
    context = {"roles": [role.capitalize() for role in staff_roles()], "rows": duty_rows()}
    return render(request, "desk/settings/duties.html", context)


def staff_roles() -> list[Role]:
    """Return the roles of the staff in the order in which they are declared."""
    return [role for role in Role if role in STAFF_ROLES]


def duty_rows() -> list[Row]:
    """Return the work of the staff, with what each door of the desk says of its page."""
    behind = defaultdict(set)
    for door in desk_doors():
        behind[door.roles].add((door.__doc__ or "").strip().partition("\n")[0])
    return [
        Row(
            duty.words,
            tuple(role in duty.roles for role in staff_roles()),
            tuple(sorted(behind[duty.roles])),
        )
        for duty in DUTIES
    ]


def desk_doors() -> Iterator[Any]:
    """Yield the view behind every address of the desk."""
    for pattern in _leaves(get_resolver().url_patterns):
        if getattr(pattern.callback, "door", "") == "desk":
            yield pattern.callback


def _leaves(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns)
        else:
            yield pattern
