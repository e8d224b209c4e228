"""Three days of coming in: a lost phone, a forgotten password, somebody who guesses."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from journal.models import Event
from tests.factories import CustomerFactory, UserFactory
from tests.factories.accounts import PASSWORD
from tests.factories.codes import totp

pytestmark = pytest.mark.django_db(transaction=True)
NEW_PASSWORD = "a long walk to Joliet"
LOST_PHONE = "Called back, phone left on the train"


@pytest.fixture(autouse=True)
def world(now: datetime, settings) -> Iterator[time_machine.Traveller]:
    """Stand still at `now`, hash cheaply, forget earlier tries."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with time_machine.travel(now, tick=False) as traveller:
        cache.clear()
        yield traveller


@pytest.fixture
def mailbox(settings, drain: Callable[[], int]) -> Callable[[str], list[str]]:
    """Read the letters in somebody's mailbox, each as one line of text, oldest first."""

    def read(address: str) -> list[str]:
        drain()
        found = [message_from_bytes(path.read_bytes(), policy=default) for path in files()]
        return [words(letter) for letter in found if letter["To"].endswith(f"<{address}>")]

    def words(letter: EmailMessage) -> str:
        body = letter.get_body(("plain",))
        assert body is not None
        return " ".join(body.get_content().split())

    def files() -> list[Path]:
        folder: Path = settings.MAIL_FOLDER
        found = folder.glob("*.eml") if folder.exists() else []
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    return read


def knock(person: User, password: str = PASSWORD, *, browser: Client | None = None) -> Client:
    browser = browser or Client(SERVER_NAME="localhost")
    browser.post("/accounts/login/", {"login": person.email, "password": password})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/settings/me/").status_code == 200


def test_a_biller_loses_her_phone_and_works_again_the_same_morning(
    mailbox, world, now: datetime
) -> None:
    rita = UserFactory(role=Role.BILLER, name="Rita Solano", email="rita@cedarridge.example")
    amir = UserFactory(role=Role.ADMINISTRATOR, name="Amir Haddad")

    # Amir requires it; Rita is led to set it up and keeps her codes.
    office = knock(amir)
    office.post("/settings/sign-in/", {"roles": ["biller"]})
    desk = knock(rita)
    page = desk.get("/invoices/", follow=True).content.decode()
    [secret] = re.findall(r'id="key" value="([A-Z2-7]+)"', page)
    shown = desk.post(
        "/accounts/2fa/totp/activate/", {"code": totp(secret, now)}, follow=True
    ).content.decode()
    codes = re.findall(r"<li>(\d{8})</li>", shown)
    assert len(codes) == 10
    assert is_in(desk)

    # The phone is gone: a code from the paper opens once.
    home = knock(rita)
    assert not is_in(home)
    home.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert is_in(home)

    # The paper is gone as well: Amir calls back, then resets; all her sessions end.
    office.post(f"/settings/sign-in/{rita.pk}/reset/", {"reason": LOST_PHONE})
    assert not is_in(desk)
    assert not is_in(home)

    # She comes in by password, and is led to set it up with the new phone.
    new = knock(rita)
    page = new.get("/invoices/", follow=True).content.decode()
    [secret] = re.findall(r'id="key" value="([A-Z2-7]+)"', page)
    world.shift(60)
    later = now.fromtimestamp(now.timestamp() + 60, tz=now.tzinfo)
    new.post("/accounts/2fa/totp/activate/", {"code": totp(secret, later)})
    assert is_in(new)

    told = mailbox(rita.email)
    assert len(told) == 3
    assert "An administrator took your second factor away" in told[1]
    reset = Event.objects.get(name="person.second_factor_reset")
    assert (reset.actor, reset.reason) == (amir.actor, LOST_PHONE)


def test_a_customer_forgot_the_password(mailbox, world) -> None:
    anna = UserFactory(
        role=Role.CUSTOMER, customers=(CustomerFactory(),), email="anna@prairie.example"
    )
    at_home = knock(anna)
    assert is_in(at_home)

    # She asks for a link, and gets a letter that nobody else gets.
    visitor = Client(SERVER_NAME="localhost")
    visitor.post("/accounts/password/reset/", {"email": "Anna@Prairie.example"})
    [letter] = mailbox(anna.email)
    [link] = re.findall(r"http://localhost:\d+(/accounts/password/reset/key/\S+)", letter)

    # She chooses a new one; it is not signed in by that, and all old sessions have ended.
    form = visitor.get(link, follow=True)
    told = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    saved = visitor.post(form.wsgi_request.path, told, follow=True).content.decode()
    assert "Password saved" in saved
    assert not is_in(visitor)
    assert not is_in(at_home)
    assert not is_in(knock(anna))
    assert is_in(knock(anna, NEW_PASSWORD))

    # The link is used up, for her and for whoever reads her mail; another one ends in an hour.
    stranger = Client(SERVER_NAME="localhost")
    assert "This link has run out" in stranger.get(link, follow=True).content.decode()
    stranger.post("/accounts/password/reset/", {"email": anna.email})
    *_, second = mailbox(anna.email)
    [late] = re.findall(r"http://localhost:\d+(/accounts/password/reset/key/\S+)", second)
    world.shift(3601)
    assert "This link has run out" in stranger.get(late, follow=True).content.decode()
    assert any("was changed" in letter or "This happened on" in letter
               for letter in mailbox(anna.email))  # fmt: skip


def test_an_intruder_guesses_and_the_victim_keeps_working(mailbox, world) -> None:
    dana = UserFactory(role=Role.DISPATCHER, email="dana@cedarridge.example")
    amir = UserFactory(role=Role.ADMINISTRATOR)
    own = knock(dana)
    assert is_in(own)

    # Somebody guesses from another browser, and is told how many tries are left, then how long.
    intruder = Client(SERVER_NAME="localhost")
    told = [
        intruder.post("/accounts/login/", {"login": dana.email, "password": f"guess {n}"})
        .content.decode()
        for n in range(6)
    ]  # fmt: skip
    assert "1 try left" in told[3]
    assert "locked for 15 minutes" in told[4]
    assert "Sign-in is locked for 15 more minutes" in told[5]
    assert not is_in(knock(dana, browser=intruder))

    # Dana signs out and in again on her own browser; a new one would have to wait.
    own.post("/accounts/logout/")
    assert is_in(knock(dana, browser=own))
    assert not is_in(knock(dana))

    # She and the administrator are told; he sees it and unlocks.
    assert len(mailbox(dana.email)) == 1
    assert "locked after wrong passwords" in mailbox(amir.email)[0]
    office = knock(amir)
    assert "Locked" in office.get("/settings/sign-in/").content.decode()
    office.post(f"/settings/sign-in/{dana.pk}/unlock/")
    assert is_in(knock(dana))

    # The intruder goes on, every quarter of an hour; a new password by link opens at once.
    for n in range(5):
        intruder.post("/accounts/login/", {"login": dana.email, "password": f"guess {n}"})
    visitor = Client(SERVER_NAME="localhost")
    visitor.post("/accounts/password/reset/", {"email": dana.email})
    *_, letter = mailbox(dana.email)
    [link] = re.findall(r"http://localhost:\d+(/accounts/password/reset/key/\S+)", letter)
    form = visitor.get(link, follow=True)
    visitor.post(form.wsgi_request.path, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert is_in(knock(dana, NEW_PASSWORD))
    assert Event.objects.filter(name="person.locked_out").count() == 2
    assert Event.objects.filter(name="person.unlocked").count() == 1
