"""The letters that nobody can switch off: keys to the house, and what happened to one's own."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import PasswordRequest, User
from accounts.operations.resetting import forget_requests, link_hours, person_to_send_to
from accounts.rules import Role
from accounts.rules.notices import Topic
from billing.models import LegalEntity
from integrations.operations.mailing import Letter, Link, Posted, queue_letters
from integrations.operations.notifying import Told, tell
from journal.models import Event

BY = "rule:letters"
SECURITY = "/settings/security/"
KEPT_WORDS = "If this was not you, choose a new password now and tell your administrator."
# A locked person is written to once a day, however often a stranger guesses.
LOCK_LETTERS_EVERY = timedelta(days=1)

# What happened to somebody's sign-in: the subject of the letter, and what it says.
CHANGES = {
    "person.second_factor_added": (
        "Two-factor sign-in is on",
        "From now on your password alone lets nobody in. Keep your recovery codes safe.",
    ),
    "person.second_factor_removed": (
        "Two-factor sign-in is off",
        "Your password alone lets you in again.",
    ),
    "person.second_factor_renewed": (
        "You have new recovery codes",
        "The old codes open nothing any more.",
    ),
    "person.second_factor_reset": (
        "Your two-factor sign-in was reset",
        "An administrator took your second factor away and signed you out everywhere. Sign in "
        "with your password and set it up again.",
    ),
}


def write_links(requests: Sequence[PasswordRequest], *, at: datetime) -> int:
    """Send a link to whoever the addresses belong to; return how many belong to somebody."""
    posted = []
    for request in requests:
        person = person_to_send_to(request)
        if person is not None:
            posted.append(Posted(f"password_link:{request.pk}", _key(person, is_new=False)))
    queue_letters(posted, by=BY, at=at)
    forget_requests(at=at)
    return len(posted)


def write_invitations(events: Sequence[Event], *, at: datetime) -> int:
    """Invite those who have no password yet; return how many."""
    people = _people(events)
    posted = [
        Posted(f"invitation:{event.pk}", _key(people[event.subject_id], is_new=True))
        for event in events
        if event.subject_id in people and not people[event.subject_id].has_usable_password()
    ]
    queue_letters(posted, by=BY, at=at)
    return len(posted)


def write_changes(events: Sequence[Event], *, at: datetime) -> int:
    """Tell people what happened to their password or second factor; return how many."""
    people = _people(events)
    posted = [
        Posted(f"security:{event.pk}", _change(people[event.subject_id], event))
        for event in events
        if event.subject_id in people
    ]
    queue_letters(posted, by=BY, at=at)
    return len(posted)


def write_locks(events: Sequence[Event], *, at: datetime) -> int:
    """Tell a locked person, once a day, and the administrators who want to know."""
    people = _people(events)
    found = [(event, people[event.subject_id]) for event in events if event.subject_id in people]
    posted = [
        Posted(f"locked:{person.pk}:{event.recorded_at:%Y-%m-%d}", _lock(person))
        for event, person in found
    ]
    queue_letters(posted, by=BY, at=at)
    for event, person in found:
        tell(_administrators(person), _told(event, person), by=BY, at=at)
    return len(found)


def _key(person: User, *, is_new: bool) -> Letter:
    house = _house()
    hours = link_hours(person)
    span = f"{hours // 24} days" if hours > 24 else "an hour"
    if is_new:
        subject = f"Your sign-in at {house}"
        first = f"{house} has opened a sign-in for you. Choose a password to come in."
        words = "Choose a password"
    else:
        subject = f"Choose a new password for {house}"
        first = (
            "Somebody, we hope you, asked to choose a new password for this address. If it was "
            "not you, do nothing: the old one stays."
        )
        words = "Choose a new password"
    return Letter(
        subject=subject,
        to=person.email,
        name=person.name,
        person=person.pk,
        paragraphs=(first, f"The link opens once, within {span}."),
        link=Link(words, ""),
        is_key=True,
        reason="You get this because it is the only way to your sign-in.",
    )


def _change(person: User, event: Event) -> Letter:
    house, when = _house(), _clock(event.recorded_at, person)
    if event.name == "person.password_changed":
        subject = f"Your password for {house} was changed"
        words = "All other sessions have ended."
    else:
        subject, words = CHANGES[event.name]
    return Letter(
        subject=subject,
        to=person.email,
        name=person.name,
        person=person.pk,
        paragraphs=(f"This happened on {when}. {words}", KEPT_WORDS),
        link=Link("Look at your sign-in", SECURITY),
        reason="You get this because it concerns your sign-in; it cannot be switched off.",
    )


def _lock(person: User) -> Letter:
    return Letter(
        subject=f"Somebody guessed at your password for {_house()}",
        to=person.email,
        name=person.name,
        person=person.pk,
        paragraphs=(
            "There were too many wrong passwords, so new browsers cannot sign in as you for 15 "
            "minutes. Browsers you have used before still can.",
            "If it was you: choose a new password, that unlocks at once. If not: your password "
            "held, and nobody came in.",
        ),
        link=Link("Choose a new password", "/accounts/password/reset/"),
        reason="You get this at most once a day because it concerns your sign-in.",
    )


def _told(event: Event, person: User) -> Told:
    return Told(
        topic=Topic.SIGN_IN_LOCKED,
        subject_key=f"lock:{event.pk}",
        headline=f"Sign-in of {person.name} locked after wrong passwords",
        facts=(("Person", person.email), ("Guessed from", str(event.payload["address"]))),
        path="/settings/sign-in/",
        words="See who is locked",
    )


def _administrators(locked: User) -> list[User]:
    rows = User.objects.filter(groups__name=Role.ADMINISTRATOR, is_active=True)
    return list(rows.exclude(pk=locked.pk).order_by("pk"))


def _people(events: Iterable[Event]) -> dict[int, User]:
    ids = {event.subject_id for event in events}
    return {person.pk: person for person in User.objects.filter(pk__in=ids, is_active=True)}


def _house() -> str:
    company = LegalEntity.objects.order_by("pk").first()
    return company.name if company else "Lading"


def _clock(at: datetime, person: User) -> str:
    local = at.astimezone(ZoneInfo(person.timezone))
    return f"{local:%B} {local.day}, {local.year} at {local:%H:%M} {local.tzname()}"
