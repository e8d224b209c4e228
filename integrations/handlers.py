"""What this app does when something happened. Each handler takes a block of deliveries."""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.models import Invoice
from integrations.adapters import erp, read_message
from integrations.models import InboxMessage, OutboxMessage
from integrations.operations.fetching import close_arrived
from integrations.operations.sending import queue_invoices, send_due
from integrations.operations.understanding import fetch_parked, prepare, understand
from journal.events import Done, Ignored, Verdict
from journal.models import Delivery

ERP = OutboxMessage.Target.ERP
Deliveries = list[Delivery]


def understand_messages(deliveries: Deliveries) -> list[Verdict]:
    """Read new messages and apply them (message.received). Stores papers, then transacts."""
    causes = {delivery.event.subject_id: delivery.event_id for delivery in deliveries}
    new = InboxMessage.objects.filter(pk__in=causes, status=InboxMessage.Status.RECEIVED)
    read = prepare(new.select_related("source__default_customer"), read=read_message)
    with transaction.atomic():
        messages = list(
            new.order_by("id")
            .select_for_update(of=("self",))
            .select_related("source__default_customer")
        )
        understand(messages, read=read, at=timezone.now(), causes=causes)
    settled = {message.pk: message for message in messages}
    return [_verdict(settled.get(delivery.event.subject_id)) for delivery in deliveries]


def fetch_parked_messages(deliveries: Deliveries) -> list[Verdict]:
    """Take up the messages that waited for a load which has come (load.created, load.changed)."""
    causes = {delivery.event.subject_id: delivery.event_id for delivery in deliveries}
    fetched = fetch_parked(causes, read=read_message, at=timezone.now())
    return [Done(f"{fetched} messages had waited.") for _ in deliveries]


def close_arrived_indexes(deliveries: Deliveries) -> list[Verdict]:
    """Close the cases of weeks whose price has come, by whatever door (fuel_index.published)."""
    series = {delivery.event.subject_id for delivery in deliveries}
    closed = close_arrived(series, at=timezone.now())
    return [Done(f"{closed} weeks had been missed.") for _ in deliveries]


def queue_postings(deliveries: Deliveries) -> list[Verdict]:
    """Queue issued invoices for the ERP (invoice.issued)."""
    if not settings.ERP_URL:
        return [Ignored("No ERP is connected.") for _ in deliveries]
    ids = [delivery.event.subject_id for delivery in deliveries]
    invoices = Invoice.objects.filter(pk__in=ids).select_related("customer")
    rows = list(invoices.prefetch_related("lines__taxes").order_by("id"))
    queue_invoices(rows, target=ERP, by="rule:posting", at=timezone.now())
    return [Done() for _ in deliveries]


def send_queued(deliveries: Deliveries) -> list[Verdict]:
    """Send what waits (outbox.queued). Touches the network: runs outside a transaction."""
    deliver = partial(erp.deliver, base_url=settings.ERP_URL)
    tried = send_due(ERP, deliver=deliver, clock=timezone.now)
    return [Done(f"{tried} tried.") for _ in deliveries]


def _verdict(message: InboxMessage | None) -> Verdict:
    if message is None:
        return Ignored("The message has its verdict already.")
    if message.status == InboxMessage.Status.IGNORED:
        return Ignored(message.reason)
    return Done(message.status.lower())
