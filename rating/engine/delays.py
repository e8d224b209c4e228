"""What was told of a wait: which delays support it, and which of its time nobody pays for.

Reasons of the shipper or consignee support detention. Those that the rule calls the carrier's own
(X12 element 1651: AH driver, AI breakdown, D1 dispatch error, D2 no driver) defeat it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rating.engine.book import DetentionTerms
from rating.engine.choices import CarrierDelay
from rating.engine.facts import Pause
from rating.engine.spans import Span, to_minute

MEAL = "MEAL"
REASONS = {
    MEAL: "meal break",
    "AH": "driver",
    "AI": "breakdown",
    "D1": "dispatch error",
    "D2": "no driver",
    "AG": "consignee",
    "AM": "shipper",
    "B8": "no equipment to unload",
    "B9": "restricted receiving hours",
    "SN": "not ready",
    "UG": "driver waiting to load",
    "UH": "driver waiting to unload",
}


def is_carriers(pause: Pause, terms: DetentionTerms) -> bool:
    """Whether the carrier answers for the delay."""
    return pause.code in terms.excluded_reasons.split()


def is_excluded(pause: Pause, terms: DetentionTerms) -> bool:
    """Whether the time of the delay is not counted as waiting."""
    if pause.code == MEAL:
        return terms.meal_break_minutes > 0
    if is_carriers(pause, terms):
        return terms.carrier_delay == CarrierDelay.EXCLUDED
    return not pause.code


def excluded_spans(
    pauses: Sequence[Pause], terms: DetentionTerms, *, end: datetime
) -> tuple[Span, ...]:
    """The time until `end` that is not counted; of a meal break no more than the rule allows."""
    spans = (_span(pause, terms, end) for pause in pauses if is_excluded(pause, terms))
    return tuple(span for span in spans if span.start < span.end)


def is_reversed(pause: Pause) -> bool:
    """Whether the delay is said to have ended before it began."""
    return pause.end is not None and pause.end.at < pause.start.at


def words_of(pause: Pause) -> str:
    """The reason as people say it, with its code: "driver (AH)"."""
    told = pause.reason or REASONS.get(pause.code, "")
    return f"{told} ({pause.code})" if told and pause.code else told or pause.code or "pause"


def _span(pause: Pause, terms: DetentionTerms, end: datetime) -> Span:
    start = to_minute(pause.start.at)
    until = to_minute(pause.end.at) if pause.end else end
    if pause.code == MEAL:
        until = min(until, start + timedelta(minutes=terms.meal_break_minutes))
    return Span(start, until)
