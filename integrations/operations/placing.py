"""Give what was heard its instant: a local time is read on the clocks of its place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.events import MilestoneFacts
from dispatch.models import Load, Stop
from integrations.events import Heard, Problem
from integrations.rules.clocks import ClockError, instant_of, offset_minutes
from integrations.rules.zones import stop_zone


@dataclass(frozen=True, slots=True)
class Placed:
    """Milestones with their instants, and what could not be placed in time."""

    facts: tuple[MilestoneFacts, ...]
    problems: tuple[Problem, ...]


def place_milestones(heard: Iterable[Heard], *, load: Load) -> Placed:
    """Return the facts of what was heard about `load`.

    The zone is the one the message names, else that of the stop it means, else that of the state
    it names, else that of the first stop; the last of these is noted in the detail.
    """
    told = list(heard)
    is_local = any(item.moment.instant is None for item in told)
    stops = list(Stop.objects.filter(load=load).order_by("sequence")) if is_local else []
    facts: list[MilestoneFacts] = []
    problems: list[Problem] = []
    for item in told:
        try:
            facts.append(_fact(item, stops))
        except ClockError as error:
            problems.append(
                Problem(
                    error.code,
                    f"{item.kind}: {error}",
                    position=item.position,
                    field="occurred_at",
                    value=error.value,
                )
            )
    return Placed(tuple(facts), tuple(problems))


def _fact(item: Heard, stops: Sequence[Stop]) -> MilestoneFacts:
    instant, offset, note = _instant(item, stops)
    return MilestoneFacts(
        kind=item.kind,
        occurred_at=instant,
        source_offset_minutes=offset,
        stop_sequence=item.stop_sequence,
        stop_kind=item.stop_kind,
        city=item.city,
        state=item.state,
        source_reference=item.source_reference,
        supersedes_reference=item.supersedes_reference,
        is_retraction=item.is_retraction,
        detail=item.detail | note,
    )


def _instant(item: Heard, stops: Sequence[Stop]) -> tuple[datetime, int | None, dict[str, str]]:
    """Return the instant, the offset of the clock it was read from, and a note on the zone.

    Raises:
        ClockError: the local time never was, came twice, or no zone is known for it.
    """
    moment = item.moment
    if moment.instant is not None:
        return moment.instant, moment.offset_minutes, {}
    if moment.local is None:
        raise ClockError("no time is told.")
    zone, note = moment.zone, {}
    if not zone:
        zone = stop_zone(
            stops,
            sequence=item.stop_sequence,
            kind=item.stop_kind,
            city=item.city,
            state=item.state,
        )
    zone = zone or moment.fallback_zone
    if not zone and stops:
        zone, note = stops[0].timezone, {"zone": "taken from the first stop"}
    if not zone:
        raise ClockError(f"{moment.local:%Y-%m-%d %H:%M} names no time zone.")
    instant = instant_of(moment.local, zone=zone)
    return instant, offset_minutes(instant, zone=zone), note
