"""What this app does when something happened. Each handler takes a block of deliveries."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import PasswordRequest
from billing.models import Invoice
from dispatch.models import Load
from integrations.adapters import read_message
from integrations.adapters.edi.answers import read_tender, write_answer
from integrations.adapters.targets import deliverer
from integrations.models import InboxMessage, OutboxMessage
from integrations.operations import announcing, enclosing, writing
from integrations.operations.fetching import close_arrived
from integrations.operations.replying import Reply, queue_replies
from integrations.operations.sending import queue_invoices, send_due
from integrations.operations.understanding import fetch_parked, prepare, understand
from integrations.queries.tenders import answers_folder, edi_messages_of
from journal.events import Done, Ignored, Verdict
from journal.models import Delivery, Event
from journal.operations.correlating import correlated

ERP = OutboxMessage.Target.ERP
Deliveries = list[Delivery]
# What happened longer ago, such as a history that is loaded, is told to nobody.
NEWS = timedelta(days=2)
LARGEST_CONTROL = 999_999_999


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
    threads = {d.event.subject_id: d.event.correlation_id for d in deliveries}
    queue_invoices(rows, target=ERP, by="rule:posting", at=timezone.now(), threads=threads)
    return [Done() for _ in deliveries]


def answer_tenders(deliveries: Deliveries) -> list[Verdict]:
    """Write a 990 for each tender that came as a 204 (tender.answered).

    A partner of the API reads the answer from the feed of changes.
    """
    return [_answer(delivery.event) for delivery in deliveries]


def _answer(event: Event) -> Verdict:
    load = Load.objects.get(pk=event.subject_id)
    came = ((message, read_tender(bytes(message.body))) for message in edi_messages_of(load))
    message, tender = next(((m, t) for m, t in came if t is not None), (None, None))
    if message is None or tender is None:
        return Ignored("It did not come as a 204.")
    folder = answers_folder(message.source, sender=tender.sender)
    if not folder:
        return Ignored("The partner wants no 990.")
    control = event.pk % LARGEST_CONTROL + 1
    content = write_answer(
        tender, is_accepted=event.new["answer"] == "ACCEPTED", reason=event.reason,
        load=load.number, control=control, at=event.occurred_at,
    )  # fmt: skip
    name = f"990-{load.number}-{control:09}.edi"
    reply = Reply(event.pk, folder, name, content, message.correlation_id)
    with correlated(message.correlation_id):
        queue_replies([reply], by="rule:tender-answer", at=timezone.now())
    return Done(name)


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


def send_invoice_letters(deliveries: Deliveries) -> list[Verdict]:
    """Send documents to accounts payable where the customer wants them (invoice.rendered)."""
    return _write(deliveries, enclosing.send_new)


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
