"""Every page of the house, read from its table of addresses: nobody keeps a list of them.

An address that needs an argument finds it in the samples of the furnished house, by the start of
its route; whoever makes a page about a new kind of thing adds one of its kind there, and is told
so by a failing test.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

# Addresses of ours that answer with HTML and still are no page of their own, each with the reason.
EXEMPT = {
    "desk:board_changes": "rows for the board's poll, never opened by hand",
    "desk:board_accruing": "a figure the board asks for",
    "healthz": "speaks to machines",
    "readyz": "speaks to machines",
}
Samples = Mapping[str, Mapping[str, Any]]


class SampleMissing(AssertionError):
    """No thing of the kind an address names is in the house."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the house: its name, where it is, its parameters and who may come in."""

    name: str
    route: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def door(self) -> str:
        """Say whose it is: desk, portal, person or public."""
        return getattr(self.view, "door", "public")

    def path(self, samples: Samples) -> str:
        """Write the address of a sample; raises `SampleMissing` when there is none."""
        known: dict[str, Any] = {}
        for prefix in sorted(samples, key=len):
            if self.route.startswith(prefix):
                known |= samples[prefix]
        try:
            kwargs = {parameter: known[parameter] for parameter in self.parameters}
            return reverse(self.name, kwargs=kwargs)
        except (KeyError, NoReverseMatch) as error:
            raise SampleMissing(f"{self.name} ({self.route}) needs a sample of {error}") from error


def addresses() -> list[Address]:
    """Return every named address that shows pages: ours, and those of the way in."""
    shown = ("web.", "allauth.")
    return [each for each in _leaves(get_resolver()) if each.view.__module__.startswith(shown)]


def walked() -> list[Address]:
    """Return the addresses that are looked at: all but those that are exempt."""
    return [address for address in addresses() if address.name not in EXEMPT]


def _leaves(resolver: URLResolver, space: str = "", prefix: str = "") -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _leaves(pattern, inner, route)
        elif isinstance(pattern, URLPattern) and pattern.name:
            parameters = tuple(pattern.pattern.converters) or tuple(
                pattern.pattern.regex.groupindex
            )
            yield Address(f"{space}{pattern.name}", route, parameters, pattern.callback)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person sees at an address: a page as it is written, or "" for what shows none."""

    path: str
    status: int
    html: str

    @property
    def main(self) -> str:
        """Return the part of the page that is its own."""
        return self.html.partition("<main")[2].partition("</main>")[0] or self.html

    @property
    def shape(self) -> str:
        """Return how the page's own part is built: its elements and classes without their words."""
        return re.sub(r'\s(?!class=)[\w:-]+="[^"]*"', "", re.sub(r">[^<]*", ">", self.main))

    @property
    def is_searchable(self) -> bool:
        """Tell whether the page asks for words to look for."""
        return 'name="q"' in self.main and "?" not in self.path


def see(client: Client, path: str) -> Sight:
    """Look at an address; files, leads to other pages, and doors for forms show nothing."""
    answer = client.get(path)
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    is_shown = is_html and answer.status_code not in (301, 302, 405)
    return Sight(path, answer.status_code, answer.content.decode() if is_shown else "")
