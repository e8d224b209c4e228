"""Letters over a real SMTP process: taken once, later, refused, or not at all."""

import email
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.mail import send_mail
from django.db import transaction

from exceptions.models import Case
from integrations.adapters.targets import deliverer, is_alive
from integrations.models import Breaker, OutboxMessage
from integrations.operations.mailing import Letter, Link, Posted, queue_letters
from integrations.operations.replaying import SendAgain
from integrations.operations.sending import send_due
from journal.models import Event
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = OutboxMessage.Target.MAIL


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class Office:
    """A mail server in a process of its own, which can be closed and opened again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def open(self, *tls: Path) -> None:
        words = [str(self.port), str(self.folder), *map(str, tls)]
        argv = [sys.executable, "-W", "ignore", "-m", "tests.integrations.smtp_server", *words]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"

    def close(self) -> None:
        if self.process:
            self.process.kill()
            self.process.communicate()

    @property
    def letters(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(path.read_bytes(), policy=default)
            for path in sorted(self.folder.glob("*.eml"))
        ]


@pytest.fixture
def office(tmp_path: Path, settings) -> Iterator[Office]:
    folder = tmp_path / "taken"
    folder.mkdir()
    office = Office(folder)
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", office.port
    settings.SMTP_SECURITY, settings.SMTP_USER = "none", ""
    yield office
    office.close()


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


def post(to: str, *, at: datetime, key: str = "greeting", **more) -> OutboxMessage:
    letter = Letter(subject="Hello", to=to, paragraphs=("Good morning.",), **more)
    with transaction.atomic():
        queue_letters([Posted(key, letter)], by="rule:test", at=at)
    return OutboxMessage.objects.get(subject_key=key)


def carry(clock: Clock) -> int:
    return send_due(MAIL, deliver=deliverer(MAIL), clock=clock)


def test_a_letter_arrives_as_text_and_as_simple_html(office, clock) -> None:
    person = UserFactory(name="Anna Kim", email="anna@prairie.example")
    office.open()
    link = Link("Open it", "/portal/")
    message = post(
        "old@prairie.example", at=clock.at, name="Anna Kim", person=person.pk, link=link,
        topic="invoice_issued", facts=(("Amount", "$1,652.01"),),
    )  # fmt: skip

    carry(clock)

    [letter] = office.letters
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert letter["To"] == "Anna Kim <anna@prairie.example>"
    assert letter["Message-ID"] == f"<{message.idempotency_key}@lading.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "/mail/off/" in letter["List-Unsubscribe"]
    for said in ("Good morning.", "$1,652.01", "http://localhost:8000/portal/", "/mail/off/"):
        assert said in text
        assert said in html
    assert "<img" not in html
    assert "<script" not in html
    assert "<link" not in html
    message.refresh_from_db()
    assert message.status == "SENT"
    assert "Queued as 1" in message.verdict


def test_while_the_server_is_down_letters_wait_and_use_up_no_attempt(office, clock) -> None:
    message = post("anna@prairie.example", at=clock.at)

    carry(clock)
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("WAITING", 0)
    assert "takes no mail" in message.verdict
    office.open()
    clock.at += timedelta(minutes=30)
    carry(clock)

    assert len(office.letters) == 1


def test_a_server_that_dies_with_the_letter_gets_it_again_under_the_same_id(office, clock) -> None:
    message = post("vanish@prairie.example", at=clock.at)
    office.open()

    carry(clock)
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("WAITING", 1)
    office.close()
    office.open()
    clock.at += timedelta(minutes=30)
    carry(clock)

    first, second = office.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_what_is_queued_twice_is_sent_once(office, clock) -> None:
    office.open()
    post("anna@prairie.example", at=clock.at)
    post("anna@prairie.example", at=clock.at + timedelta(minutes=1))

    carry(clock)
    carry(clock)

    assert len(office.letters) == 1
    assert Event.objects.filter(name="outbox.queued").count() == 1


def test_a_full_mailbox_is_asked_again_later_and_stops_nobody_else(office, clock) -> None:
    office.open()
    waiting = post("full@prairie.example", at=clock.at, key="a")
    post("anna@prairie.example", at=clock.at, key="b")

    carry(clock)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.next_try_at) == ("WAITING", clock.at + timedelta(minutes=1))
    assert len(office.letters) == 1
    assert Breaker.objects.get(target=MAIL).failures == 0
    (office.folder / "emptied").touch()
    clock.at += timedelta(minutes=2)
    carry(clock)

    assert len(office.letters) == 2


def test_a_mailbox_that_stays_full_for_a_day_lies_before_a_person(office, clock) -> None:
    office.open()
    message = post("full@prairie.example", at=clock.at)

    for _ in range(8):
        carry(clock)
        clock.at += timedelta(hours=11)

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("DEAD", 8)
    assert Case.objects.get().kind == "mail_undelivered"


def test_a_refused_address_is_a_case_and_the_corrected_one_gets_the_letter(office, clock) -> None:
    person = UserFactory(email="gone@prairie.example")
    office.open()
    message = post(person.email, at=clock.at, person=person.pk)

    carry(clock)
    case = Case.objects.get(kind="mail_undelivered")
    message.refresh_from_db()
    assert message.status == "DEAD"
    assert "550" in message.verdict
    assert case.title == "E-mail not delivered: Hello, to gone@prairie.example"
    person.email = "here@prairie.example"
    person.save(update_fields=["email"])
    with transaction.atomic():
        SendAgain().apply(case, by="user:1", at=clock.at, reason="", values={})
    carry(clock)

    assert office.letters[0]["To"] == "here@prairie.example"
    case.refresh_from_db()
    assert case.status == "CLOSED"


def test_a_person_who_has_left_gets_no_letter_that_still_lay_there(office, clock) -> None:
    person = UserFactory()
    office.open()
    message = post(person.email, at=clock.at, person=person.pk)
    person.is_active = False
    person.save(update_fields=["is_active"])

    carry(clock)

    message.refresh_from_db()
    assert office.letters == []
    assert message.verdict == "Not sent: the person has left."


def test_nothing_in_a_name_or_subject_becomes_a_header_of_its_own(office, clock) -> None:
    person = UserFactory(name="Eve\r\nBcc: all@evil.example", email="eve@prairie.example")
    office.open()
    letter = Letter(
        subject="Hello\nBcc: all@evil.example", to=person.email, name=person.name, person=person.pk
    )
    with transaction.atomic():
        queue_letters([Posted("evil", letter)], by="rule:test", at=clock.at)

    carry(clock)

    [taken] = office.letters
    assert taken["Bcc"] is None
    assert taken["Subject"] == "Hello Bcc: all@evil.example"


def test_what_django_mails_by_itself_waits_in_the_outbox_too(office, clock, settings) -> None:
    settings.EMAIL_BACKEND = "integrations.adapters.mailroom.OutboxBackend"
    office.open()

    send_mail("A word", "One.\n\nTwo.", None, ["anna@prairie.example", "bo@prairie.example"])
    assert office.letters == []
    clock.at += timedelta(days=10_000)
    carry(clock)

    assert {letter["To"] for letter in office.letters} == {
        "anna@prairie.example", "bo@prairie.example"
    }  # fmt: skip


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody trusts yet."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    began = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=20_000))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    paths = tmp_path / "cert.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(pem, kind, serialization.NoEncryption()))
    return paths


def test_it_signs_in_over_tls_and_says_nothing_to_a_server_it_cannot_trust(
    office, clock, settings, certificate, monkeypatch
) -> None:
    settings.SMTP_SECURITY = "starttls"
    settings.SMTP_USER, settings.SMTP_PASSWORD = "clerk", "secret"
    office.open(*certificate)
    post("anna@prairie.example", at=clock.at)

    carry(clock)
    assert office.letters == []
    assert not is_alive(MAIL)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert is_alive(MAIL)
    clock.at += timedelta(minutes=30)
    carry(clock)

    assert len(office.letters) == 1


def test_a_wrong_password_of_ours_loses_no_letter(
    office, clock, settings, certificate, monkeypatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    settings.SMTP_SECURITY, settings.SMTP_USER = "starttls", "clerk"
    settings.SMTP_PASSWORD = "wrong"
    office.open(*certificate)
    message = post("anna@prairie.example", at=clock.at)

    carry(clock)

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("WAITING", 0)
    assert Case.objects.count() == 0


def test_a_server_without_encryption_is_told_nothing_when_we_ask_for_it(
    office, clock, settings
) -> None:
    settings.SMTP_SECURITY = "starttls"
    office.open()
    message = post("anna@prairie.example", at=clock.at)

    carry(clock)

    message.refresh_from_db()
    assert (message.status, office.letters) == ("WAITING", [])


def test_without_a_server_letters_are_files_of_the_owner_alone(clock, settings) -> None:
    settings.SMTP_HOST = ""
    post("anna@prairie.example", at=clock.at)

    carry(clock)

    [path] = settings.MAIL_FOLDER.iterdir()
    assert path.name.startswith("20261119202000-anna-prairie-example-hello-")
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"Good morning." in path.read_bytes()
