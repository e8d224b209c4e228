"""How messages went through each feed over the last day: volume, failures and lag by the hour."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, Max, Q, QuerySet
from django.db.models.functions import TruncHour

from integrations.models import InboxMessage, OutboxMessage

HOURS = 24


class Percentile95(Aggregate):
    """The value that nineteen of twenty do not exceed."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.95) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(slots=True)
class Flow:
    """What went through one feed: each hour's messages, the oldest hour first."""

    hours: list[int] = field(default_factory=lambda: [0] * HOURS)
    troubles: int = 0
    last_at: datetime | None = None
    lag: timedelta | None = None

    @property
    def messages(self) -> int:
        """Return how many messages there were."""
        return sum(self.hours)


def inbox_flows(*, at: datetime) -> Mapping[Any, Flow]:
    """Return the flow of each source by its id, in two queries; lag is until understood."""
    recent = InboxMessage.objects.filter(received_at__gt=_since(at))
    rows = recent.values("source", hour=TruncHour("received_at")).annotate(
        messages=Count("pk"),
        troubles=Count("pk", filter=Q(status=InboxMessage.Status.FAILED)),
        last_at=Max("received_at"),
    )
    return _flows(rows, recent, "source", since="received_at", at=at)


def outbox_flows(*, at: datetime) -> Mapping[Any, Flow]:
    """Return the flow of each target by its name, in two queries; lag is until sent."""
    recent = OutboxMessage.objects.filter(created_at__gt=_since(at))
    rows = recent.values("target", hour=TruncHour("created_at")).annotate(
        messages=Count("pk"),
        troubles=Count("pk", filter=Q(status=OutboxMessage.Status.DEAD)),
        last_at=Max("settled_at"),
    )
    return _flows(rows, recent, "target", since="created_at", at=at)


def _since(at: datetime) -> datetime:
    """Return where the oldest of the hours begins: the running hour is one of them."""
    return at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)


def _flows(
    rows: Iterable[Any],
    recent: QuerySet[Any],
    feed: str,
    *,
    since: str,
    at: datetime,
) -> Mapping[Any, Flow]:
    flows: dict[Any, Flow] = defaultdict(Flow)
    first = _since(at)
    for row in rows:
        flow = flows[row[feed]]
        flow.hours[int((row["hour"] - first) / timedelta(hours=1))] = row["messages"]
        flow.troubles += row["troubles"]
        flow.last_at = max(filter(None, (flow.last_at, row["last_at"])), default=None)
    settled = recent.filter(settled_at__isnull=False)
    lags = settled.values(feed).annotate(lag=Percentile95(F("settled_at") - F(since)))
    for row in lags.values_list(feed, "lag"):
        flows[row[0]].lag = row[1]
    return flows
