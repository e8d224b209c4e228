"""How dates and money are written for whoever reads: the words stay English, the manner is theirs.

A person's own choice comes first, then what the browser asks for, then the house's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation.trans_real import parse_accept_lang_header

HOUSE = "en_US"
# Manners that can be chosen, by the country people know them from.
LOCALES = {
    "en_US": "United States",
    "en_CA": "Canada",
    "en_GB": "United Kingdom",
    "en_IE": "Ireland",
    "en_AU": "Australia",
    "en_DE": "Germany",
    "en_150": "Europe",
}
# Who asks for another language of a country gets that country's manner.
BY_COUNTRY = {code.partition("_")[2]: code for code in LOCALES}

_current: ContextVar[str] = ContextVar("locale", default=HOUSE)


def current() -> str:
    """Return the locale that pages are written in now."""
    return _current.get()


def is_day_first() -> bool:
    """Tell whether the day stands before the month."""
    return current() not in {"en_US", "en_CA"}


@contextmanager
def written_for(locale: str) -> Iterator[None]:
    """Write in `locale` until the block ends."""
    token = _current.set(locale if locale in LOCALES else HOUSE)
    try:
        yield
    finally:
        _current.reset(token)


def locale_of(request: HttpRequest) -> str:
    """Return the locale of whoever asks."""
    chosen = getattr(request.user, "locale", "")
    return chosen if chosen in LOCALES else asked_for(request.headers.get("Accept-Language", ""))


def asked_for(header: str) -> str:
    """Return the first locale of a browser's list that is ours, else the house's."""
    for language, _ in parse_accept_lang_header(header.lower()):
        country = language.rpartition("-")[2].upper()
        if country in BY_COUNTRY:
            return BY_COUNTRY[country]
    return HOUSE


class LocaleMiddleware:
    """Write each page in its reader's manner."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with written_for(locale_of(request)):
            return self.get_response(request)
