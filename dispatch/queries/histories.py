"""Everything that was told about loads, in the form that the fold takes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from dispatch.fold import Fact, LoadState, PlannedStop, fold, overruled_keys
from dispatch.models import Milestone, Stop
from dispatch.rules.details import number_of

# The columns that the fold writes, by the names it gives them.
LOAD_STATE = (
    "status", "picked_up_at", "delivered_at", "ended_at", "last_milestone_at", "reweighed_lb",
)  # fmt: skip
STOP_STATE = ("status", "arrived_at", "departed_at")
# The columns of a milestone that make its fact.
FACT = (
    "load_id", "fact_key", "kind", "occurred_at", "source", "source_reference", "detail",
    "supersedes_reference", "is_retraction", "stop_sequence", "stop_kind", "city", "state",
)  # fmt: skip


@dataclass(slots=True)
class History:
    """The stops of one load and the facts told about it, by key."""

    stops: list[Stop] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)

    def fold(self) -> LoadState:
        """Return the state that the facts amount to."""
        return fold(self.facts.values(), stops=self.planned_stops())

    def planned_stops(self) -> list[PlannedStop]:
        """Return the stops as the fold takes them."""
        return [planned_stop(stop) for stop in self.stops]


def read_histories(load_ids: Collection[int]) -> dict[int, History]:
    """Return the history of each load; two statements, however many loads."""
    histories = {load_id: History() for load_id in load_ids}
    for stop in Stop.objects.filter(load__in=load_ids).order_by("load_id", "sequence"):
        histories[stop.load_id].stops.append(stop)
    told = Milestone.objects.filter(load__in=load_ids).only(*FACT).order_by("load_id", "id")
    for milestone in told:
        histories[milestone.load_id].facts[milestone.fact_key] = fact_of(milestone)
    return histories


def overruled(milestones: Iterable[Milestone]) -> frozenset[int]:
    """Return the ids of those that were corrected or withdrawn, of all milestones of one load."""
    rows = list(milestones)
    keys = overruled_keys(fact_of(row) for row in rows)
    return frozenset(row.pk for row in rows if row.fact_key in keys)


def fact_of(milestone: Milestone) -> Fact:
    """Return a stored milestone as the fold takes it."""
    return Fact(
        key=milestone.fact_key,
        kind=milestone.kind,
        occurred_at=milestone.occurred_at,
        source=milestone.source,
        reference=milestone.source_reference,
        supersedes=milestone.supersedes_reference,
        is_retraction=milestone.is_retraction,
        stop_sequence=milestone.stop_sequence,
        stop_kind=milestone.stop_kind,
        city=milestone.city,
        state=milestone.state,
        weight_lb=_scale_weight(milestone),
    )


def _scale_weight(milestone: Milestone) -> Decimal | None:
    is_weighing = milestone.kind == Milestone.Kind.REWEIGHED and not milestone.is_retraction
    return number_of(milestone.detail, "weight_lb") if is_weighing else None


def planned_stop(stop: Stop) -> PlannedStop:
    """Return a stored stop as the fold takes it."""
    return PlannedStop(
        sequence=stop.sequence,
        kind=stop.kind,
        city=stop.city,
        state=stop.state,
        is_skipped=stop.status == Stop.Status.SKIPPED,
    )
