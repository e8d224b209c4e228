"""What the review queue does when something happened elsewhere."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from dispatch.events import TENDER_EXPIRED
from dispatch.models import Document, Load
from exceptions.operations import following, tendering
from journal.events import Done, Verdict
from journal.models import Delivery
from journal.operations.correlating import caused_by


def open_dead_letters(deliveries: list[Delivery]) -> list[Verdict]:
    """Put each delivery that was given up before a person."""
    return _each(deliveries, _open_dead_letter)


def close_dead_letters(deliveries: list[Delivery]) -> list[Verdict]:
    """Close the cases of deliveries that were made due again."""
    return _each(deliveries, following.close_dead_letter)


def follow_documents(deliveries: list[Delivery]) -> list[Verdict]:
    """Ask for better copies of refused papers; stop asking when one is accepted."""
    return _each(deliveries, _follow_document)


def follow_milestones(deliveries: list[Delivery]) -> list[Verdict]:
    """Open and close what a load's milestones contradict each other about."""
    newest = {delivery.event.subject_id: delivery.event for delivery in deliveries}
    at = timezone.now()
    concerned = following.find_concerned(each.event for each in deliveries)
    for load, problems in following.lock_problems(concerned):
        with caused_by(newest[load.pk]):
            following.follow_milestones(load, problems, at=at)
    return [Done()] * len(deliveries)


def follow_tenders(deliveries: list[Delivery]) -> list[Verdict]:
    """Put tenders that ran out before a person; take away those that were answered."""
    at = timezone.now()
    for delivery in deliveries:
        if delivery.event.name == TENDER_EXPIRED:
            with caused_by(delivery.event):
                load = Load.objects.select_for_update(no_key=True).get(pk=delivery.event.subject_id)
                is_declined = bool(delivery.event.payload.get("is_declined"))
                tendering.report_expired(load, is_declined=is_declined, at=at)
    tendering.close_answered(at=at)
    return [Done()] * len(deliveries)


def _each(deliveries: list[Delivery], act: Callable[..., object]) -> list[Verdict]:
    """Act on the subject of each event, hanging what follows on it."""
    at = timezone.now()
    for delivery in deliveries:
        with caused_by(delivery.event):
            act(delivery.event.subject_id, at=at)
    return [Done()] * len(deliveries)


def _open_dead_letter(delivery_id: int, *, at: datetime) -> None:
    dead = Delivery.objects.select_related("event").get(pk=delivery_id)
    if dead.status == Delivery.Status.DEAD:
        following.report_dead_letter(dead, at=at)


def _follow_document(document_id: int, *, at: datetime) -> None:
    document = Document.objects.select_related("load").get(pk=document_id)
    following.follow_document(document, at=at)
