"""What can be done about work that was given up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from accounts.rules import Role
from exceptions.models import Case
from exceptions.rules.proposals import Change, Proposal
from journal.models import Delivery
from journal.operations.working import replay_delivery


class Replay:
    """Hand the delivery to its subscriber again, with all its attempts."""

    label: ClassVar[str] = "Replay"
    needs_reason: ClassVar[bool] = False
    roles: ClassVar[frozenset[Role]] = frozenset({Role.ADMINISTRATOR})

    def propose(self, case: Case) -> Proposal | None:
        """Return what becomes due; None when the work was taken up meanwhile."""
        delivery = self._find(case)
        if delivery is None or delivery.status != Delivery.Status.DEAD:
            return None
        return Proposal(
            f"{delivery.event.name} goes to {delivery.subscriber} once more.",
            (
                Change("Delivery", delivery.status, Delivery.Status.PENDING),
                Change("Attempts", str(delivery.attempts), "0"),
            ),
        )

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Make the delivery due at once."""
        delivery = self._find(case)
        if delivery is not None:
            replay_delivery(delivery, by=by, at=at, reason=reason)
        return "The work is due again."

    def _find(self, case: Case) -> Delivery | None:
        found = Delivery.objects.filter(pk=case.detail.get("delivery_id"))
        return found.select_related("event").first()
