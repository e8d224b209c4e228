"""Which loads need somebody: the rules of `dispatch.rules.attention` as conditions.

Every condition is a range of one index of `Watch`, so that asking costs what is found and not
what is stored.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q

from dispatch.models import Watch
from dispatch.rules.attention import ACT_NOW, ASSIGN_AHEAD, FREE_TIME, SILENCE, Attention

Phase = Watch.Phase
ACTIVE = tuple(phase for phase in Phase if phase != Phase.DONE)


def needing(attention: Attention, *, at: datetime) -> Q:
    """Return the condition on loads that need somebody for this reason, and for none before it."""
    not_late = Q(watch__late_at=None) | Q(watch__late_at__gt=at)
    match attention:
        case Attention.MISSED_PICKUP:
            return Q(watch__phase=Phase.BEFORE, watch__late_at__lte=at)
        case Attention.DETENTION:
            return Q(watch__phase=Phase.AT_STOP, watch__waiting_from__lte=at - FREE_TIME)
        case Attention.LATE:
            return Q(watch__phase=Phase.ROLLING, watch__late_at__lte=at)
        case Attention.NO_PING:
            silent = Q(watch__phase=Phase.ROLLING, watch__heard_at__lte=at - SILENCE)
            return silent & not_late
        case Attention.UNASSIGNED:
            return unassigned() & Q(watch__pickup_at__lte=at + ASSIGN_AHEAD) & not_late
    return Q(watch__phase=Phase.DONE)


def on_watches(condition: Q) -> Q:
    """Return a condition on loads, that asks of nothing but their watch, as one on watches.

    Counting watches reads one narrow table instead of two.
    """
    parts: list[Any] = list(condition.children)
    children = [
        on_watches(part) if isinstance(part, Q) else (part[0].removeprefix("watch__"), part[1])
        for part in parts
    ]
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def unassigned() -> Q:
    """Return the condition on accepted loads that nobody drives yet."""
    return Q(watch__phase=Phase.BEFORE, watch__is_assigned=False)


def at_risk(*, at: datetime) -> Q:
    """Return the condition on loads that somebody has to act on now."""
    condition = Q()
    for attention in ACT_NOW:
        condition |= needing(attention, at=at)
    return condition


def quiet(phase: Phase, *, at: datetime) -> Q:
    """Return the condition on loads of a phase that go well."""
    not_late = Q(watch__late_at=None) | Q(watch__late_at__gt=at)
    rest = {
        Phase.BEFORE: not_late
        & (Q(watch__is_assigned=True) | Q(watch__pickup_at__gt=at + ASSIGN_AHEAD)),
        Phase.AT_STOP: Q(watch__waiting_from=None) | Q(watch__waiting_from__gt=at - FREE_TIME),
        Phase.ROLLING: not_late & (Q(watch__heard_at=None) | Q(watch__heard_at__gt=at - SILENCE)),
    }
    return Q(watch__phase=phase) & rest.get(phase, Q())
