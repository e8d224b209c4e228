"""Letters over SMTP (RFC 5321), or into a folder where no mail server is named.

What matters to the sender is kept apart: the server could not take mail at all (nothing arrived,
no letter is to blame), it refuses this one letter, or asks for it again later.
"""

import os
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import structlog
from django.db import connection

from integrations.events import Answer, Outcome, Outgoing
from integrations.operations.mailing import Incomplete, Withdrawn

log = structlog.get_logger(__name__)

STARTTLS, TLS, PLAIN = "starttls", "tls", "none"
ANSWER_SECONDS = 10.0
# A mailbox that is full or greylists is asked again after 1, 5, 15 minutes ... a day in all.
WAITS_SECONDS = (60.0, 300.0, 900.0, 3600.0, 14_400.0, 28_800.0, 36_000.0)
Compose = Callable[[Outgoing], EmailMessage]
FAULTS = (OSError, smtplib.SMTPException)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over; without a host they are written into `folder`."""

    host: str
    port: int
    user: str
    password: str
    security: str
    folder: Path


def deliver(message: Outgoing, *, server: MailServer, compose: Compose) -> Answer:
    """Hand one letter over and return what became of it. Never raises."""
    if connection.in_atomic_block:
        raise RuntimeError("The network is never touched inside a transaction.")
    try:
        letter = compose(message)
    except Withdrawn as error:
        return _done(message, f"Not sent: {error}")
    except Incomplete as error:
        return Answer(Outcome.REFUSED, f"Not sent: {error}")
    if not server.host:
        return _done(message, f"Written to {_file(letter, message, folder=server.folder)}.")
    try:
        smtp = _open(server)
    except FAULTS as error:
        return Answer(Outcome.UNREACHABLE, f"The mail server takes no mail: {_words(error)}")
    try:
        return _hand_over(smtp, letter, message)
    except FAULTS as error:
        return Answer(Outcome.FAILED, f"The mail server fell silent: {_words(error)}")
    finally:
        smtp.close()


def is_alive(server: MailServer) -> bool:
    """Tell whether the server lets us in: what a breaker's probe asks."""
    if not server.host:
        return True
    try:
        _open(server).close()
    except FAULTS:
        return False
    return True


def _open(server: MailServer) -> smtplib.SMTP:
    """Connect, encrypt and sign in; without the encryption asked for nothing is said at all."""
    trust = ssl.create_default_context()
    if server.security == TLS:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=ANSWER_SECONDS, context=trust
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=ANSWER_SECONDS)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == STARTTLS:
            smtp.starttls(context=trust)
        if server.user:
            smtp.login(server.user, server.password)
    except FAULTS:
        smtp.close()
        raise
    return smtp


def _hand_over(smtp: smtplib.SMTP, letter: EmailMessage, message: Outgoing) -> Answer:
    sender, recipient = _bare(letter["From"]), _bare(letter["To"])
    code, words = smtp.mail(sender)
    if code != 250:
        return Answer(Outcome.UNREACHABLE, f"The mail server refuses our sender: {_said(words)}")
    code, words = smtp.rcpt(recipient)
    if code not in {250, 251}:
        return _refusal(code, words, message)
    code, words = smtp.data(letter.as_bytes())
    if code != 250:
        return _refusal(code, words, message)
    return _done(message, f"Taken by the mail server: {_said(words)}")


def _refusal(code: int, words: bytes, message: Outgoing) -> Answer:
    """Sort a refusal: 421 closes the door, 4xx asks for patience, 5xx is final."""
    note = f"The mail server answered {code}: {_said(words)}"
    if code == 421:
        return Answer(Outcome.UNREACHABLE, note)
    if 400 <= code < 500:
        wait = WAITS_SECONDS[min(message.attempts, len(WAITS_SECONDS)) - 1]
        return Answer(Outcome.POSTPONED, note, wait_seconds=wait)
    return Answer(Outcome.REFUSED, note)


def _done(message: Outgoing, note: str) -> Answer:
    return Answer(Outcome.POSTED, note, reference=message.idempotency_key)


def _file(letter: EmailMessage, message: Outgoing, *, folder: Path) -> str:
    """Write a letter where a person can open it; the same letter again is the same file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = re.sub(r"\D", "", str(message.body["queued_at"])[:19])
    words = re.sub(r"[^a-z0-9]+", "-", f"{_bare(letter['To'])} {letter['Subject']}".lower())
    path = folder / f"{at}-{words[:80].strip('-')}-{message.idempotency_key[:8]}.eml"
    unfinished = path.with_suffix(".part")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(letter.as_bytes())
    unfinished.rename(path)
    log.info("mail_written", to=_bare(letter["To"]), subject=str(letter["Subject"]), file=str(path))
    return path.name


def _bare(header: object) -> str:
    [address] = getattr(header, "addresses")  # noqa: B009  the parsed header's own
    return str(address.addr_spec)


def _said(words: bytes) -> str:
    text = words.decode("utf-8", errors="replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)[:200]


def _words(error: Exception) -> str:
    said = getattr(error, "smtp_error", None)
    return _said(said) if isinstance(said, bytes) else _said(str(error).encode())
