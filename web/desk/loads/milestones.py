"""The event log of a load: what was told, by whom, and when it happened on the place's clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dispatch.models import Milestone
from dispatch.queries.histories import overruled
from web.actors import spoken
from web.desk.loads.particulars import spoken_detail
from web.templatetags.clocks import minutes

Kind = Milestone.Kind

# Icon and tone by kind; what is not listed is a plain fact.
LOOKS = {
    Kind.TENDERED: ("inbox", ""),
    Kind.ACCEPTED: ("s-done", "t-ok"),
    Kind.DECLINED: ("s-skip", "t-bad"),
    Kind.DISPATCHED: ("truck", ""),
    Kind.ARRIVED: ("pin", ""),
    Kind.DEPARTED: ("arrow", ""),
    Kind.IN_TRANSIT: ("s-move", "t-info"),
    Kind.DELIVERED: ("s-done", "t-ok"),
    Kind.CANCELLED: ("s-skip", "t-bad"),
    Kind.TRUCK_NOT_USED: ("s-skip", "t-warn"),
    Kind.POD_RECEIVED: ("docok", "t-ok"),
    Kind.ETA: ("clock", ""),
    Kind.DELAYED: ("s-warn", "t-warn"),
    Kind.EXCEPTION: ("s-bad", "t-bad"),
    Kind.CHECK_CALL: ("chat", ""),
    Kind.PAUSED: ("clock", ""),
    Kind.SERVICE: ("plus", ""),
    Kind.REWEIGHED: ("tag", ""),
    Kind.RECLASSED: ("tag", ""),
}
# A fact that came later than this after it happened says so.
PROMPT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One milestone in words; a superseded one stays, struck out."""

    milestone: Milestone
    icon: str
    tone: str
    words: str
    source: str
    timezone: str
    is_superseded: bool


def log_entries(milestones: Sequence[Milestone]) -> list[LogEntry]:
    """Return the log of all the milestones of one load, so that corrections are known."""
    corrected = overruled(milestones)
    return [_entry(milestone, is_superseded=milestone.pk in corrected) for milestone in milestones]


def _entry(milestone: Milestone, *, is_superseded: bool) -> LogEntry:
    icon, tone = LOOKS.get(Kind(milestone.kind), ("s-prog", ""))
    return LogEntry(
        milestone=milestone,
        icon=icon,
        tone="" if is_superseded else tone,
        words=_words(milestone),
        source=_source(milestone),
        timezone=milestone.stop.timezone if milestone.stop else "",
        is_superseded=is_superseded,
    )


def _words(milestone: Milestone) -> str:
    label = milestone.get_kind_display()
    sequence = milestone.stop.sequence if milestone.stop else milestone.stop_sequence
    where = f" stop {sequence}" if sequence else ""
    prefix = "Withdrawn: " if milestone.is_retraction else ""
    told = spoken_detail(milestone)
    return f"{prefix}{label}{where}{f': {told}' if told else ''}"


def _source(milestone: Milestone) -> str:
    delay = milestone.received_at - milestone.occurred_at
    told = f", told {minutes(delay)} later" if delay > PROMPT else ""
    correction = ", corrects an earlier one" if milestone.supersedes_reference else ""
    note = f": {milestone.detail['note']}" if milestone.detail.get("note") else ""
    return f"{spoken(milestone.source)}{told}{correction}{note}"
