"""Short text and words out of a choice."""

import re
from collections.abc import Callable, Mapping

from django.db.models import TextChoices

from journal.rules.sheets import without_guard
from rating.queries.cells.kinds import Spoilt, Unclear


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
