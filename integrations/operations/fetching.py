"""Fetch published indexes: when one is due, keep the file, append what is new, miss no week.

The file is fetched outside a transaction and kept as it came with everything that follows from it
in one. The same file fetched again is one message. A week that should be there and is not is a
case, never the week before; it closes by itself when the value is on file, whoever put it there.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from accounts.rules import Role
from exceptions.models import Case
from exceptions.operations.closing import close_cases
from exceptions.operations.opening import open_case
from integrations.events import FeedError, Outcome
from integrations.models import Breaker, InboxMessage, PollCursor, Source
from integrations.operations.breaking import note_answer, note_probe
from integrations.rules.publication import (
    WEEK,
    expected_at,
    last_survey,
    survey_of,
)
from rating.models import FuelIndexSeries, FuelIndexValue
from rating.operations.indexing import Published, append_values
from rating.queries.fuel_prices import latest_values

MISSING, UNREADABLE, CORRECTED = "index_missing", "index_unreadable", "index_corrected"
RULE = "rule:index"
# A price that is late by hours is late; by this it is missing.
PATIENCE = timedelta(hours=18)
AGAIN = timedelta(minutes=30)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=4)
# How far back a hole in a series is looked for.
WATCHED_WEEKS = 26
SHOWN_BYTES = 2000
Status = InboxMessage.Status


class Row(Protocol):
    """One dated value of a file."""

    @property
    def day(self) -> date:
        """The day it stands under."""

    @property
    def value(self) -> Decimal:
        """The value."""


Fetch = Callable[[str], bytes]
"""Gets a file over the network; raises `FeedError`."""


class Read(Protocol):
    """Reads the values of a file."""

    def __call__(self, body: bytes, *, column: str = "") -> Sequence[Row]:
        """Return them; raise ValueError with one sentence when the file is no table of them."""


def due_indexes(*, at: datetime) -> list[FuelIndexSeries]:
    """Return the series with an address that are to be fetched now; an open breaker keeps one."""
    never = Q(source=None) | Q(source__cursor=None)
    due = FuelIndexSeries.objects.filter(never | Q(source__cursor__next_poll_at__lte=at))
    wanted = due.exclude(source_url="").exclude(source__is_active=False)
    waiting = Breaker.objects.filter(status=Breaker.Status.OPEN, probe_at__gt=at)
    held = set(waiting.values_list("target", flat=True))
    return [series for series in wanted.order_by("code") if target_of(series) not in held]


def fetch_index(
    series: FuelIndexSeries, *, fetch: Fetch, read: Read, clock: Callable[[], datetime]
) -> int:
    """Fetch the file of one series and return how many values were new."""
    with transaction.atomic():
        source = _source_of(series, at=clock())
    try:
        body = fetch(series.source_url)
    except FeedError as error:
        with transaction.atomic():
            _note_failure(series, source, error, at=clock())
            watch_weeks(series, at=clock())
        return 0
    at = clock()
    with transaction.atomic():
        cursor = _lock_cursor(source, at=at)
        new = _keep(series, source, body, read, at=at)
        note_answer(target_of(series), outcome=Outcome.POSTED, note="", at=at)
        watch_weeks(series, at=at)
        cursor.polled_at, cursor.failures, cursor.note = at, 0, ""
        cursor.next_poll_at = _next_fetch(series, at=at)
        cursor.save()
    return new


def watch_weeks(series: FuelIndexSeries, *, at: datetime) -> list[date]:
    """Open a case for each week that should be on file by now; return the weeks."""
    missing = _missing_weeks(series, at=at)
    for survey_on in missing:
        due = expected_at(survey_on, series.timezone)
        open_case(
            MISSING,
            subject_key=subject_key(series, survey_on),
            by=RULE,
            at=at,
            evidence=[
                {
                    "fact": f"Price of {survey_on}", "value": "Not on file",
                    "source": series.source_url or series.name,
                    "check": f"expected {due:%Y-%m-%d %H:%M} UTC",
                }
            ],
            detail={"index": series.name, "series": series.code, "survey": survey_on},
        )  # fmt: skip
    return missing


def close_arrived(series_ids: Iterable[int], *, at: datetime) -> int:
    """Close the cases of weeks that are on file now; return how many."""
    closed = 0
    for series in FuelIndexSeries.objects.filter(pk__in=set(series_ids)).order_by("pk"):
        cases = Case.objects.filter(
            kind=MISSING, status=Case.Status.OPEN, detail__series=series.code
        )
        surveys = [date.fromisoformat(case.detail["survey"]) for case in cases.order_by("pk")]
        on_file = FuelIndexValue.objects.filter(series=series, survey_on__in=surveys)
        for survey_on in sorted(set(on_file.values_list("survey_on", flat=True))):
            closed += close_cases(
                MISSING, subject_key(series, survey_on), by=RULE, at=at,
                reason="The price is on file.",
            )  # fmt: skip
    return closed


def target_of(series: FuelIndexSeries) -> str:
    """Return the name of a series' publisher among the breakers."""
    return f"index:{series.code}"


def subject_key(series: FuelIndexSeries, survey_on: date) -> str:
    """Return the name of a week among the subjects of cases."""
    return f"index:{series.code}:{survey_on}"


def _source_of(series: FuelIndexSeries, *, at: datetime) -> Source:
    """Return the series' row among the sources, made when it is first fetched."""
    found = Source.objects.filter(index_series=series).first()
    if found:
        return found
    return Source.objects.get_or_create(
        slug=slugify(f"index-{series.code}"),
        defaults={
            "name": series.name,
            "dialect": Source.Dialect.INDEX,
            "owner": Role.BILLING_MANAGER,
            "index_series": series,
            "created_at": at,
        },
    )[0]


def _keep(series: FuelIndexSeries, source: Source, body: bytes, read: Read, *, at: datetime) -> int:
    """Keep a file once, with what became of it; return how many values were new."""
    digest = hashlib.sha256(body).hexdigest()
    message = InboxMessage.objects.filter(source=source, external_id=digest[:32]).first()
    if message and message.status == Status.PROCESSED:
        return 0
    message = message or InboxMessage(
        source=source, external_id=digest[:32], content_type="text/csv", body=body,
        body_sha256=digest, headers={"door": "index", "url": series.source_url}, received_at=at,
    )  # fmt: skip
    key = f"index:{series.code}"
    try:
        values = _values(series, read(body, column=series.source_url.partition("#")[2]), at=at)
    except ValueError as error:
        _settle(message, Status.FAILED, str(error), at=at)
        _report_unreadable(series, source, body, str(error), key=key, at=at)
        return 0
    rows = _append(series, values, at=at)
    _settle(message, Status.PROCESSED, _told(rows), at=at)
    close_cases(UNREADABLE, key, by=RULE, at=at, reason="The next file could be read.")
    return len(rows)


def _settle(message: InboxMessage, status: str, reason: str, *, at: datetime) -> None:
    """Keep the message with its verdict; one that was kept before only gets a new verdict."""
    message.status, message.reason, message.settled_at = status, reason, at
    message.save(update_fields=("status", "reason", "settled_at") if message.pk else None)


def _values(series: FuelIndexSeries, rows: Sequence[Row], *, at: datetime) -> list[Published]:
    """Return the values by their surveys.

    Raises:
        ValueError: a day that is no survey's, or lies in the future, or nothing at all.
    """
    if not rows:
        raise ValueError("The file holds no price.")
    today = at.astimezone(ZoneInfo(series.timezone)).date()
    values = []
    for row in rows:
        survey_on = survey_of(row.day, weekday=series.survey_weekday)
        if survey_on is None:
            raise ValueError(f"{row.day:%A, %Y-%m-%d} is no day of this survey.")
        if survey_on > today:
            raise ValueError(f"{row.day} lies in the future.")
        due = expected_at(survey_on, series.timezone)
        values.append(Published(survey_on=survey_on, value=row.value, published_at=min(due, at)))
    return values


def _append(
    series: FuelIndexSeries, values: Sequence[Published], *, at: datetime
) -> list[FuelIndexValue]:
    """Append what is new, and tell a person of what was corrected: it came out just now."""
    known = {row.survey_on: row.value for row in latest_values(series.code)}
    dated = [
        Published(survey_on=v.survey_on, value=v.value, published_at=at)
        if known.get(v.survey_on, v.value) != v.value
        else v
        for v in values
    ]
    rows = append_values(series, values=dated, source=series.source_url[:80], by=RULE, at=at)
    for row in rows:
        if row.survey_on in known:
            _report_corrected(series, row, known[row.survey_on], at=at)
    return rows


def _told(rows: Sequence[FuelIndexValue]) -> str:
    if not rows:
        return "Nothing new."
    last = rows[-1]
    more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{last.survey_on}: {last.value}{more}."


def _report_corrected(
    series: FuelIndexSeries, row: FuelIndexValue, before: Decimal, *, at: datetime
) -> None:
    open_case(
        CORRECTED,
        subject_key=subject_key(series, row.survey_on),
        by=RULE,
        at=at,
        evidence=[
            {
                "fact": f"Price of {row.survey_on}", "value": f"{before:f}, now {row.value:f}",
                "source": series.name, "check": "what was rated keeps its price",
            }
        ],
        detail={"index": series.name, "series": series.code, "survey": row.survey_on},
    )  # fmt: skip


def _report_unreadable(
    series: FuelIndexSeries, source: Source, body: bytes, problem: str, *, key: str, at: datetime
) -> None:
    text = body[:SHOWN_BYTES].decode("utf-8", errors="replace")
    open_case(
        UNREADABLE,
        subject_key=key,
        by=RULE,
        at=at,
        evidence=[{"fact": "The file", "value": text, "source": source.name, "check": problem}],
        detail={"index": series.name, "series": series.code, "problem": problem},
    )


def _missing_weeks(series: FuelIndexSeries, *, at: datetime) -> list[date]:
    """The weeks due by now that are not on file; before its first value a series has none."""
    last = _last_due(series, at=at - PATIENCE)
    earliest = last - WATCHED_WEEKS * WEEK
    on_file = set(
        FuelIndexValue.objects.filter(series=series, survey_on__gte=earliest).values_list(
            "survey_on", flat=True
        )
    )
    before = FuelIndexValue.objects.filter(series=series, survey_on__lt=earliest).exists()
    start = earliest if before else min(on_file, default=last)
    weeks = (start + n * WEEK for n in range((last - start) // WEEK + 1))
    return [week for week in weeks if week not in on_file]


def _last_due(series: FuelIndexSeries, *, at: datetime) -> date:
    """The last survey whose price should be out at `at`."""
    today = at.astimezone(ZoneInfo(series.timezone)).date()
    survey_on = last_survey(today, weekday=series.survey_weekday)
    return survey_on if expected_at(survey_on, series.timezone) <= at else survey_on - WEEK


def _next_fetch(series: FuelIndexSeries, *, at: datetime) -> datetime:
    """When to look again: soon while the last price is awaited, else when the next one comes."""
    last = _last_due(series, at=at)
    if FuelIndexValue.objects.filter(series=series, survey_on=last).exists():
        return expected_at(last + WEEK, series.timezone)
    return at + AGAIN


def _lock_cursor(source: Source, *, at: datetime) -> PollCursor:
    PollCursor.objects.bulk_create(
        [PollCursor(source=source, next_poll_at=at)], ignore_conflicts=True
    )
    return PollCursor.objects.select_for_update().get(source=source)


def _note_failure(
    series: FuelIndexSeries, source: Source, error: FeedError, *, at: datetime
) -> None:
    """Write why there was no file and when to ask again: later each time."""
    cursor = _lock_cursor(source, at=at)
    cursor.failures += 1
    cursor.note = str(error)
    wait = min(FIRST_PAUSE * 2 ** min(cursor.failures - 1, 10), LONGEST_PAUSE)
    if error.wait_seconds is not None:
        wait = max(wait, timedelta(seconds=error.wait_seconds))
    cursor.next_poll_at = at + wait
    cursor.save()
    target = target_of(series)
    note_answer(target, outcome=Outcome.UNREACHABLE, note=str(error), at=at)
    note_probe(target, is_alive=False, at=at)
