"""What this app does when something happened. Each handler takes a block of deliveries."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import PasswordRequest
from billing.models import Invoice
from integrations.adapters import read_message
from integrations.adapters.targets import deliverer
from integrations.models import InboxMessage, OutboxMessage
from integrations.operations import announcing, writing
from integrations.operations.fetching import close_arrived
from integrations.operations.sending import queue_invoices, send_due
from integrations.operations.understanding import fetch_parked, prepare, understand
from journal.events import Done, Ignored, Verdict
from journal.models import Delivery

ERP = OutboxMessage.Target.ERP
Deliveries = list[Delivery]
# What happened longer ago, such as a history that is loaded, is told to nobody.
NEWS = timedelta(days=2)


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
    targets = {str(delivery.event.payload.get("target", ERP)) for delivery in deliveries}
    tried = sum(
        send_due(target, deliver=deliverer(target), clock=timezone.now)
        for target in sorted(targets)
    )
    return [Done(f"{tried} tried.") for _ in deliveries]


def write_links(deliveries: Deliveries) -> list[Verdict]:
    """Send links to choose a password (password.link_asked)."""
    ids = [delivery.event.subject_id for delivery in deliveries]
    requests = PasswordRequest.objects.filter(pk__in=ids).order_by("pk")
    writing.write_links(list(requests), at=timezone.now())
    return [Done() for _ in deliveries]


def write_invitations(deliveries: Deliveries) -> list[Verdict]:
    """Invite those who have no password yet (person.invited, .created, .reactivated)."""
    return _write(deliveries, writing.write_invitations)


def write_changes(deliveries: Deliveries) -> list[Verdict]:
    """Tell people what happened to their sign-in (person.password_changed and its like)."""
    return _write(deliveries, writing.write_changes)


def write_locks(deliveries: Deliveries) -> list[Verdict]:
    """Tell of a sign-in that was locked (person.locked_out)."""
    return _write(deliveries, writing.write_locks)


def announce_invoices(deliveries: Deliveries) -> list[Verdict]:
    """Tell a customer's people of new documents (invoice.rendered)."""
    return _write(deliveries, announcing.announce_invoices)


def announce_papers(deliveries: Deliveries) -> list[Verdict]:
    """Tell a customer's people of proofs of delivery (document.accepted)."""
    return _write(deliveries, announcing.announce_papers)


def announce_overdue(deliveries: Deliveries) -> list[Verdict]:
    """Tell the owners of cases that their time has run out (case.overdue)."""
    return _write(deliveries, announcing.announce_overdue)


def _write(deliveries: Deliveries, write: Callable[..., int]) -> list[Verdict]:
    """Hand events of the last days to `write`; what is older is no news."""
    now = timezone.now()
    news = [d.event for d in deliveries if d.event.recorded_at > now - NEWS]
    written = write(news, at=now) if news else 0
    return [Done(f"{written} to tell.") for _ in deliveries]


def _verdict(message: InboxMessage | None) -> Verdict:
    if message is None:
        return Ignored("The message has its verdict already.")
    if message.status == InboxMessage.Status.IGNORED:
        return Ignored(message.reason)
    return Done(message.status.lower())
