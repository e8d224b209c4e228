"""Read the feeds of systems that are asked, from where we stopped."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import Q

from integrations.events import FeedError, Page, Parcel, Problem
from integrations.models import PollCursor, Source
from integrations.operations.receiving import Receipt, receive_many

LONGEST_PAUSE = timedelta(minutes=5)
MOST_PAGES = 50


class Fetch(Protocol):
    """Gets one page over the network."""

    def __call__(self, url: str, *, token: str, cursor: str) -> Page:
        """Return the page after `cursor`; raise `FeedError` when there is none to be had."""


IdentifyMessage = Callable[[bytes], str]
"""Returns the id a message carries by itself, or nothing."""


def due_sources(*, at: datetime) -> list[Source]:
    """Return the active sources that have a feed and are to be asked now."""
    never_asked = Q(cursor=None)
    asked = Source.objects.filter(never_asked | Q(cursor__next_poll_at__lte=at))
    return list(asked.filter(is_active=True).exclude(poll_url="").order_by("id"))


def poll_source(
    source: Source,
    *,
    fetch: Fetch,
    identify: IdentifyMessage,
    clock: Callable[[], datetime],
    pause: timedelta,
) -> int:
    """Read the feed until it has no more and return how many messages were new.

    Each page is fetched outside a transaction and kept together with the cursor in one. When
    another process moved the cursor meanwhile, this one stops: the page was kept by the other.
    """
    new = 0
    for _ in range(MOST_PAGES):
        cursor = PollCursor.objects.filter(source=source).first()
        place = cursor.value if cursor else ""
        try:
            page = fetch(source.poll_url, token=source.poll_token, cursor=place)
        except FeedError as error:
            with transaction.atomic():
                _note_failure(source, error, at=clock(), pause=pause)
            break
        with transaction.atomic():
            kept = keep_page(source, page=page, after=place, identify=identify, at=clock(),
                             pause=pause)  # fmt: skip
        if kept is None:
            break
        new += kept
        if not page.has_more:
            break
    return new


def keep_page(
    source: Source,
    *,
    page: Page,
    after: str,
    identify: IdentifyMessage,
    at: datetime,
    pause: timedelta,
) -> int | None:
    """Keep the messages of a page and move the cursor with them; return how many were new.

    None: the cursor does not stand at `after` any more, so nothing was kept.
    """
    cursor = _lock_cursor(source, at=at)
    if cursor.value != after:
        return None
    headers = {"door": "poll", "after": after}
    parcels = list(_parcels(page, identify))
    answers = receive_many(source, parcels=parcels, headers=headers, at=at) if parcels else []
    cursor.value = page.next_cursor or after
    cursor.polled_at, cursor.failures, cursor.note = at, 0, ""
    cursor.next_poll_at = at if page.has_more else at + pause
    cursor.save()
    return sum(answer.status == Receipt.ACCEPTED for answer in answers)


def _parcels(page: Page, identify: IdentifyMessage) -> Iterator[Parcel]:
    for body in page.bodies:
        external_id = identify(body)
        if external_id:
            yield Parcel(external_id=external_id, body=body, content_type="application/json")
        else:
            problem = Problem("missing_field", "The message carries no id.", field="id")
            digest = hashlib.sha256(body).hexdigest()[:32]
            yield Parcel(
                external_id=f"unnamed/{digest}",
                body=body,
                content_type="application/json",
                problems=(problem,),
            )


def _lock_cursor(source: Source, *, at: datetime) -> PollCursor:
    PollCursor.objects.bulk_create(
        [PollCursor(source=source, next_poll_at=at)], ignore_conflicts=True
    )
    return PollCursor.objects.select_for_update().get(source=source)


def _note_failure(source: Source, error: FeedError, *, at: datetime, pause: timedelta) -> None:
    """Write why the feed could not be read and when to ask again: later each time."""
    cursor = _lock_cursor(source, at=at)
    cursor.failures += 1
    cursor.note = str(error)
    wait = min(pause * 2 ** min(cursor.failures, 10), LONGEST_PAUSE)
    if error.wait_seconds is not None:
        wait = max(wait, timedelta(seconds=error.wait_seconds))
    cursor.next_poll_at = at + wait
    cursor.save()
