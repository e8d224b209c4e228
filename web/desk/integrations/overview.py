"""The feeds: who sends, how it goes and how fast, and who is asked when it breaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.rules import ADMINISTRATING_ROLES
from integrations.models import Breaker, OutboxMessage, PollCursor, Source
from integrations.operations.configuring import ask_now, change_source, probe_now
from integrations.queries.health import Flow, inbox_flows, outbox_flows
from web.access import desk, signed_in
from web.desk.integrations.sections import sections

PAGE = "desk/integrations/overview.html"
SLOW = timedelta(minutes=10)
BAR_STEP, BARS_HEIGHT = 4, 20
# What goes to a target, and how.
TARGETS = {
    OutboxMessage.Target.ERP: ("Invoices to ERP", "JSON, one call per document"),
    OutboxMessage.Target.MAIL: ("Letters", "SMTP, one letter per person"),
    OutboxMessage.Target.EDI: ("Answers to tenders", "X12 990, a file for each"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour of the little chart."""

    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Feed:
    """One direction of one partner over the last day, and what can be done about it."""

    name: str
    direction: str
    protocol: str
    look: str
    words: str
    flow: Flow
    owner: str
    source: Source | None = None
    breaker: Breaker | None = None
    is_asked: bool = False

    @property
    def bars(self) -> list[Bar]:
        """Return the hours as bars of a chart, the highest as high as the chart."""
        most = max(self.flow.hours) or 1
        heights = [-(-hour * BARS_HEIGHT // most) or 1 for hour in self.flow.hours]
        return [Bar(n * BAR_STEP, BARS_HEIGHT - high, high) for n, high in enumerate(heights)]

    @property
    def is_slow(self) -> bool:
        """Tell whether one message in twenty took longer than is well."""
        return self.flow.lag is not None and self.flow.lag > SLOW


@desk()
@require_safe
@vary_on_headers("HX-Request")
def overview(request: HttpRequest) -> HttpResponse:
    """Show every feed with what it did in the last 24 hours; asked again every 30 seconds."""
    now = timezone.now()
    feeds = [*incoming(now), *outgoing(now)]
    went = sum(feed.flow.messages for feed in feeds)
    stuck = sum(feed.flow.troubles for feed in feeds)
    user = signed_in(request)
    context = {
        "sections": sections("desk:integrations", user),
        "feeds": feeds,
        "healthy": sum(feed.look == "OK" for feed in feeds),
        "degraded": sum(feed.look == "WARN" for feed in feeds),
        "down": sum(feed.look == "BAD" for feed in feeds),
        "went": went,
        "processed": (went - stuck) * 100 / went if went else None,
        "may_keep": user.has_role(*ADMINISTRATING_ROLES),
    }
    is_again = bool(request.headers.get("HX-Request"))
    page = f"{PAGE}#feeds" if is_again else PAGE
    return render(request, page, context | {"is_again": is_again})


@desk(*ADMINISTRATING_ROLES)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a source, or let it go on."""
    source = get_object_or_404(Source, pk=pk)
    is_on = request.POST.get("is_active") == "on"
    by, now = signed_in(request).actor, timezone.now()
    change_source(source, values={"is_active": is_on}, by=by, at=now)
    messages.success(request, f"{source.name} {'goes on' if is_on else 'is paused'}")
    return redirect("desk:integrations")


@desk(*ADMINISTRATING_ROLES)
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a feed now instead of at its hour."""
    source = get_object_or_404(Source, pk=pk)
    ask_now(source, by=signed_in(request).actor, at=timezone.now())
    messages.success(request, f"{source.name} is asked in a moment")
    return redirect("desk:integrations")


@desk(*ADMINISTRATING_ROLES)
@require_POST
def probe(request: HttpRequest, pk: int) -> HttpResponse:
    """Knock at a target that does not answer, now."""
    breaker = get_object_or_404(Breaker, pk=pk)
    probe_now(breaker, by=signed_in(request).actor, at=timezone.now())
    messages.success(request, "We knock in a moment; when it answers, what waits goes out")
    return redirect("desk:integrations")


def incoming(now: datetime) -> list[Feed]:
    """Return the sources with what came from them, in four queries."""
    flows = inbox_flows(at=now)
    cursors = {cursor.source_id: cursor for cursor in PollCursor.objects.all()}
    sources = Source.objects.order_by("name")
    return [_source_feed(s, flows.get(s.pk, Flow()), cursors.get(s.pk)) for s in sources]


def _source_feed(source: Source, flow: Flow, cursor: PollCursor | None) -> Feed:
    look, words = "OK", "Healthy"
    if not source.is_active:
        look, words = "HOLD", "Paused"
    elif cursor and cursor.failures:
        look, words = "BAD", cursor.note or f"{cursor.failures} polls failed"
    elif flow.troubles:
        look, words = "WARN", "Some messages failed"
    elif flow.lag is not None and flow.lag > SLOW:
        look, words = "WARN", "Lag over 10m"
    return Feed(
        name=source.name,
        direction="In",
        protocol=f"{source.get_dialect_display()}{', polled' if cursor else ''}",
        look=look,
        words=words,
        flow=flow,
        owner=source.owner,
        source=source,
        is_asked=cursor is not None and source.is_active,
    )


def outgoing(now: datetime) -> list[Feed]:
    """Return the targets with what went there, in three queries."""
    flows = outbox_flows(at=now)
    breakers = {breaker.target: breaker for breaker in Breaker.objects.all()}
    return [_target_feed(t, flows.get(t.value, Flow()), breakers) for t in OutboxMessage.Target]


def _target_feed(target: OutboxMessage.Target, flow: Flow, breakers: Mapping[str, Breaker]) -> Feed:
    breaker = breakers.get(target)
    is_open = breaker is not None and breaker.status == Breaker.Status.OPEN
    look, words = "OK", "Healthy"
    if is_open and breaker is not None:
        look, words = "BAD", breaker.note or "Not reachable, waiting"
    elif flow.troubles:
        look, words = "WARN", "Some messages were refused"
    return Feed(
        name=TARGETS[target][0],
        direction="Out",
        protocol=TARGETS[target][1],
        look=look,
        words=words,
        flow=flow,
        owner="Administrators",
        breaker=breaker if is_open else None,
    )
