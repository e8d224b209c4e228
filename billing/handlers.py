"""What billing does when something happens; config/subscriptions.py says on which event.

A handler takes a block of deliveries and does each load once, however many of them it has.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from time import monotonic

from django.conf import settings
from django.utils import timezone

from accounts.models import Customer
from billing.models import Invoice, InvoiceRequest, LoadBilling
from billing.operations.guarding import NotBillable
from billing.operations.invoicing import Refusal, issue_invoices
from billing.operations.printing import print_invoice
from billing.operations.readiness import evaluate_loads as evaluate
from billing.operations.running import settle_requests
from billing.queries.runs import run_of
from billing.queries.subjects import loads_behind, patience_of
from dispatch.events import LOAD_TRACKED
from dispatch.models import Load
from exceptions.rules.kinds import KINDS
from journal.events import Dead, Deferred, Done, Ignored, Verdict
from journal.models import Delivery, Event

READINESS = "rule:readiness"
# A load that is neither over nor called off.
UNDER_WAY = frozenset(
    {
        Load.Status.PLANNED,
        Load.Status.TENDERED,
        Load.Status.ACCEPTED,
        Load.Status.DISPATCHED,
        Load.Status.AT_PICKUP,
        Load.Status.IN_TRANSIT,
        Load.Status.AT_DELIVERY,
    }
)
STRAIGHT_THROUGH = "rule:straight-through"
PRINTER = "system:printer"
# Requested invoices that one transaction issues.
AT_ONCE = 25


def evaluate_loads(deliveries: Sequence[Delivery]) -> list[Verdict]:
    """Evaluate every load that something happened to, once for the whole block."""
    heard = [delivery.event for delivery in deliveries if _may_matter(delivery.event)]
    concerned = loads_behind(heard)
    causes: dict[int, Event] = {}
    for event in heard:
        for load_id in concerned.get(event.pk, ()):
            causes.setdefault(load_id, event)
    if causes:
        evaluate(causes, by=READINESS, at=timezone.now(), causes=causes)
    return [
        Done() if delivery.event_id in concerned else Ignored("No load waits for this.")
        for delivery in deliveries
    ]


def _may_matter(event: Event) -> bool:
    """Tell whether an event can change a verdict.

    A case that blocks nothing cannot, and neither can what an evaluation did itself: charges and
    mirrored cases that a rule moved. Nor can a truck's progress: no rule asks how far a load has
    come that is not over, and whatever else it asks has an event of its own.
    """
    if event.name == LOAD_TRACKED:
        told = event.payload.get("old_status"), event.payload.get("status")
        return not all(status in UNDER_WAY for status in told)
    if event.name.startswith("case."):
        kind = KINDS.get(event.payload.get("kind", ""))
        is_own = kind is not None and bool(kind.mirrors) and event.actor.startswith("rule:")
        return bool(event.payload.get("is_blocking")) and not is_own
    return not (event.name.startswith("charge.") and event.actor.startswith("rule:"))


def ask_in_time(deliveries: Sequence[Delivery]) -> list[Verdict]:
    """Evaluate a blocked load again when the patience with one of its blockers ends."""
    at = timezone.now()
    waits = patience_of({delivery.event.subject_id for delivery in deliveries})
    late = {d.event.payload["load_id"]: d.event for d in deliveries if _is_late(d, waits, at)}
    if late:
        evaluate(late, by=READINESS, at=at, causes=late)
    return [_wait(waits.get(delivery.event.subject_id), at=at) for delivery in deliveries]


def _is_late(delivery: Delivery, waits: Mapping[int, datetime], at: datetime) -> bool:
    until = waits.get(delivery.event.subject_id)
    return until is not None and until <= at


def _wait(until: datetime | None, *, at: datetime) -> Verdict:
    if until is None:
        return Ignored("Nothing is waited for without a case.")
    if until > at:
        return Deferred("What is missing may still come.", (until - at).total_seconds())
    return Done()


def issue_ready(deliveries: Sequence[Delivery]) -> list[Verdict]:
    """Issue an invoice for each load that became ready and needs nobody's word, or has it."""
    ids = {delivery.event.subject_id for delivery in deliveries}
    ready = LoadBilling.objects.filter(pk__in=ids).select_related("load__customer")
    billings = {billing.pk: billing for billing in ready.order_by("load_id") if _goes_on(billing)}
    events = {d.event.subject_id: d.event for d in reversed(deliveries)}
    results = issue_invoices(
        [[billing] for billing in billings.values()],
        by=STRAIGHT_THROUGH,
        at=timezone.now(),
        causes={billing.load_id: events[pk] for pk, billing in billings.items()},
    )
    issued = dict(zip(billings, results, strict=True))
    return [_verdict(issued.get(delivery.event.subject_id)) for delivery in deliveries]


def issue_requested(deliveries: Sequence[Delivery]) -> list[Verdict]:
    """Issue the invoices that people asked for in the workbench, a few in each transaction.

    One transaction serves one run, so that whoever follows the run sees it grow, and the counter
    of the series is free in between.
    """
    runs = run_of(delivery.event.subject_id for delivery in deliveries)
    first = runs.get(deliveries[0].event.subject_id)
    mine = [d for d in deliveries if runs.get(d.event.subject_id) == first][:AT_ONCE]
    settled = settle_requests({d.event.subject_id: d.event for d in mine}, at=timezone.now())
    done = {request.pk: request for request in settled}
    return [
        _told(done.get(delivery.event.subject_id)) if delivery in mine else Deferred("Next.", 0)
        for delivery in deliveries
    ]


def _told(request: InvoiceRequest | None) -> Verdict:
    if request is None:
        return Ignored("It was settled before.")
    return Done(request.invoice.number) if request.invoice else Ignored(request.note)


def _goes_on(billing: LoadBilling) -> bool:
    """Tell whether nobody has to look: the customer's terms say so, or somebody has looked.

    A load that shares its invoice with others waits for them in the workbench.
    """
    customer = billing.load.customer
    is_straight = customer.billing_mode == Customer.BillingMode.STRAIGHT_THROUGH
    return customer.is_billed_per_load and (is_straight or bool(billing.reviewed_by))


def _verdict(result: Invoice | Refusal | None) -> Verdict:
    match result:
        case None:
            return Ignored("A person issues this customer's invoices.")
        case Invoice():
            return Done(result.number)
        case NotBillable() if result.is_contradiction:
            return Dead(f"Readiness and the guard disagree. {result}")
        case _:
            return Ignored(str(result))


def print_invoices(deliveries: Sequence[Delivery]) -> list[Verdict]:
    """Draw the PDF of each issued document; outside any transaction, and harmless when repeated.

    Stops at half the lease and gives the rest back, so that no other worker draws them meanwhile.
    """
    at, end = timezone.now(), monotonic() + settings.LEASE_SECONDS / 2
    return [
        _print(delivery.event, at=at) if monotonic() < end else Deferred("Drawn next.", 0)
        for delivery in deliveries
    ]


def _print(event: Event, *, at: datetime) -> Verdict:
    document = print_invoice(event.subject_id, by=PRINTER, at=at, cause=event)
    return Done(document.sha256)
