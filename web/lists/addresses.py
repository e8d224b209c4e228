"""Addresses of lists: the same page with one thing changed."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

CURSOR = "after"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words, and the address without it."""

    name: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of a list with its bounded count; a hot one asks for work."""

    words: str
    count: str
    href: str
    is_current: bool
    is_hot: bool = False


def address_with(request: HttpRequest, **changes: str) -> str:
    """Return the page's address with `changes` made; see `changed_address`."""
    return changed_address(request.path, request.GET, **changes)


def changed_address(path: str, address: QueryDict, **changes: str) -> str:
    """Return an address with `changes` made; an empty value drops its name.

    Any change but turning the page starts again at the first one.
    """
    query = address.copy()
    if CURSOR not in changes:
        query.pop(CURSOR, None)
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"{path}?{query.urlencode()}" if query else path
