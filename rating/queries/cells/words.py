"""Short text and chosen words, and what a program must not run in them."""

import re
from collections.abc import Callable, Mapping

from django.db.models import TextChoices

from rating.queries.cells.kinds import Spoilt, Unclear

_RUNS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Text for a cell of a file somebody opens in Excel: a formula becomes text by an apostrophe.

    OWASP's rule for CSV injection. A plain number stays as it is. `without_guard` undoes it.
    """
    if text.startswith((*_RUNS, "'")) and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        return "'" + text
    return text


def without_guard(text: str) -> str:
    """The text that `harmless` had to guard."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*_RUNS, "'")) else text


def read_word(longest: int) -> Callable[..., str]:
    """A reader of short text of up to `longest` letters."""

    def read(text: str, *, decimal: str = ".", currency: str = "") -> str:
        if isinstance(text, Spoilt):
            raise Unclear(f"text; this {text.why}")
        word = without_guard(text.strip())
        if len(word) > longest or not word.isprintable():
            raise Unclear(f"text of up to {longest} letters")
        return word

    return read


def folded(text: str) -> str:
    """Return the letters and digits of `text` alone, in small letters."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def read_choice(choices: type[TextChoices], synonyms: Mapping[str, str]) -> Callable[..., str]:
    """A reader of one of the values that loads have, by its usual names."""
    known = {folded(name): value for value, names in synonyms.items() for name in names.split(",")}
    known |= {folded(value): value for value in choices.values}

    def read(text: str, *, decimal: str = ".", currency: str = "") -> str:
        if isinstance(text, Spoilt) or folded(text) not in known:
            raise Unclear(f"one of {', '.join(choices.values)}")
        return known[folded(text)]

    return read
