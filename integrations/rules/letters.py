"""What a letter says, before anybody decides how it travels."""

from dataclasses import asdict, dataclass
from typing import Any

LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Link:
    """Where a letter leads: a path of this house and the words on it."""

    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter; its bytes are stored by their hash."""

    filename: str
    content_type: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One e-mail to one person, in words that both its plain and its HTML form are made of.

    `topic` is the notice that can be switched off, empty for what a person must be told. With
    `customer` it goes only while the person works for that customer. `is_key` says that its link
    is made when it is sent, so that no table ever holds it. One that `is_billing` goes to whatever
    address the customer's accounts payable have when it is sent.
    """

    subject: str
    to: str
    name: str = ""
    person: int | None = None
    customer: int | None = None
    topic: str = ""
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    link: Link | None = None
    is_key: bool = False
    reason: str = ""
    is_billing: bool = False
    enclosures: tuple[Enclosure, ...] = ()

    def as_body(self) -> dict[str, Any]:
        """Return what the outbox keeps."""
        return asdict(self) | {"subject": one_line(self.subject)}


def from_body(body: dict[str, Any]) -> Letter:
    """Return the letter that `as_body` wrote."""
    told = {name: value for name, value in body.items() if name in Letter.__dataclass_fields__}
    link = Link(**told["link"]) if told.get("link") else None
    facts = tuple((str(label), str(value)) for label, value in told.get("facts", ()))
    enclosures = tuple(Enclosure(**each) for each in told.get("enclosures", ()))
    read = {"link": link, "facts": facts, "enclosures": enclosures}
    return Letter(**told | read | {"paragraphs": tuple(told["paragraphs"])})


def one_line(text: str) -> str:
    """Return a text that fits a header: one line, without controls, not too long."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())[:LONGEST_SUBJECT]
