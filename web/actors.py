"""Who did it, in words: people by name, rules and sources by what they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import APIKey, User

ACRONYMS = {"tms": "TMS", "edi": "EDI", "eld": "ELD", "erp": "ERP", "pod": "POD", "api": "API"}
HOUSE = "Lading"


@dataclass(frozen=True, slots=True)
class Actor:
    """How a page names whoever acted; machines have no initials."""

    name: str
    initials: str = ""


class Cast:
    """The actors of one page, read in at most two queries."""

    def __init__(self, actors: Iterable[str]) -> None:
        found = set(actors)
        people = User.objects.filter(pk__in=_ids(found, "user"))
        keys = APIKey.objects.filter(pk__in=_ids(found, "key"))
        self._known = {person.actor: Actor(person.name, person.initials) for person in people}
        self._known |= {key.actor: Actor(key.name) for key in keys}

    def actor(self, actor: str) -> Actor:
        """Return who is behind an actor of the journal."""
        return self._known.get(actor) or Actor(machine_name(actor))


def machine_name(actor: str) -> str:
    """Name what is not a person: "rule:pod_accepted" is the Pod accepted rule, "source:tms" TMS."""
    kind, _, name = actor.partition(":")
    if kind == "rule":
        return f"{spoken(name)} rule"
    if kind == "source":
        return spoken(name)
    if kind == "system":
        return f"{HOUSE} {name.replace('_', ' ')}".strip()
    return spoken(name or kind)


def spoken(name: str) -> str:
    """Turn an identifier into words: "demo-tms" is Demo TMS, "edi214" EDI 214."""
    words = name.replace("-", " ").replace("_", " ").replace(":", " ").split()
    return " ".join(_word(word, is_first=n == 0) for n, word in enumerate(words)) or HOUSE


def whispered(name: str) -> str:
    """Turn an identifier into words that stand inside a sentence: "pod_received" POD received."""
    return " ".join(_word(word, is_first=False) for word in name.replace("_", " ").split())


def _word(word: str, *, is_first: bool) -> str:
    letters = word.rstrip("0123456789")
    digits = word[len(letters) :]
    if letters.lower() in ACRONYMS:
        return f"{ACRONYMS[letters.lower()]} {digits}".strip()
    return word[:1].upper() + word[1:] if is_first else word


def _ids(actors: Iterable[str], kind: str) -> list[int]:
    prefix = f"{kind}:"
    numbers = (actor.removeprefix(prefix) for actor in actors if actor.startswith(prefix))
    return [int(number) for number in numbers if number.isdigit()]
