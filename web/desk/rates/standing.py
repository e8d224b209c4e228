"""How a version of a card stands on a reader's day, and who may move it on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rating.models import RateCardVersion
from web.templatetags.clocks import day, day_short

Status = RateCardVersion.Status


@dataclass(frozen=True, slots=True)
class Standing:
    """The look of a version's state and the words that say it."""

    look: str
    words: str


def standing_of(version: RateCardVersion, *, today: date) -> Standing:
    """Return how the version stands on `today`: a published one may be still to come or over."""
    label = f"v{version.number}"
    if version.status != Status.PUBLISHED:
        return Standing(version.status, f"{_WORDS[version.status]} {label}")
    if version.effective_from > today:
        return Standing("COMING", f"{label} from {day_short(version.effective_from)}")
    if version.effective_to and version.effective_to < today:
        return Standing("ENDED", f"{label} ended {day_short(version.effective_to)}")
    return Standing("IN_FORCE", f"{label} in force")


def period_words(version: RateCardVersion) -> str:
    """Say from when to when a version prices."""
    begin = day(version.effective_from)
    return f"{begin} – {day(version.effective_to)}" if version.effective_to else f"From {begin}"


def in_force(versions: Iterable[RateCardVersion], *, today: date) -> RateCardVersion | None:
    """Return the version that prices `today`, of one card's versions."""
    return next((each for each in versions if _covers(each, today)), None)


def base_of(
    version: RateCardVersion, versions: Iterable[RateCardVersion]
) -> RateCardVersion | None:
    """Return the version this one follows: the newest published before it by number."""
    before = [
        each
        for each in versions
        if each.number < version.number and each.status in (Status.PUBLISHED, Status.RETIRED)
    ]
    return max(before, key=lambda each: each.number, default=None)


def _covers(version: RateCardVersion, today: date) -> bool:
    ends = version.effective_to
    return (
        version.status == Status.PUBLISHED
        and version.effective_from <= today
        and (ends is None or ends >= today)
    )


_WORDS = {
    Status.DRAFT.value: "Draft",
    "SUBMITTED": "Sent for approval",
    Status.APPROVED.value: "Approved",
    Status.RETIRED.value: "Retired",
}
