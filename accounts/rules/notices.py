"""What people are told by e-mail, and how they say how often."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.core import signing

from accounts.rules import STAFF_ROLES, Role

MUTE_SALT = "lading.mail.off"
# What the daily letter is called where its reader wants no more of it.
DAILY_LETTER = "daily"


class Cadence(StrEnum):
    """How soon a person is told."""

    NOW = "NOW"
    DAILY = "DAILY"
    OFF = "OFF"


CADENCES = (
    (Cadence.NOW.value, "Immediately"),
    (Cadence.DAILY.value, "Once a day"),
    (Cadence.OFF.value, "Never"),
)


class Topic(StrEnum):
    """What a person can be told of, or choose not to."""

    INVOICE_ISSUED = "invoice_issued"
    POD_AVAILABLE = "pod_available"
    CASE_OVERDUE = "case_overdue"
    SIGN_IN_LOCKED = "sign_in_locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A topic in words, whom it concerns, and how soon it is told by default."""

    topic: Topic
    title: str
    explanation: str
    roles: frozenset[Role]
    default: Cadence


NOTICES: tuple[Notice, ...] = (
    Notice(
        topic=Topic.INVOICE_ISSUED,
        title="New invoice or credit note",
        explanation="With its amount, its due date and a link to the document.",
        roles=frozenset({Role.CUSTOMER}),
        default=Cadence.NOW,
    ),
    Notice(
        topic=Topic.POD_AVAILABLE,
        title="Proof of delivery available",
        explanation="When the signed paper of a shipment has been checked and can be opened.",
        roles=frozenset({Role.CUSTOMER}),
        default=Cadence.DAILY,
    ),
    Notice(
        topic=Topic.CASE_OVERDUE,
        title="Exception overdue",
        explanation="Yours, or your team's while nobody has taken it.",
        roles=STAFF_ROLES,
        default=Cadence.NOW,
    ),
    Notice(
        topic=Topic.SIGN_IN_LOCKED,
        title="Sign-in locked",
        explanation="Somebody guessed at a password of your company until the sign-in was locked.",
        roles=frozenset({Role.ADMINISTRATOR}),
        default=Cadence.NOW,
    ),
)


def notices_for(roles: Iterable[Role]) -> tuple[Notice, ...]:
    """Return what people with `roles` can be told of."""
    held = frozenset(roles)
    return tuple(notice for notice in NOTICES if notice.roles & held)


def find_notice(topic: str) -> Notice:
    """Return the notice of a topic. Raises LookupError."""
    found = next((notice for notice in NOTICES if notice.topic == topic), None)
    if found is None:
        raise LookupError(f"{topic!r} is nothing that people are told of.")
    return found


def mute_token(person: int, topic: str) -> str:
    """Return what proves, without a sign-in, that a letter's reader wants no more of its topic."""
    return signing.dumps([person, topic], salt=MUTE_SALT)


def read_mute_token(token: str) -> tuple[int, str]:
    """Return the person and the topic of a token. Raises LookupError for one that is not ours."""
    try:
        person, topic = signing.loads(token, salt=MUTE_SALT)
        return int(person), topic if topic == DAILY_LETTER else find_notice(topic).topic
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise LookupError("This link is not one of ours.") from error
