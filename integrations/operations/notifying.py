"""Notices: each to whom it concerns, as soon as that person wants to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from accounts.models import User
from accounts.queries.subscribers import cadences_of
from accounts.rules.notices import DAILY_LETTER, Cadence, Topic, find_notice
from integrations.models import Notice
from integrations.operations.mailing import Letter, Link, Posted, queue_letters
from journal.operations.recording import assert_in_transaction

# The daily letter is written when the person's own clock says so.
DAILY_AT = time(7)
MOST_LINES = 50
BY = "rule:daily-letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing to tell: in one line, with its facts, and where to look at it.

    With `customer` it concerns that customer's people alone.
    """

    topic: Topic
    subject_key: str
    headline: str
    path: str
    words: str
    facts: tuple[tuple[str, str], ...] = ()
    customer: int | None = None


def tell(people: Sequence[User], told: Told, *, by: str, at: datetime) -> None:
    """Tell each of the people at once, with the next daily letter, or not, as they chose."""
    assert_in_transaction()
    cadences = cadences_of(people, told.topic)
    now = [person for person in people if cadences[person.pk] is Cadence.NOW]
    daily = [person for person in people if cadences[person.pk] is Cadence.DAILY]
    letters = [Posted(f"{told.subject_key}:{person.pk}", _letter(told, person)) for person in now]
    queue_letters(letters, by=by, at=at)
    Notice.objects.bulk_create(
        [
            Notice(
                person=person,
                customer_id=told.customer,
                topic=told.topic,
                subject_key=told.subject_key,
                headline=told.headline[:200],
                path=told.path,
                created_at=at,
            )
            for person in daily
        ],
        ignore_conflicts=True,
    )


def write_daily_letters(*, at: datetime) -> int:
    """Write to everybody whose morning it is and for whom something waits; return how many."""
    assert_in_transaction()
    waiting = (
        Notice.objects.filter(told_at=None).select_related("person").order_by("person_id", "id")
    )
    written = 0
    for person, notices in groupby(waiting.select_for_update(of=("self",)), lambda n: n.person):
        due = [notice for notice in notices if notice.created_at < _morning(person, at=at)]
        if due:
            written += _write_daily(person, due, at=at)
    return written


def _morning(person: User, *, at: datetime) -> datetime:
    """Return the person's last seven o'clock."""
    local = at.astimezone(ZoneInfo(person.timezone))
    today = datetime.combine(local.date(), DAILY_AT, tzinfo=local.tzinfo)
    return today if today <= local else today - timedelta(days=1)


def _write_daily(person: User, notices: list[Notice], *, at: datetime) -> int:
    """Write one letter about what still concerns the person and was not switched off since."""
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(told_at=at)
    wanted = [notice for notice in notices if _is_wanted(notice, person)]
    if not wanted or not person.is_active:
        return 0
    day = at.astimezone(ZoneInfo(person.timezone)).date()
    posted = Posted(f"daily:{day}:{person.pk}", _daily(person, wanted))
    queue_letters([posted], by=BY, at=at)
    return 1


def _is_wanted(notice: Notice, person: User) -> bool:
    allowed = person.customer_ids
    is_theirs = notice.customer_id is None or allowed is None or notice.customer_id in allowed
    return is_theirs and cadences_of([person], notice.topic)[person.pk] is not Cadence.OFF


def _letter(told: Told, person: User) -> Letter:
    return Letter(
        subject=told.headline,
        to=person.email,
        name=person.name,
        person=person.pk,
        customer=told.customer,
        topic=told.topic,
        facts=told.facts,
        paragraphs=(f"{told.headline}.",),
        link=Link(told.words, told.path),
        reason=f"You get this because you asked to be told: {find_notice(told.topic).title}.",
    )


def _daily(person: User, notices: list[Notice]) -> Letter:
    count = len(notices)
    shown = [f"· {notice.headline}" for notice in notices[:MOST_LINES]]
    if count > MOST_LINES:
        shown.append(f"· and {count - MOST_LINES} more")
    is_customers = person.customer_ids is not None
    return Letter(
        subject=f"Since yesterday: {count} {'thing' if count == 1 else 'things'} to know",
        to=person.email,
        name=person.name,
        person=person.pk,
        topic=DAILY_LETTER,
        paragraphs=("\n".join(shown),),
        link=Link("Open Lading", "/portal/" if is_customers else "/"),
        reason="You get this once a day because you asked for it.",
    )
