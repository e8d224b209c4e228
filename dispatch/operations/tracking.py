"""Take in what happened to loads: keep each fact once, fold, write the state, tell of it.

Everything here works under the lock of its loads. The lock leaves room for rows that only refer to
a load, so a bill or a document that is being written does not wait.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from dispatch.events import LOAD_TRACKED, MilestoneFacts
from dispatch.fold import NOTES, RANK, Fact, LoadState, Problem, find_stop
from dispatch.models import Load, Milestone, Stop
from dispatch.models.milestone import MOST_MINUTES
from dispatch.operations.watching import watch_loads
from dispatch.queries.histories import (
    LOAD_STATE,
    STOP_STATE,
    History,
    fact_of,
    read_histories,
)
from dispatch.rules.details import find_fault
from journal.events import Entry
from journal.operations.correlating import current_correlation
from journal.operations.recording import assert_in_transaction, entry_for, record_many
from journal.rules.instants import YEARS

MOST_STOPS = 999

# bulk_update() builds a CASE for every row and column: for 100 loads it takes five times as long as
# all the rest of a batch.
WRITE_LOADS = """
UPDATE dispatch_load AS l
SET status = v.status, picked_up_at = v.picked_up_at, delivered_at = v.delivered_at,
    ended_at = v.ended_at, last_milestone_at = v.last_milestone_at,
    reweighed_lb = v.reweighed_lb, changed_at = v.changed_at
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
    %s::timestamptz[], %s::numeric[], %s::timestamptz[])
    AS v(id, status, picked_up_at, delivered_at, ended_at, last_milestone_at, reweighed_lb,
        changed_at)
WHERE l.id = v.id
"""
WRITE_STOPS = """
UPDATE dispatch_stop AS s
SET status = v.status, arrived_at = v.arrived_at, departed_at = v.departed_at
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[])
    AS v(id, status, arrived_at, departed_at)
WHERE s.id = v.id
"""

Changes = tuple[dict[str, Any], dict[str, Any]]
"""The old and the new values of the fields that changed."""


class FactError(ValueError):
    """A fact that cannot be kept as it was told; says why in one sentence."""

    status = 400
    code = "invalid_fact"


@dataclass(frozen=True, slots=True)
class Telling:
    """What one source told about one load. The correlation id is the one in force unless given."""

    load: Load
    facts: Sequence[MilestoneFacts]
    source: str
    by: str
    correlation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Tracked:
    """What became of a telling. `load` is the row as it stands now; `problems` are all it has."""

    load: Load
    added: list[Milestone]
    duplicates: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Track:
    """A locked load while facts are laid to it."""

    load: Load
    history: History
    is_changed: bool = False
    changed_stops: set[Stop] = field(default_factory=set)


def add_milestones(
    load: Load,
    *,
    facts: Sequence[MilestoneFacts],
    source: str,
    by: str,
    at: datetime,
    correlation_id: UUID | None = None,
) -> Tracked:
    """Add what `source` told about `load`; see `add_milestones_many`."""
    telling = Telling(load, facts, source, by, correlation_id)
    return add_milestones_many([telling], at=at)[0]


def add_milestones_many(tellings: Sequence[Telling], *, at: datetime) -> list[Tracked]:
    """Add facts to loads and bring the loads and their stops to what all facts now amount to.

    A fact that is known already is counted and changes nothing, so repeating a call is harmless.
    `load.tracked` is recorded for each telling that brought something new. Answers stand in the
    order of `tellings`; the number of statements does not grow with theirs. Loads are locked in
    the order of their ids, so batches cannot deadlock.

    Raises:
        FactError: a fact has an unknown kind, a naive time, or an impossible stop or offset.
    """
    assert_in_transaction()
    tracks = _open_tracks({telling.load.pk for telling in tellings})
    entries: list[Entry] = []
    results = [_lay(tracks[told.load.pk], told, entries, at=at) for told in tellings]
    Milestone.objects.bulk_create(row for result in results for row in result.added)
    _write(tracks.values())
    record_many(entries)
    return results


def refold_load(load: Load, *, at: datetime) -> Changes:
    """Bring a locked load to what its facts amount to under its stops as they stand now.

    Records nothing: the caller, who changed the stops, tells of it.
    """
    track = _Track(load, read_histories([load.pk])[load.pk])
    changes = _apply(track, track.history.fold(), at=at)
    _write([track])
    return changes


def lock_loads(load_ids: Collection[int]) -> dict[int, Load]:
    """Lock loads for the rest of the transaction, in the order of their ids, and return them."""
    rows = Load.objects.filter(pk__in=load_ids).order_by("id")
    return {load.pk: load for load in rows.select_for_update(of=("self",), no_key=True)}


def check_fact(facts: MilestoneFacts) -> None:
    """Raise `FactError` when a fact cannot be kept as it was told."""
    if facts.kind not in RANK:
        raise FactError(f"{facts.kind!r} is not a kind of milestone.")
    if facts.occurred_at.tzinfo is None:
        raise FactError(f"The time of {facts.kind} names no zone.")
    if facts.occurred_at.year not in YEARS:
        raise FactError(f"{facts.kind} cannot have happened in the year {facts.occurred_at.year}.")
    if facts.stop_sequence is not None and not 1 <= facts.stop_sequence <= MOST_STOPS:
        raise FactError(f"Stops are numbered from 1 to {MOST_STOPS}, not {facts.stop_sequence}.")
    if abs(facts.source_offset_minutes or 0) > MOST_MINUTES:
        raise FactError(f"No clock is {facts.source_offset_minutes} minutes from UTC.")
    if facts.is_retraction and not facts.supersedes_reference:
        raise FactError("A retraction names what it takes back.")
    if not facts.is_retraction and (fault := find_fault(facts.kind, facts.detail)):
        raise FactError(fault)


def fact_key(facts: MilestoneFacts, *, source: str) -> str:
    """Return the name of a fact: everything its source told of it, in one fixed form.

    The source's own id is part of it. Were the same arrival under two ids one row, a correction
    that names the second id would find it or not depending on which came first.
    """
    told = (
        source,
        facts.source_reference,
        facts.kind,
        facts.occurred_at.astimezone(UTC),
        facts.stop_sequence,
        facts.stop_kind,
        facts.city,
        facts.state,
        facts.supersedes_reference,
        facts.is_retraction,
        facts.detail,
    )
    return sha256(msgspec.json.encode(told, order="sorted")).hexdigest()


def _open_tracks(load_ids: Collection[int]) -> dict[int, _Track]:
    loads = lock_loads(load_ids)
    histories = read_histories(load_ids)
    return {load_id: _Track(load, histories[load_id]) for load_id, load in loads.items()}


def _lay(track: _Track, telling: Telling, entries: list[Entry], *, at: datetime) -> Tracked:
    """Lay a telling's new facts to a load in memory, and note the event that tells of it."""
    correlation = telling.correlation_id or current_correlation()
    known = track.history.facts
    added: list[Milestone] = []
    for facts in telling.facts:
        row = _milestone(track, facts, telling, correlation_id=correlation, at=at)
        if row.fact_key not in known:
            known[row.fact_key] = fact_of(row)
            added.append(row)
    state = track.history.fold()
    if added:
        entries.append(_tell(track, telling, added, state, correlation_id=correlation, at=at))
    return Tracked(track.load, added, len(telling.facts) - len(added), state.problems)


def _tell(
    track: _Track,
    telling: Telling,
    added: Sequence[Milestone],
    state: LoadState,
    *,
    correlation_id: UUID,
    at: datetime,
) -> Entry:
    is_late = _is_late(added, newest=track.load.last_milestone_at)
    old_status = track.load.status
    old, new = _apply(track, state, at=at)
    return entry_for(
        LOAD_TRACKED,
        subject=track.load,
        by=telling.by,
        at=at,
        occurred_at=max(row.occurred_at for row in added),
        old=old,
        new=new,
        payload={
            "status": state.status,
            "old_status": old_status,
            "kinds": [row.kind for row in added],
            "late": is_late,
            "problems": [asdict(problem) for problem in state.problems],
        },
        correlation_id=correlation_id,
    )


def _is_late(added: Iterable[Milestone], *, newest: datetime | None) -> bool:
    """Tell whether what was known before has to be seen anew: something older, or a correction."""
    return any(
        row.supersedes_reference or (newest and row.occurred_at < newest and row.kind not in NOTES)
        for row in added
    )


def _milestone(
    track: _Track,
    facts: MilestoneFacts,
    telling: Telling,
    *,
    correlation_id: UUID,
    at: datetime,
) -> Milestone:
    check_fact(facts)
    row = Milestone(
        load=track.load,
        customer_id=track.load.customer_id,
        kind=facts.kind,
        occurred_at=facts.occurred_at.astimezone(UTC),
        received_at=at,
        source_offset_minutes=facts.source_offset_minutes,
        source=telling.source,
        source_reference=facts.source_reference,
        fact_key=fact_key(facts, source=telling.source),
        supersedes_reference=facts.supersedes_reference,
        is_retraction=facts.is_retraction,
        stop_sequence=facts.stop_sequence,
        stop_kind=facts.stop_kind,
        city=facts.city,
        state=facts.state,
        recorded_by=telling.by,
        correlation_id=correlation_id,
        detail=msgspec.to_builtins(facts.detail),
    )
    row.stop = _understood_stop(track.history, fact_of(row))
    return row


def _understood_stop(history: History, fact: Fact) -> Stop | None:
    found, _ = find_stop(fact, history.planned_stops())
    return next((stop for stop in history.stops if found and stop.sequence == found.sequence), None)


def _apply(track: _Track, state: LoadState, *, at: datetime) -> Changes:
    """Give the load and its stops the folded values; return what changed."""
    old, new = assign(track.load, {name: getattr(state, name) for name in LOAD_STATE})
    by_sequence = {stop.sequence: stop for stop in track.history.stops}
    stops: dict[str, Changes] = {}
    for folded in state.stops:
        stop = by_sequence[folded.sequence]
        changes = assign(stop, {name: getattr(folded, name) for name in STOP_STATE})
        if changes[1]:
            stops[str(stop.sequence)] = changes
            track.changed_stops.add(stop)
    if stops:
        old["stops"] = {sequence: before for sequence, (before, _) in stops.items()}
        new["stops"] = {sequence: after for sequence, (_, after) in stops.items()}
    if new:
        track.load.changed_at, track.is_changed = at, True
    return old, new


def assign(row: Load | Stop, values: Mapping[str, Any]) -> Changes:
    """Set the fields whose values differ; return what they were and what they are."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    old = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    return old, changed


def _write(tracks: Collection[_Track]) -> None:
    loads = [track.load for track in tracks if track.is_changed]
    stops = [stop for track in tracks for stop in track.changed_stops]
    with connection.cursor() as cursor:
        if loads:
            cursor.execute(WRITE_LOADS, _columns(loads, ("pk", *LOAD_STATE, "changed_at")))
        if stops:
            cursor.execute(WRITE_STOPS, _columns(stops, ("pk", *STOP_STATE)))
    watch_loads([track.load.pk for track in tracks])


def _columns(rows: Collection[Load | Stop], names: Iterable[str]) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]
