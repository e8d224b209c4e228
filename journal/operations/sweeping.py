"""Find work whose bell was never heard, and work whose worker died."""

from datetime import datetime

from django.db.models import Q

from journal.models import Delivery
from journal.operations.ringing import ring
from journal.operations.working import bury_crashed


def sweep(*, at: datetime) -> list[str]:
    """Bury what crashed too often and ring every queue with something due; return the queues."""
    bury_crashed(at=at)
    queues = list(
        Delivery.objects.filter(
            Q(status=Delivery.Status.PENDING)
            | Q(status=Delivery.Status.LEASED, lease_until__lt=at),
            next_try_at__lte=at,
        )
        .order_by("queue")
        .values_list("queue", flat=True)
        .distinct()
    )
    for queue in queues:
        ring(queue)
    return queues
