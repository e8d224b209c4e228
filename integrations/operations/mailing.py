"""Letters: queued in the transaction of what they tell, written when they are sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import uuid4

from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import Customer, User
from accounts.operations.resetting import password_path
from accounts.rules.notices import mute_token
from billing.models import LegalEntity
from dispatch.queries.blobs import BlobMissing, read_blob
from integrations.events import Outgoing
from integrations.models import OutboxMessage
from integrations.operations.sending import queue_messages
from integrations.rules.letters import Enclosure, Letter, Link, from_body, one_line
from journal.operations.correlating import current_correlation
from journal.operations.recording import assert_in_transaction

MAIL = OutboxMessage.Target.MAIL
# Every server takes seven bits, whatever it says of itself.
POLICY = SMTP.clone(cte_type="7bit")
HOUSE = "Lading"


class Withdrawn(Exception):
    """The letter must not go any more, and why."""


class Incomplete(Exception):
    """The letter cannot go as it was written, and why."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter and what it is about; the same subject is never written to twice."""

    subject_key: str
    letter: Letter


def queue_letters(posted: Sequence[Posted], *, by: str, at: datetime) -> list[OutboxMessage]:
    """Queue letters and record `outbox.queued`; one that was queued before stays as it is."""
    assert_in_transaction()
    rows = [
        OutboxMessage(
            target=MAIL,
            kind=OutboxMessage.Kind.LETTER,
            subject_key=post.subject_key,
            idempotency_key=str(uuid4()),
            body=post.letter.as_body() | {"queued_at": at.isoformat()},
            correlation_id=current_correlation(),
            created_at=at,
            next_try_at=at,
        )
        for post in posted
    ]
    return queue_messages(rows, target=MAIL, by=by, at=at)


def compose(message: Outgoing) -> EmailMessage:
    """Write the letter of a message as it goes over the wire.

    The address is the one the person has now; the Message-ID is the same at every attempt.

    Raises:
        Withdrawn: the person has left, or works for that customer no more.
        Incomplete: an enclosure is not stored any more.
    """
    letter = _addressed(from_body(dict(message.body)))
    person = _person(letter)
    return _enveloped(letter, person, message)


def _person(letter: Letter) -> User | None:
    if letter.person is None:
        return None
    person = User.objects.filter(pk=letter.person, is_active=True).first()
    if person is None:
        raise Withdrawn("the person has left.")
    allowed = person.customer_ids
    if letter.customer and allowed is not None and letter.customer not in allowed:
        raise Withdrawn("the person works for the customer no more.")
    return person


def _enveloped(letter: Letter, person: User | None, message: Outgoing) -> EmailMessage:
    company = LegalEntity.objects.order_by("pk").first()
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    house = company.name if company else HOUSE
    mail = EmailMessage(policy=POLICY)
    mail["From"] = _address(house, sender)
    mail["To"] = _address(letter.name, person.email if person else letter.to)
    if company and company.email:
        mail["Reply-To"] = _address(house, company.email)
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = format_datetime(datetime.fromisoformat(str(message.body["queued_at"])))
    mail["Message-ID"] = f"<{message.idempotency_key}@{sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mute_url = _muting(letter)
    if mute_url:
        mail["List-Unsubscribe"] = f"<{mute_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    context = {
        "letter": letter,
        "house": house,
        "url": _url(letter, person),
        "mute_url": mute_url,
        "preferences_url": f"{settings.BASE_URL}/settings/notifications/" if mute_url else "",
    }
    mail.set_content(render_to_string("mail/letter.txt", context))
    mail.add_alternative(render_to_string("mail/letter.html", context), subtype="html")
    for enclosure in letter.enclosures:
        _enclose(mail, enclosure)
    return mail


def _addressed(letter: Letter) -> Letter:
    """Return the letter to the address that a customer's accounts payable have now."""
    if not letter.is_billing or letter.customer is None:
        return letter
    return replace(
        letter, to=Customer.objects.values_list("email", flat=True).get(pk=letter.customer)
    )


def _enclose(mail: EmailMessage, enclosure: Enclosure) -> None:
    try:
        content = read_blob(enclosure.sha256)
    except BlobMissing as error:
        raise Incomplete(f"{enclosure.filename} is not stored any more.") from error
    kind, _, part = enclosure.content_type.partition("/")
    mail.add_attachment(content, maintype=kind, subtype=part, filename=one_line(enclosure.filename))


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(one_line(name), local, domain.encode("idna").decode())


def _url(letter: Letter, person: User | None) -> str:
    """Return where the letter leads; a key is made now, for this person and once."""
    if letter.is_key and person:
        return f"{settings.BASE_URL}{password_path(person)}"
    return f"{settings.BASE_URL}{letter.link.path}" if letter.link else ""


def _muting(letter: Letter) -> str:
    if not (letter.topic and letter.person):
        return ""
    token = mute_token(letter.person, letter.topic)
    return f"{settings.BASE_URL}/mail/off/{token}/"


__all__ = ["Letter", "Link", "Posted", "Withdrawn", "compose", "queue_letters"]
